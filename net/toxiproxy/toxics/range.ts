/**
 * The values a toxic's attributes may have. The real server checks their type only and meets the rest when traffic flows,
 * so both our server and our client check here, before a value gets anywhere.
 */
import type {Attributes} from '../api.ts'

export interface Ranges {
  /** Attribute names in the order the server shows them. Each is a whole number that JavaScript holds exactly; 0 if absent. */
  readonly attributes: readonly string[]
  /** The least value of an attribute, where not any will do. */
  readonly least?: Readonly<Record<string, number>>
  /** An attribute that must not exceed another one of the same toxic. */
  readonly atMost?: Readonly<Record<string, string>>
}

/** What is wrong with these attributes, in words, if anything. One that is absent counts as 0. */
export function outOfRange(ranges: Ranges, attributes: Attributes): string | undefined {
  for (const name of ranges.attributes) {
    const value = attributes[name] ?? 0
    if (!Number.isSafeInteger(value)) return `${name} must be a whole number, got ${value}`
    const least = ranges.least?.[name]
    if (least === 0 && value < 0) return `${name} must not be negative, got ${value}`
    if (least !== undefined && value < least) return `${name} must be at least ${least}, got ${value}`
    const bound = ranges.atMost?.[name]
    const most = bound === undefined ? undefined : (attributes[bound] ?? 0)
    if (most !== undefined && value > most) return `${name} must not exceed ${bound} (${most}), got ${value}`
  }
  return undefined
}
