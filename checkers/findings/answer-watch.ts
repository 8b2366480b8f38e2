/**
 * A watch over checks of single answers: what an operation was told is held against what was known when it returned. Who
 * judges keeps whatever it wants of the operations before.
 */
import {isClientOp, type Op, type Operation, operationOf, type ProcessId} from '../../core/op.ts'
import type {Anomaly} from '../../core/verdict.ts'
import type {Breach, Watch} from '../../core/watch.ts'

/** What is certain: of the anomalies that the checker would report, the kind and what is said of it. */
export type Certain = Pick<Anomaly, 'type' | 'sentence'>

export interface AnswerJudge {
  /** An operation begins. */
  readonly invoked?: (invoke: Op) => void
  /** An operation has ended, whatever came of it: what is certain now, whatever may still happen. */
  readonly ended: (operation: Operation) => Certain | undefined
}

export class AnswerWatch implements Watch {
  readonly blind = undefined
  readonly #judge: AnswerJudge
  readonly #open = new Map<ProcessId, Op>()
  #breach: Breach | undefined

  constructor(judge: AnswerJudge) {
    this.#judge = judge
  }

  push(op: Op): Breach | undefined {
    if (this.#breach !== undefined || !isClientOp(op)) return this.#breach
    if (op.type === 'invoke') {
      this.#open.set(op.process, op)
      this.#judge.invoked?.(op)
      return undefined
    }
    const invoke = this.#open.get(op.process)
    if (invoke === undefined) return undefined
    this.#open.delete(op.process)
    const certain = this.#judge.ended(operationOf(invoke, op))
    if (certain !== undefined) {
      this.#breach = {key: invoke.key, index: op.index, sentence: certain.sentence.replace(/\.$/, '')}
    }
    return this.#breach
  }

  /** Answers are judged as they come; nothing waits. */
  probe(): Breach | undefined {
    return this.#breach
  }
}
