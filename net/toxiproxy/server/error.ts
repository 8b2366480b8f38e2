/** What the API answers instead of what was asked for. */
export class ApiError extends Error {
  override name = 'ApiError'
  readonly status: number
  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

export function apiError(status: number, message: string): ApiError {
  return new ApiError(status, message)
}

export const proxyNotFound = () => apiError(404, 'proxy not found')
export const proxyExists = () => apiError(409, 'proxy already exists')
export const toxicNotFound = () => apiError(404, 'toxic not found')
export const toxicExists = () => apiError(409, 'toxic already exists')
export const invalidToxicType = () => apiError(400, 'invalid toxic type')
export const invalidStream = () => apiError(400, 'stream was invalid, can be either upstream or downstream')
export const missingField = (field: string) => apiError(400, `missing required field: ${field}`)
export const badBody = (detail: string) => apiError(400, `bad request body: ${detail}`)
