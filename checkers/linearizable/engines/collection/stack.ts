/**
 * Stacks of different elements, by decrease and conquer (Lee & Mathur 2025, "Efficient monitoring of linearizability"):
 * an element may be taken out of the history without changing the answer if it can lie below all others, which is so if
 * its push and its pop each have a moment at which no other element is certainly inside. Take such elements out until none
 * is left (*valid*) or none can go (*invalid*).
 *
 * How many elements are certainly inside is kept per moment in a tree that adds to a range and finds the least of a range
 * in O(log n). Elements are tried in the order in which they were pushed, outer ones before inner ones, so that few rounds
 * are needed; after too many the general search has to say.
 */
import {NEVER} from '../../trace.ts'
import type {CollectionColumns} from './columns.ts'
import {withPending} from './pending.ts'
import {certainFrom, goneFrom} from './presence.ts'
import {notEmpty, unfounded} from './queue.ts'

const ROUNDS = 64

/** `valid`, `invalid`, operations that are impossible by themselves, or undefined where it does not apply. */
export function checkStack(columns: CollectionColumns): 'valid' | 'invalid' | readonly number[] | undefined {
  if (columns.inserted === undefined) return undefined
  const problem = (of: CollectionColumns) => of.removedTwice ?? unfounded(of) ?? notEmpty(of) ?? peel(of)
  const answer = withPending(columns, 'lifo', problem)
  return answer === 'given up' ? undefined : answer
}

/** Undefined if everything could be taken out. */
function peel(columns: CollectionColumns): 'invalid' | 'given up' | undefined {
  const {trace, inserted, removed, elements} = columns
  const {invokeAt, returnAt, events} = trace
  const inside = new RangeTree(events.length)
  const clampedReturn = (operation: number) => Math.min(returnAt[operation]!, events.length)
  let left: number[] = []
  for (let e = 0; e < elements; e++) {
    const push = inserted![e]!
    const pop = removed[e]!
    // Pushed by nobody, or pending and never popped: it never was. Pushed and popped at one moment: it disturbs nobody.
    if (push < 0 || (returnAt[push] === NEVER && pop < 0)) continue
    const from = certainFrom(columns, e)
    const to = Math.min(goneFrom(columns, e), events.length)
    if (to <= from) continue
    left.push(e)
    inside.add(from, to, 1)
  }
  left.sort((a, b) => invokeAt[inserted![a]!]! - invokeAt[inserted![b]!]!)
  // Moments are named by the event before them: [from, to) of an operation are those from its invocation to its return.
  const free = (operation: number) => inside.least(invokeAt[operation]!, clampedReturn(operation)) === 0
  for (let round = 0; left.length > 0; round++) {
    if (round === ROUNDS) return 'given up'
    const stay: number[] = []
    for (const e of left) {
      const push = inserted![e]!
      const pop = removed[e]!
      const from = certainFrom(columns, e)
      const to = Math.min(goneFrom(columns, e), events.length)
      // A pop that may not have happened owes nothing.
      const bottom = inside.least(invokeAt[push]!, from) === 0 && (pop < 0 || returnAt[pop] === NEVER || free(pop))
      if (bottom) inside.add(from, to, -1)
      else stay.push(e)
    }
    if (stay.length === left.length) return 'invalid'
    left = stay
  }
  return undefined
}

/** Numbers at positions 0 … size-1: add to a range, least of a range, both O(log size). */
class RangeTree {
  readonly #leaves: number
  readonly #least: Int32Array
  readonly #added: Int32Array

  constructor(size: number) {
    let leaves = 1
    while (leaves < size + 1) leaves *= 2
    this.#leaves = leaves
    this.#least = new Int32Array(2 * leaves)
    this.#added = new Int32Array(2 * leaves)
  }

  /** Adds to positions [from, to). */
  add(from: number, to: number, amount: number): void {
    this.#add(1, 0, this.#leaves, from, to, amount)
  }

  #add(node: number, low: number, high: number, from: number, to: number, amount: number): void {
    if (to <= low || high <= from) return
    if (from <= low && high <= to) {
      this.#least[node]! += amount
      this.#added[node]! += amount
      return
    }
    const middle = (low + high) >> 1
    this.#add(2 * node, low, middle, from, to, amount)
    this.#add(2 * node + 1, middle, high, from, to, amount)
    this.#least[node] = Math.min(this.#least[2 * node]!, this.#least[2 * node + 1]!) + this.#added[node]!
  }

  /** The least of positions [from, to). */
  least(from: number, to: number): number {
    return this.#leastOf(1, 0, this.#leaves, from, to)
  }

  #leastOf(node: number, low: number, high: number, from: number, to: number): number {
    if (to <= low || high <= from) return NEVER
    if (from <= low && high <= to) return this.#least[node]!
    const middle = (low + high) >> 1
    const left = this.#leastOf(2 * node, low, middle, from, to)
    const right = this.#leastOf(2 * node + 1, middle, high, from, to)
    return Math.min(left, right) + this.#added[node]!
  }
}
