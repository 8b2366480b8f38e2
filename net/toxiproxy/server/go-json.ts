/** JSON as Go's encoding/json prints it, where that differs from ours. */

/** Maps become objects that keep their order; numbers that are no int64 are float32; HTML is escaped. */
export function goJson(value: unknown): string {
  if (typeof value === 'number') return shortest(value)
  if (typeof value === 'string')
    return JSON.stringify(value).replace(
      /[<>&\u2028\u2029]/g,
      (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
    )
  if (Array.isArray(value)) return `[${value.map(goJson).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const entries: Iterable<[string, unknown]> = value instanceof Map ? value : Object.entries(value)
  return `{${[...entries].map(([key, item]) => `${goJson(key)}:${goJson(item)}`).join(',')}}`
}

/** The shortest decimal that reads back as the same float32 (0.1, not 0.10000000149011612). */
function shortest(value: number): string {
  if (Number.isSafeInteger(value)) return String(value)
  for (let digits = 1; digits < 9; digits++) {
    const text = Number(value.toPrecision(digits))
    if (Math.fround(text) === value) return String(text)
  }
  return String(value)
}
