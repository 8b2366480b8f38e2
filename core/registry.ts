/**
 * Look-up of what a person typed. Only a registry's own keys count (`toString` is no target), and a miss says what was
 * meant perhaps and what there is.
 */
import {distance} from 'fastest-levenshtein'
import {UsageError} from './error.ts'

/** The entry of this name. Throws UsageError with a suggestion and the list of names. */
export function lookUp<T>(noun: string, registry: Readonly<Record<string, T>>, name: string): T {
  if (Object.hasOwn(registry, name)) return registry[name] as T
  throw unknownName(noun, name, Object.keys(registry))
}

/** The error for a name that is not among those accepted. */
export function unknownName(noun: string, name: string, accepted: readonly string[]): UsageError {
  const guess = closest(name, accepted)
  const title = pluralOf(noun)
  return new UsageError(`Unknown ${noun} "${name}".${guess === undefined ? '' : ` Did you mean "${guess}"?`}`, [
    `${title}: ${accepted.length === 0 ? 'none' : accepted.join(', ')}`,
  ])
}

/** `Targets`, `Consistency models`, `Bugs of raft`: the noun itself in the plural, not what it is of, with a capital. */
function pluralOf(noun: string): string {
  const [, head = noun, rest = ''] = /^(.*?)( (?:of|in|that) .*)?$/.exec(noun) ?? []
  const plural = head.split(' or ').map(inPlural).join(' or ')
  return plural.charAt(0).toUpperCase() + plural.slice(1) + rest
}

function inPlural(word: string): string {
  if (/[^aeiou]y$/.test(word)) return `${word.slice(0, -1)}ies`
  return /(?:s|x|ch|sh)$/.test(word) ? `${word}es` : `${word}s`
}

/** The accepted name nearest to what was typed, if any is near enough to be meant. */
export function closest(typed: string, accepted: readonly string[]): string | undefined {
  let best: string | undefined
  let bestDistance = Math.max(2, Math.ceil(typed.length / 3)) + 1
  for (const name of accepted) {
    const edits = distance(typed.toLowerCase(), name.toLowerCase())
    if (edits < bestDistance) {
      best = name
      bestDistance = edits
    }
  }
  return best
}
