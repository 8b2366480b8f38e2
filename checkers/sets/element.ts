/** What became of one element of a set: who added and removed it, and which reads have it. */
import type {Operation, ProcessId} from '../../core/op.ts'
import type {Sequence} from '../../core/sequence.ts'
import {endIndex, firstPlace} from '../findings/finding.ts'

/** Everything known of one element. */
export class Element {
  readonly value: unknown
  readonly adds: Operation[] = []
  readonly removes: Operation[] = []
  /** The read that returned first with it. */
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

/** By when an add is known to have happened: its return, or the return of a read that can only have seen this add. */
export function knownBy(element: Element, add: Operation): number {
  if (add.outcome === 'ok') return endIndex(add)
  const only = add.outcome === 'info' && element.possible.operations.length === 1
  return only && element.seen !== undefined ? endIndex(element.seen) : Number.POSITIVE_INFINITY
}
