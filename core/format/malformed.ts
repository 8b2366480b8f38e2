/**
 * What a person is told of a history that cannot be read: file, line and column, the line itself with a mark under the
 * place, and what was expected there.
 */
import {UsageError} from '../error.ts'

/** Where something is in a text. Lines and columns count from 1; a column counts UTF-16 units. */
export interface Place {
  readonly file: string
  readonly line: number
  readonly column: number
  /** The line, without its line break. */
  readonly text: string
  /** How much of the line comes before `text`, where its beginning is no longer at hand. */
  readonly skipped?: number
}

const QUOTED = 120

/** The error for a history that breaks the format at `place`. `hints` say what is accepted. */
export function malformed(place: Place, message: string, hints: readonly string[] = []): UsageError {
  return new UsageError(`${place.file}:${place.line}:${place.column}  ${message}`, [...quote(place), ...hints])
}

/** The line with its number, cut to a readable width around the column, and the mark below it. */
function quote(place: Place): string[] {
  const {text, skipped = 0} = place
  const at = Math.max(0, place.column - 1 - skipped)
  const from = at > QUOTED - 20 ? at - QUOTED / 2 : 0
  const head = from + skipped > 0 ? '…' : ''
  const tail = text.length > from + QUOTED ? '…' : ''
  const shown = text.slice(from, from + QUOTED).replaceAll(/[\x00-\x1f\x7f]/g, '·')
  const number = String(place.line).padStart(6)
  return [
    `${number} │ ${head}${shown}${tail}`,
    `${' '.repeat(number.length)} │ ${' '.repeat(at - from + head.length)}^`,
  ]
}
