/** Objects whose field names are data: any name may come, `__proto__` too. */

/** Sets an own field, whatever its name. False where it is there already: which of the two is meant, nobody knows. */
export function setField(fields: Record<string, unknown>, name: string, value: unknown): boolean {
  if (fields[name] !== undefined && Object.hasOwn(fields, name)) return false
  if (name === '__proto__') {
    Object.defineProperty(fields, name, {value, writable: true, enumerable: true, configurable: true})
  } else fields[name] = value
  return true
}
