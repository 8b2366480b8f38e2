/**
 * Which completion belongs to which invocation, by position. Pairing is Jepsen's: an invoke is matched with the next op of
 * the same process; a missing completion reads as *info*.
 */
import {UsageError} from './error.ts'
import type {Op, OpType, ProcessId} from './op.ts'
import {Positions, type Sequence} from './sequence.ts'
import {OpStore} from './store/op-store.ts'

/** `complete` of an operation that the history ended before. */
export const NEVER = -1

/** By client operation, in the order of invocation: where its two ops are. */
export interface Pairs {
  readonly invoke: Int32Array
  readonly complete: Int32Array
}

/** Pairs the client ops of a history. Throws UsageError naming the op that breaks the rule. */
export function pairsOf(ops: Sequence<Op>): Pairs {
  const invoke = new Positions()
  const complete = new Positions()
  const open = new OpenOperations()
  const see = ({type, process}: {readonly type: OpType; readonly process: ProcessId}, position: number): void => {
    if (typeof process !== 'number') return
    const number = open.see(type, process, invoke.length)
    if (number < 0) throw breach(number, ops.at(position)!)
    if (type === 'invoke') {
      invoke.push(position)
      complete.push(NEVER)
    } else complete.set(number, position)
  }
  if (ops instanceof OpStore) ops.scan(see)
  else ops.forEach(see)
  return {invoke: invoke.view(), complete: complete.view()}
}

/** Ways to break the rule. */
const STILL_OPEN = -1
const REUSED = -2
const NOT_OPEN = -3

/** Processes below this are kept in an array; anything else in a map. */
const DENSE = 1 << 22
const FREE = 0
const CRASHED = -1

/** The open operation of each process, while ops go by. */
export class OpenOperations {
  /** By slot: FREE, CRASHED, or one more than the number of the open operation. */
  readonly #state: number[] = []
  readonly #slots = new Map<number, number>()

  /**
   * Takes note of a client op. Of an invocation, gives `number`, by which the operation is known; of a completion, the number
   * of what it completes. Negative where the op breaks the rule.
   */
  see(type: OpType, process: number, number: number): number {
    const slot = process >= 0 && process < DENSE && (process | 0) === process ? process : this.#slotOf(process)
    const state = this.#state[slot] ?? FREE
    if (type === 'invoke') {
      if (state !== FREE) return state === CRASHED ? REUSED : STILL_OPEN
      // The array stays dense: processes are numbered from 0.
      while (this.#state.length < slot && slot < DENSE) this.#state.push(FREE)
      this.#state[slot] = number + 1
      return number
    }
    if (state <= FREE) return NOT_OPEN
    this.#state[slot] = type === 'info' ? CRASHED : FREE
    return state - 1
  }

  #slotOf(process: number): number {
    let slot = this.#slots.get(process)
    if (slot === undefined) this.#slots.set(process, (slot = DENSE + this.#slots.size))
    return slot
  }
}

function breach(how: number, {index, process}: Op): UsageError {
  switch (how) {
    case STILL_OPEN:
      return new UsageError(`op #${index} invokes on process ${process}, which still has an open operation`, [
        'A process may have one open operation.',
      ])
    case REUSED:
      return new UsageError(`op #${index} reuses process ${process} after its operation ended as "info"`, [
        'After "info" a process must not be used again: its last operation may still be running.',
      ])
    default:
      return new UsageError(
        `op #${index} completes process ${process}, but process ${process} has no open invocation`,
        ['A process may have one open operation, and every completion needs its invocation before it.'],
      )
  }
}
