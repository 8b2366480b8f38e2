/**
 * Counters, while the record is being written: the bounds of `counter`, as far as they are certain at the moment when a read
 * returns. What is still open may have counted; should it fail later, the bounds only become narrower.
 *
 * Memory is a few numbers for each counter.
 */
import type {Key, Op, ProcessId} from '../../core/op.ts'
import {isClientOp} from '../../core/op.ts'
import {showValue} from '../../core/value.ts'
import type {Breach, Watch} from '../../core/watch.ts'
import {ofKey} from '../findings/finding.ts'

/** Sums of increments and of decrements. */
interface Sums {
  up: number
  down: number
}

interface Tally {
  readonly attempted: Sums
  readonly acknowledged: Sums
  /** An amount that cannot be added exactly: nothing is held against this counter. */
  inexact: boolean
}

interface Open {
  readonly invoke: Op
  readonly tally: Tally
  readonly amount: number | undefined
  /** What had been acknowledged when it was invoked; for reads. */
  readonly before: Sums
}

/** What an operation adds, or undefined for anything else. What is no number is left to the checker to refuse. */
function amountOf({f, value}: Op): number | undefined {
  if (f !== 'add' && f !== 'increment' && f !== 'decrement') return undefined
  const amount = Number(value ?? 1)
  return f === 'decrement' ? -amount : amount
}

const NOTHING: Sums = {up: 0, down: 0}

export class CounterWatch implements Watch {
  readonly #linearizable: boolean
  readonly #tallies = new Map<Key | undefined, Tally>()
  readonly #open = new Map<ProcessId, Open>()
  #breach: Breach | undefined
  blind: string | undefined

  constructor({claim = 'linearizable'}: {readonly claim?: 'linearizable' | 'eventual'} = {}) {
    this.#linearizable = claim === 'linearizable'
  }

  push(op: Op): Breach | undefined {
    if (this.#breach !== undefined || !isClientOp(op)) return this.#breach
    if (op.type === 'invoke') this.#invoke(op)
    else {
      const open = this.#open.get(op.process)
      this.#open.delete(op.process)
      if (open !== undefined) this.#breach = complete(open, op)
    }
    return this.#breach
  }

  /** Reads are judged as they return; nothing waits. */
  probe(): Breach | undefined {
    return this.#breach
  }

  #invoke(invoke: Op): void {
    const {key, f, value} = invoke
    let tally = this.#tallies.get(key)
    if (tally === undefined) {
      tally = {attempted: {...NOTHING}, acknowledged: {...NOTHING}, inexact: false}
      this.#tallies.set(key, tally)
    }
    const amount = amountOf(invoke)
    if (amount !== undefined) {
      if (!Number.isSafeInteger(amount)) {
        tally.inexact = true
        this.blind ??= `amounts beyond 2^53, and fractions, are not judged (${showValue(value)})`
      }
      tally.attempted[amount < 0 ? 'down' : 'up'] += amount
    }
    const before = this.#linearizable && f === 'read' ? {...tally.acknowledged} : NOTHING
    this.#open.set(invoke.process, {invoke, tally, amount, before})
  }
}

function complete({invoke, tally, amount, before}: Open, {type, index, process, value}: Op): Breach | undefined {
  const {attempted, acknowledged, inexact} = tally
  if (amount !== undefined) {
    const side = amount < 0 ? 'down' : 'up'
    if (type === 'ok') acknowledged[side] += amount
    else if (type === 'fail') attempted[side] -= amount
    return undefined
  }
  if (invoke.f !== 'read' || type !== 'ok' || inexact) return undefined
  const [low, high] = [before.up + attempted.down, attempted.up + before.down]
  if (typeof value === 'number' && low <= value && value <= high) return undefined
  const {key} = invoke
  const sentence = `Process ${process} read ${showValue(value)}${ofKey(key)}, but only ${low} to ${high} were possible`
  return {key, index, sentence}
}
