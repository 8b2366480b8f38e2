/** An operation in words, the same in the static page, on the canvas and in tooltips: `write 7`, `read → 3`, `cas [3 5]`. */

export interface Phrased {
  readonly f: string
  /** Empty where there is none. */
  readonly key: string
  readonly input: string
  readonly output: string
  readonly ok: boolean
}

/** `read → 3`; with the key `read x3 → 3`. Transactions show what they saw once they are known to have happened. */
export function phrase(operation: Phrased, withKey: boolean): string {
  const {f, input, output, ok} = operation
  const key = withKey && operation.key !== '' ? ` ${operation.key}` : ''
  if (f === 'txn') return ok && output !== '' ? output : input
  const argument = input === '' ? '' : ` ${input}`
  if (!ok) return `${f}${key}${argument}`
  if (output === input) return input === '' && isRead(f) ? `${f}${key} → nil` : `${f}${key}${argument}`
  return `${f}${key}${argument} → ${output === '' ? 'nil' : output}`
}

/** Whether a function only looks. Used for tint, never for judging. */
export function isRead(f: string): boolean {
  return f === 'read' || f === 'r' || f === 'get' || f === 'poll'
}
