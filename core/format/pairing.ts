/**
 * The pairing rule, watched while a history is read, so that what breaks it is reported with its line: a process has at
 * most one open operation, a completion needs its invocation before it, and after *info* a process is not used again.
 * (`core/history.ts` enforces the same rule on ops that never were text.)
 */
import type {OpType} from '../op.ts'

/** What is wrong, in words, and a hint that names the other op's line. */
export interface Breach {
  readonly message: string
  readonly hint: string
}

/** Processes below this are kept in arrays; anything else in maps. */
const DENSE = 1 << 22

/** Per process: the line of its open invocation, of its last completion, and whether that one was *info*. */
export class Pairing {
  readonly #openLine: number[] = []
  /** Positive: the line of an ok or fail. Negative: the line of an info. */
  readonly #doneLine: number[] = []
  readonly #sparse = new Map<number, number>()

  /** Takes note of a client op on this line, or says how it breaks the rule. */
  see(type: OpType, process: number, index: number, line: number): Breach | undefined {
    const slot = process < DENSE ? process : this.#slotOf(process)
    const open = this.#openLine[slot] ?? 0
    const done = this.#doneLine[slot] ?? 0
    if (type === 'invoke') {
      if (open !== 0) {
        return {
          message: `op #${index} invokes on process ${process}, which still has an open operation`,
          hint: `Process ${process} invoked at line ${open} and has not completed. A process may have one open operation.`,
        }
      }
      if (done < 0) {
        return {
          message: `op #${index} reuses process ${process} after its operation ended as "info"`,
          hint: `It ended at line ${-done}. After "info" a process must not be used again: its last operation may still be running.`,
        }
      }
      this.#openLine[slot] = line
      return undefined
    }
    if (open === 0) {
      return {
        message: `op #${index} completes process ${process}, but process ${process} has no open invocation`,
        hint:
          done === 0
            ? 'Every completion needs its invocation before it.'
            : `Its last operation was already completed at line ${Math.abs(done)}.`,
      }
    }
    this.#openLine[slot] = 0
    this.#doneLine[slot] = type === 'info' ? -line : line
    return undefined
  }

  #slotOf(process: number): number {
    let slot = this.#sparse.get(process)
    if (slot === undefined) this.#sparse.set(process, (slot = DENSE + this.#sparse.size))
    return slot
  }
}
