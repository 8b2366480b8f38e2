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

const FREE = 0
const CRASHED = -1

/** Processes are numbered from 0, mostly: an array that stays in proportion to what was seen. Any other is kept in a map. */
const LEAST_ROOM = 1024

/** The open operation of each process, while ops go by. */
export class OpenOperations {
  /** By process: FREE, CRASHED, or one more than the number of the open operation. */
  readonly #state: number[] = []
  readonly #others = new Map<number, number>()

  /**
   * Takes note of a client op. Of an invocation, gives `number`, by which the operation is known; of a completion, the number
   * of what it completes. Negative where the op breaks the rule.
   */
  see(type: OpType, process: number, number: number): number {
    const known = this.#state[process]
    if (known === undefined) return this.#seeOther(type, process, number)
    if (type === 'invoke') {
      if (known !== FREE) return known === CRASHED ? REUSED : STILL_OPEN
      this.#state[process] = number + 1
      return number
    }
    if (known <= FREE) return NOT_OPEN
    this.#state[process] = type === 'info' ? CRASHED : FREE
    return known - 1
  }

  /** A process that has no place in the array, perhaps not yet. */
  #seeOther(type: OpType, process: number, number: number): number {
    const state = this.#others.get(process) ?? FREE
    if (type !== 'invoke') {
      if (state <= FREE) return NOT_OPEN
      this.#others.set(process, type === 'info' ? CRASHED : FREE)
      return state - 1
    }
    if (state !== FREE) return state === CRASHED ? REUSED : STILL_OPEN
    if (process >= 0 && process < 2 * this.#state.length + LEAST_ROOM && (process | 0) === process) {
      while (this.#state.length <= process) this.#state.push(this.#others.get(this.#state.length) ?? FREE)
      this.#state[process] = number + 1
    } else this.#others.set(process, number + 1)
    return number
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
