/** `verdict.json`: what we think of a history. Derived: `chaos check` makes it again. */
import {UsageError} from '../../core/error.ts'
import type {Judgement} from '../../core/verdict.ts'

/** The version that this code writes, and the only one that it reads. */
export const VERDICT_FORMAT = 'chaos.verdict/1'

/** Values that JSON has no word for become what it has: NaN and the infinities null, bigints decimal text. */
export function writeVerdict(judgement: Judgement): string {
  const plain = (_: string, value: unknown) => (typeof value === 'bigint' ? String(value) : value)
  return `${JSON.stringify({format: VERDICT_FORMAT, ...judgement}, plain, 2)}\n`
}

/** Throws UsageError where the text is not a verdict of this version. */
export function parseVerdict(text: string, file: string): Judgement {
  let value: {format?: unknown}
  try {
    value = JSON.parse(text) as {format?: unknown}
  } catch (error) {
    throw new UsageError(`${file} is not JSON.`, [], error)
  }
  if (value?.format === VERDICT_FORMAT) return value as unknown as Judgement
  throw new UsageError(`${file} is not a verdict of this version: expected format "${VERDICT_FORMAT}".`)
}
