/**
 * Counters that go up and down.
 *
 *     0  |add 5|   |add 3 >
 *     1        |add -2|     |read 9|     at least 5 - 2 = 3, at most 5 + 3 - 2 = 6
 *
 * Definition. `add` takes an amount, perhaps negative (`increment` and `decrement` take one, 1 by default); `read` returns
 * the sum. *Linearizable*: every read lies between what must and what may have been counted when it ran, that is from
 * (increments acknowledged before its invocation + decrements attempted before its return) to (increments attempted before
 * its return + decrements acknowledged before its invocation). *Eventual*: a read before the end lies between all decrements
 * and all increments attempted so far. Either way a final read is exactly the acknowledged sum plus the sum of some subset of
 * the operations whose outcome is unknown, or which were under way. Anything but a whole number is a *reply-mismatch*.
 *
 * Proves: acknowledged amounts are neither lost nor counted twice. Cannot see: two errors that cancel out, or reads that are
 * in bounds but out of order with each other (the linearizability checker's counter model sees those). Every read is judged,
 * not only the last; the bounds are those of Jepsen's counter, widened for decrements. Sums are exact beyond 2^53; fractions
 * are not judged. Where the sums of the unknown operations span more than 2^27, a final read that is within bounds passes.
 */

import type {Checker} from '../../core/checker.ts'
import {exactOf} from '../../core/exact.ts'
import type {Key, Op, Operation} from '../../core/op.ts'
import {counted} from '../../core/quantities.ts'
import type {Sequence} from '../../core/sequence.ts'
import {showValue} from '../../core/value.ts'
import type {Anomaly} from '../../core/verdict.ts'
import {ofKey, verdictOf, witnessOf} from '../findings/finding.ts'
import {wrongAnswer, wrongRequest} from '../findings/wrong-shape.ts'

export interface CounterOptions {
  /** What reads before the final ones promise. Linearizable by default. */
  readonly claim?: 'linearizable' | 'eventual'
  /** What was acknowledged may be lost: final reads promise no more than those before. */
  readonly lossy?: boolean
}

/** From the least to the greatest sum of unknown operations, while looking for the subset that explains a final read. */
const MAX_SPAN = 2n ** 27n

export function counter(options: CounterOptions = {}): Checker {
  const eventual = options.claim === 'eventual'
  return {
    name: 'counter',
    description:
      'every read of a counter is within bounds, and final reads count each acknowledged amount exactly once',
    check(history) {
      const anomalies: Anomaly[] = []
      const gaps: string[] = []
      let reads = 0
      const keys = [...history.byKey()]
      for (const [key, operations] of keys) {
        const tally = tallyOf(key, operations, {eventual, lossy: options.lossy === true})
        for (const found of tally.anomalies) anomalies.push(found)
        reads += tally.reads
        if (tally.gap !== undefined) gaps.push(tally.gap)
      }
      if (reads === 0) gaps.unshift('No read succeeded.')
      return verdictOf({
        checker: 'counter',
        property: 'counter within bounds',
        kind: 'safety',
        summary: `${counted(keys.length, 'counter')}, ${counted(reads, 'read')}`,
        anomalies,
        reason: gaps[0],
      })
    },
  }
}

interface Tally {
  readonly anomalies: Anomaly[]
  readonly reads: number
  /** Why something could not be judged. */
  readonly gap?: string
}

/** What an operation adds: undefined for one that adds nothing, NaN for a fraction. Throws UsageError for what is no number. */
function amountOf(operation: Operation): bigint | number | undefined {
  const {f, input} = operation
  if (f !== 'add' && f !== 'increment' && f !== 'decrement') return undefined
  const amount = f === 'add' ? input : (input ?? 1)
  if (typeof amount !== 'number' && exactOf(amount) === undefined) throw wrongRequest(operation, 'a number')
  const whole = wholeOf(amount)
  if (whole === undefined) return Number.NaN
  return f === 'decrement' ? -whole : whole
}

/** A whole number; undefined for anything else. */
function wholeOf(value: unknown): bigint | undefined {
  if (typeof value === 'bigint') return value
  return Number.isInteger(value) ? BigInt(value as number) : undefined
}

/** An operation that adds, with how much. */
interface Change {
  readonly operation: Operation
  readonly amount: bigint
}

/** Sums of increments and of decrements. */
interface Sides {
  up: bigint
  down: bigint
}

function tallyOf(
  key: Key | undefined,
  operations: Sequence<Operation>,
  {eventual, lossy}: {readonly eventual: boolean; readonly lossy: boolean},
): Tally {
  const events: {readonly index: number; readonly operation: Operation; readonly returns: boolean}[] = []
  for (const operation of operations) {
    events.push({index: operation.invoke.index, operation, returns: false})
    if (operation.outcome === 'ok') {
      events.push({index: (operation.completion as Op).index, operation, returns: true})
    }
  }
  events.sort((left, right) => left.index - right.index)

  const anomalies: Anomaly[] = []
  const acknowledged: Sides = {up: 0n, down: 0n}
  const attempted: Sides = {up: 0n, down: 0n}
  const atInvoke = new Map<Operation, Sides>()
  /** What was asked for and not (yet) acknowledged. */
  const open = new Map<Operation, Change>()
  /** What may or may not be in each final read that is under way, and the sum that must be. */
  const running = new Map<Operation, {readonly sum: bigint; readonly optional: Change[]}>()
  let reads = 0
  let gap: string | undefined
  for (const {operation, returns} of events) {
    const amount = amountOf(operation)
    if (amount !== undefined) {
      if (operation.outcome === 'fail') continue
      if (typeof amount === 'number') {
        gap ??= `Fractions are not judged (op #${operation.invoke.index} adds ${showValue(operation.input)}).`
        continue
      }
      const side = amount < 0n ? 'down' : 'up'
      if (returns) {
        acknowledged[side] += amount
        open.delete(operation)
      } else {
        attempted[side] += amount
        open.set(operation, {operation, amount})
        for (const {optional} of running.values()) optional.push({operation, amount})
      }
      continue
    }
    if (operation.f !== 'read' || operation.outcome !== 'ok') continue
    if (!returns) {
      atInvoke.set(operation, eventual ? {up: 0n, down: 0n} : {...acknowledged})
      if (operation.final && !lossy) {
        running.set(operation, {sum: acknowledged.up + acknowledged.down, optional: [...open.values()]})
      }
      continue
    }
    reads++
    const {up, down} = atInvoke.get(operation) as Sides
    atInvoke.delete(operation)
    const final = running.get(operation)
    running.delete(operation)
    const value = wholeOf(operation.output)
    if (value === undefined) {
      anomalies.push(wrongAnswer(operation, 'a whole number'))
      continue
    }
    const [low, high] = [up + attempted.down, attempted.up + down]
    if (value < low || value > high) anomalies.push(outOfBounds(key, operation, low, high))
    else if (final !== undefined && !isSumOf(value - final.sum, final.optional)) {
      anomalies.push(wrongFinal(key, operation, final.sum, final.optional))
    }
  }
  return {anomalies: gap === undefined ? anomalies : [], reads, ...(gap === undefined ? {} : {gap})}
}

/**
 * Whether some subset of these amounts adds up to exactly `sum`: bit i says that the least possible sum plus i can be had,
 * and each amount shifts the bits. Taken as true where that would be too many bits.
 */
function isSumOf(sum: bigint, changes: readonly Change[]): boolean {
  let [least, span] = [0n, 0n]
  for (const {amount} of changes) {
    if (amount < 0n) least += amount
    span += amount < 0n ? -amount : amount
  }
  const wanted = sum - least
  if (wanted < 0n || wanted > span) return false
  if (span > MAX_SPAN) return true
  let sums = 1n
  for (const {amount} of changes) sums |= sums << (amount < 0n ? -amount : amount)
  return ((sums >> wanted) & 1n) === 1n
}

function outOfBounds(key: Key | undefined, read: Operation, low: bigint, high: bigint): Anomaly {
  const possible = low === high ? `only ${low} was possible` : `only ${low} to ${high} were possible`
  return {
    type: read.final ? 'counter-wrong-final' : 'counter-out-of-bounds',
    sentence: `Process ${read.process} read ${showValue(read.output)}${ofKey(key)}, but ${possible}.`,
    ...(key === undefined ? {} : {key}),
    witness: witnessOf(read),
    why: [
      `Acknowledged increments before it began and every decrement attempted before it ended make ${low} the least;`,
      `increments attempted before it ended and acknowledged decrements before it began make ${high} the most.`,
    ],
    detail: {low: String(low), high: String(high), read: showValue(read.output)},
  }
}

function wrongFinal(key: Key | undefined, read: Operation, sum: bigint, unsettled: readonly Change[]): Anomaly {
  const amounts = unsettled.map(({amount}) => String(amount))
  const doubt =
    amounts.length === 0
      ? 'and nothing was left in doubt'
      : `and no subset of the ${counted(amounts.length, 'unknown operation')} (${amounts.slice(0, 8).join(', ')}${amounts.length > 8 ? ', …' : ''}) makes up the difference`
  return {
    type: 'counter-wrong-final',
    sentence: `The final read${ofKey(key)} on ${read.node ?? `process ${read.process}`} is ${showValue(read.output)}, but acknowledged amounts add up to ${sum}, ${doubt}.`,
    ...(key === undefined ? {} : {key}),
    witness: witnessOf(...unsettled.slice(0, 16).map(({operation}) => operation), read),
    detail: {read: showValue(read.output), acknowledged: String(sum), unsettled: amounts},
  }
}
