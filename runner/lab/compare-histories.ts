/** Whether two histories are the same byte for byte, and where they part. */
import {readFileSync} from 'node:fs'

/** The first line that differs; undefined where none does. Lines count from 1. */
export interface Parting {
  readonly line: number
  readonly left: string
  readonly right: string
}

/** Compares two `history.jsonl` files but for their headers, which name versions. */
export function whereTheyPart(left: string, right: string): Parting | undefined {
  const [a, b] = [linesOf(left), linesOf(right)]
  for (let i = 1; i < Math.max(a.length, b.length); i++) {
    if (a[i] !== b[i]) return {line: i + 1, left: a[i] ?? 'nothing', right: b[i] ?? 'nothing'}
  }
  return undefined
}

function linesOf(file: string): string[] {
  return readFileSync(file, 'utf8').trimEnd().split('\n')
}
