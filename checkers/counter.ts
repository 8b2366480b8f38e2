/**
 * Counters that go up and down.
 *
 * Definition. `add` takes an amount, perhaps negative (`increment` and `decrement` take one, 1 by default); `read` returns
 * the sum. *Linearizable*: every read lies between what must and what may have been counted when it ran, that is from
 * (increments acknowledged before its invocation + decrements attempted before its return) to (increments attempted before
 * its return + decrements acknowledged before its invocation). *Eventual*: a read before the end lies between all decrements
 * and all increments attempted so far. Either way a final read is exactly the acknowledged sum plus the sum of some subset of
 * the operations whose outcome is unknown.
 *
 * Proves: acknowledged amounts are neither lost nor counted twice. Cannot see: two errors that cancel out, or reads that are
 * in bounds but out of order with each other (the linearizability checker's counter model sees those). Every read is judged,
 * not only the last; the bounds are those of Jepsen's counter, widened for decrements.
 */
import type {Checker} from '../core/checker.ts'
import type {Key, Op, Operation} from '../core/op.ts'
import type {Sequence} from '../core/sequence.ts'
import {showValue} from '../core/value.ts'
import type {Anomaly} from '../core/verdict.ts'
import {counted, ofKey, verdictOf, witnessOf} from './finding.ts'

export interface CounterOptions {
  /** What reads before the final ones promise. Linearizable by default. */
  readonly claim?: 'linearizable' | 'eventual'
}

/** Distinct sums kept while looking for the subset of unknown operations that explains a final read. */
const MAX_SUMS = 1_000_000

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
        const tally = tallyOf(key, operations, eventual)
        anomalies.push(...tally.anomalies)
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

/** What an operation adds, or undefined for anything else. */
function amountOf(operation: Operation): number | undefined {
  if (operation.f !== 'add' && operation.f !== 'increment' && operation.f !== 'decrement') return undefined
  const amount = Number(operation.input ?? 1)
  return operation.f === 'decrement' ? -amount : amount
}

function tallyOf(key: Key | undefined, operations: Sequence<Operation>, eventual: boolean): Tally {
  const events: {readonly index: number; readonly operation: Operation; readonly returns: boolean}[] = []
  for (const operation of operations) {
    events.push({index: operation.invoke.index, operation, returns: false})
    if (operation.outcome === 'ok') {
      events.push({index: (operation.completion as Op).index, operation, returns: true})
    }
  }
  events.sort((left, right) => left.index - right.index)

  const anomalies: Anomaly[] = []
  const acknowledged = {up: 0, down: 0}
  const attempted = {up: 0, down: 0}
  const atInvoke = new Map<Operation, {readonly up: number; readonly down: number}>()
  /** Amounts that were asked for and not (yet) acknowledged. */
  const open = new Set<Operation>()
  /** What may or may not be in each final read that is under way, and the sum that must be. */
  const running = new Map<Operation, {readonly sum: number; readonly optional: Operation[]}>()
  let reads = 0
  let gap: string | undefined
  for (const {operation, returns} of events) {
    const amount = amountOf(operation)
    if (amount !== undefined) {
      if (!Number.isSafeInteger(amount))
        gap ??= `Amounts beyond 2^53, and fractions, are not judged (${showValue(operation.input)}).`
      if (operation.outcome === 'fail') continue
      const side = amount < 0 ? 'down' : 'up'
      if (returns) {
        acknowledged[side] += amount
        open.delete(operation)
      } else {
        attempted[side] += amount
        open.add(operation)
        for (const {optional} of running.values()) optional.push(operation)
      }
      continue
    }
    if (operation.f !== 'read' || operation.outcome !== 'ok') continue
    if (!returns) {
      atInvoke.set(operation, eventual ? {up: 0, down: 0} : {...acknowledged})
      if (operation.final) running.set(operation, {sum: acknowledged.up + acknowledged.down, optional: [...open]})
      continue
    }
    reads++
    const {up, down} = atInvoke.get(operation) as {up: number; down: number}
    const value = operation.output
    const [low, high] = [up + attempted.down, attempted.up + down]
    const within = typeof value === 'number' && low <= value && value <= high
    if (!within) anomalies.push(outOfBounds(key, operation, low, high))
    const final = running.get(operation)
    if (final === undefined) continue
    running.delete(operation)
    if (within && !isSumOf(Number(value) - final.sum, final.optional)) {
      anomalies.push(wrongFinal(key, operation, final.sum, final.optional))
    }
  }
  return {anomalies: gap === undefined ? anomalies : [], reads, ...(gap === undefined ? {} : {gap})}
}

/** Whether some subset of these operations adds up to exactly `sum`. Taken as true where there are too many sums to tell. */
function isSumOf(sum: number, operations: Sequence<Operation>): boolean {
  let sums = new Set([0])
  for (const operation of operations) {
    const amount = amountOf(operation) as number
    if (amount === 0) continue
    const next = new Set(sums)
    for (const other of sums) next.add(other + amount)
    sums = next
    if (sums.size > MAX_SUMS) return true
  }
  return sums.has(sum)
}

function outOfBounds(key: Key | undefined, read: Operation, low: number, high: number): Anomaly {
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
    detail: {low, high, read: read.output},
  }
}

function wrongFinal(key: Key | undefined, read: Operation, sum: number, unsettled: Sequence<Operation>): Anomaly {
  const amounts = unsettled.map((operation) => amountOf(operation) as number)
  const doubt =
    amounts.length === 0
      ? 'and nothing was left in doubt'
      : `and no subset of the ${counted(amounts.length, 'unknown operation')} (${amounts.slice(0, 8).join(', ')}${amounts.length > 8 ? ', …' : ''}) makes up the difference`
  return {
    type: 'counter-wrong-final',
    sentence: `The final read${ofKey(key)} on ${read.node ?? `process ${read.process}`} is ${showValue(read.output)}, but acknowledged amounts add up to ${sum}, ${doubt}.`,
    ...(key === undefined ? {} : {key}),
    witness: witnessOf(...unsettled.slice(0, 16), read),
    detail: {read: read.output, acknowledged: sum, unsettled: amounts},
  }
}
