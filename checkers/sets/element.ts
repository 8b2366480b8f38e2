/** What became of one element of a set: who added and removed it, and which reads have it. */
import type {Operation, ProcessId} from '../../core/op.ts'
import type {Sequence} from '../../core/sequence.ts'
import {endIndex, firstPlace} from '../findings/finding.ts'

/** Everything known of one element. */
export class Element {
  readonly value: unknown
  readonly adds: Operation[] = []
  readonly removes: Operation[] = []
  /** The read that returned first with it, of those that can have seen an add. */
  seen: Operation | undefined
  /** Turns of the reads that have it, as stretches: first and last of one, first and last of the next, … */
  readonly stretches: number[] = []
  /** When each process had first read it; kept only where removes bind by session. */
  readers: Map<ProcessId, number> | undefined
  #possible: PrefixMax | undefined
  #removed: PrefixMax | undefined

  constructor(value: unknown) {
    this.value = value
  }

  /** Takes note that the read of this turn has it; false where that is known already. */
  note(turn: number): boolean {
    const {stretches} = this
    const last = stretches.length - 1
    if (last >= 0 && stretches[last] === turn) return false
    if (last >= 0 && stretches[last] === turn - 1) stretches[last] = turn
    else stretches.push(turn, turn)
    return true
  }

  /** Takes note that this read has it; one that returned before anybody added it saw no add. */
  noteSeen(read: Operation): void {
    const first = this.possible.operations.at(0)
    if (first === undefined || first.invoke.index > endIndex(read)) return
    if (this.seen === undefined || endIndex(read) < endIndex(this.seen)) this.seen = read
  }

  /** Adds that may have happened, by invocation, with the latest return so far. */
  get possible(): PrefixMax {
    this.#possible ??= new PrefixMax(
      this.adds.filter(({outcome}) => outcome !== 'fail'),
      ({invoke}) => invoke.index,
      endIndex,
    )
    return this.#possible
  }

  /** Acknowledged removes, by return, with the latest invocation so far. */
  get removed(): PrefixMax {
    this.#removed ??= new PrefixMax(
      this.removes.filter(({outcome}) => outcome === 'ok').sort((left, right) => endIndex(left) - endIndex(right)),
      endIndex,
      ({invoke}) => invoke.index,
    )
    return this.#removed
  }
}

/** Operations in order of one index, with the greatest of another among the first so many. */
class PrefixMax {
  readonly operations: Sequence<Operation>
  readonly #orders: readonly number[]
  readonly #greatest: readonly number[]

  constructor(
    operations: Sequence<Operation>,
    order: (operation: Operation) => number,
    value: (operation: Operation) => number,
  ) {
    this.operations = operations
    this.#orders = operations.map(order)
    // Positions of the greatest value.
    const greatest: number[] = []
    const values = operations.map(value)
    for (const [i, own] of values.entries()) {
      const before = greatest[i - 1]
      greatest.push(before !== undefined && (values[before] as number) >= own ? before : i)
    }
    this.#greatest = greatest
  }

  /** How many are before an index. */
  before(index: number): number {
    return firstPlace(this.#orders.length, (place) => (this.#orders[place] as number) >= index)
  }

  /** The one with the greatest value among those before an index. */
  greatest(index: number): Operation | undefined {
    const count = this.before(index)
    return count === 0 ? undefined : this.operations.at(this.#greatest[count - 1] as number)
  }
}

/**
 * By when an add is known to have happened: its return, or the return of a read that saw the element. Where several adds may
 * have been seen, it counts for the first: whichever it was, it came no earlier, and what came after it may have undone it.
 */
export function knownBy(element: Element, add: Operation): number {
  if (add.outcome === 'fail') return Number.POSITIVE_INFINITY
  const seen = add === element.possible.operations.at(0) ? element.seen : undefined
  return seen === undefined ? endIndex(add) : Math.min(endIndex(add), endIndex(seen))
}
