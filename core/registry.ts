/**
 * Look-up of what a person typed. Only a registry's own keys count (`toString` is no target), and a miss says what was
 * meant perhaps and what there is.
 */
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

/** `Targets`, `Bugs of raft`: the first word of a noun in the plural, with a capital. */
function pluralOf(noun: string): string {
  const [word = '', ...rest] = noun.split(' ')
  const plural = /[^aeiou]y$/.test(word) ? `${word.slice(0, -1)}ies` : word.endsWith('s') ? `${word}es` : `${word}s`
  return [plural.charAt(0).toUpperCase() + plural.slice(1), ...rest].join(' ')
}

/** The accepted name nearest to what was typed, if any is near enough to be meant. */
export function closest(typed: string, accepted: readonly string[]): string | undefined {
  let best: string | undefined
  let bestDistance = Math.max(2, Math.ceil(typed.length / 3)) + 1
  for (const name of accepted) {
    const distance = editDistance(typed.toLowerCase(), name.toLowerCase())
    if (distance < bestDistance) {
      best = name
      bestDistance = distance
    }
  }
  return best
}

/** Edits (insert, delete, replace, swap of neighbours) between two words: optimal string alignment distance. */
export function editDistance(left: string, right: string): number {
  let beforeLast: number[] = []
  let last = Array.from({length: right.length + 1}, (_, j) => j)
  for (let i = 1; i <= left.length; i++) {
    const row = [i]
    for (let j = 1; j <= right.length; j++) {
      const same = left[i - 1] === right[j - 1]
      let cost = Math.min(row[j - 1]! + 1, last[j]! + 1, last[j - 1]! + (same ? 0 : 1))
      if (i > 1 && j > 1 && left[i - 1] === right[j - 2] && left[i - 2] === right[j - 1]) {
        cost = Math.min(cost, beforeLast[j - 2]! + 1)
      }
      row.push(cost)
    }
    beforeLast = last
    last = row
  }
  return last[right.length]!
}
