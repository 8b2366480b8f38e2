/** Reads of a set that should have an element and have not. */
import type {Operation} from '../../core/op.ts'
import type {Sequence} from '../../core/sequence.ts'
import {endIndex, firstPlace} from '../findings/finding.ts'
import {type Element, knownBy} from './element.ts'

/** A read that misses an element, and the add that makes it a must there. */
export interface Gap {
  readonly turn: number
  readonly add: Operation
  /** The index by which the add was known to have happened. */
  readonly known: number
}

/**
 * The last read, by invocation, that should have this element and has not. Reads between what makes an add known and the
 * first remove that may have undone it must have it; stretches of reads that do are skipped in one step.
 */
export function lastGap(element: Element, reads: Sequence<Operation>): Gap | undefined {
  const {adds, stretches} = element
  const undone = undoing(element)
  let last: Gap | undefined
  for (const add of adds) {
    const known = knownBy(element, add)
    if (known === Number.POSITIVE_INFINITY) continue
    const limit = undone(add.invoke.index)
    let turn = firstPlace(reads.length, (place) => (reads.at(place) as Operation).invoke.index >= limit) - 1
    let stretch = 2 * firstPlace(stretches.length / 2, (place) => (stretches[2 * place] as number) > turn) - 2
    for (; turn >= 0 && turn > (last?.turn ?? -1); turn--) {
      const read = reads.at(turn) as Operation
      if (read.invoke.index <= known) break
      if (stretch >= 0 && turn <= (stretches[stretch + 1] as number)) {
        turn = stretches[stretch] as number
        stretch -= 2
      } else if (endIndex(read) < limit) {
        last = {turn, add, known}
      }
    }
  }
  return last
}

/** For each add: when the first remove was invoked that may have come after it. */
function undoing({removes}: Element): (addInvoke: number) => number {
  const possible = removes.filter(({outcome}) => outcome !== 'fail')
  if (possible.length === 0) return () => Number.POSITIVE_INFINITY
  possible.sort((left, right) => endIndex(left) - endIndex(right))
  const earliest: number[] = new Array(possible.length + 1).fill(Number.POSITIVE_INFINITY)
  for (let i = possible.length - 1; i >= 0; i--) {
    earliest[i] = Math.min((possible[i] as Operation).invoke.index, earliest[i + 1] as number)
  }
  return (addInvoke) =>
    earliest[firstPlace(possible.length, (place) => endIndex(possible[place] as Operation) > addInvoke)] as number
}

/** The last final read that should have this element and has not; any remove that may have come after the add excuses it. */
export function lastFinalGap(element: Element, reads: Sequence<Operation>, finals: readonly number[]): Gap | undefined {
  const undone = undoing(element)
  const binding = element.adds.filter((add) => undone(add.invoke.index) === Number.POSITIVE_INFINITY)
  const {stretches} = element
  for (const turn of finals.toReversed()) {
    const place = 2 * firstPlace(stretches.length / 2, (at) => (stretches[2 * at] as number) > turn) - 2
    if (place >= 0 && turn <= (stretches[place + 1] as number)) continue
    const {index} = (reads.at(turn) as Operation).invoke
    const add = binding.find((candidate) => knownBy(element, candidate) < index)
    if (add !== undefined) return {turn, add, known: knownBy(element, add)}
  }
  return undefined
}
