/**
 * What an error of JetStream says about whether a message was stored. Errors have a code of their own within those of HTTP
 * (server/errors.json); those below are answered instead of storing.
 */
export const DEFINITE: Readonly<Record<number, string>> = {
  10071: 'the last sequence is not the one that was expected',
  10037: 'no message was found',
  10047: 'the message is larger than the stream takes',
  10077: 'the stream is full',
  10076: 'JetStream is not enabled',
}

/** A message of a subject that nobody here listens to reaches nobody. */
const NO_RESPONDERS = '503'

/** The code within JetStream's own errors, if it is one. */
export function codeOf(error: unknown): number | undefined {
  return (error as {api_error?: {err_code?: number}})?.api_error?.err_code
}

/** Whether this error means that nothing was stored. */
export function isDefinite(error: unknown): boolean {
  const code = codeOf(error)
  if (code !== undefined) return Object.hasOwn(DEFINITE, code)
  return (error as {code?: string})?.code === NO_RESPONDERS
}
