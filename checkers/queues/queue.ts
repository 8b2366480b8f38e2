/**
 * FIFO and unordered queues, judged as the record goes, without waiting for a drain.
 *
 *     0  |enqueue 1|  |enqueue 2|
 *     1                            |dequeue 2|     2 is out, and 1, which went in before it, is inside still
 *
 * Definition, for distinct values (per key). An unordered queue is broken by: a value out before anybody tried to put it in
 * (*unexpected-element*); a value out twice (*duplicate-element*); an `empty` answer (a dequeue of null) although at each
 * moment while it ran some value was certainly inside: its enqueue had returned, and nobody who may have taken it had begun
 * (*lost-element*). A FIFO queue also by: two values in one after the other and out one after the other, the other way round
 * (*reordered-element*), or the second out and the first certainly still inside.
 *
 * Proves: a violation of linearizability for that queue. Where every outcome is known these patterns are all there is: a history
 * without any is linearizable (Henzinger, Sezgin, Vafeiadis: "Aspect-Oriented Linearizability Proofs", CONCUR 2013). Cannot
 * see: what a dequeue of unknown outcome took; it is taken to excuse everything that it can excuse by itself, so violations
 * that need several of them at once are left to the linearizability checker's models `queue` and `unordered-queue`.
 */

import type {Checker} from '../../core/checker.ts'
import type {Key, Operation} from '../../core/op.ts'
import {counted} from '../../core/quantities.ts'
import type {Sequence} from '../../core/sequence.ts'
import {showValue, type ValueKey, valueKey} from '../../core/value.ts'
import type {Anomaly} from '../../core/verdict.ts'
import {endIndex, ofKey, verdictOf, witnessOf} from '../findings/finding.ts'

export interface QueueOptions {
  /** Whether values come out in the order in which they went in. */
  readonly fifo?: boolean
}

export function queue(options: QueueOptions = {}): Checker {
  const {fifo = true} = options
  const property = fifo ? 'first in, first out' : 'unordered queue'
  return {
    name: 'queue',
    description: `${property}: nothing made up, taken twice${fifo ? ', out of order' : ''} or hidden by "empty"`,
    check(history) {
      const anomalies: Anomaly[] = []
      let values = 0
      let repeated: {readonly value: unknown} | undefined
      for (const [key, operations] of history.byKey()) {
        const stays = staysOf(operations)
        values += stays.size
        repeated ??= twice(operations)
        const listed = [...stays.values()]
        for (const found of unexplained(key, operations, stays)) anomalies.push(found)
        for (const found of falseEmpties(key, operations, listed)) anomalies.push(found)
        if (fifo) for (const found of reordered(key, listed, firstDoubt(operations))) anomalies.push(found)
      }
      return verdictOf({
        checker: 'queue',
        property,
        kind: 'safety',
        summary: counted(values, 'value'),
        anomalies: repeated === undefined ? anomalies : [],
        reason:
          repeated !== undefined
            ? `Values must be distinct, but ${showValue(repeated.value)} was enqueued twice.`
            : values === 0
              ? 'Nothing was enqueued.'
              : undefined,
      })
    },
  }
}

/** The stay of one value in the queue. */
interface Stay {
  readonly value: unknown
  readonly enqueue: Operation
  /** The successful dequeues that returned it. */
  readonly dequeues: Operation[]
}

function staysOf(operations: Sequence<Operation>): Map<ValueKey, Stay> {
  const stays = new Map<ValueKey, Stay>()
  for (const operation of operations) {
    if (!puts(operation) || stays.has(valueKey(operation.input))) continue
    stays.set(valueKey(operation.input), {value: operation.input, enqueue: operation, dequeues: []})
  }
  for (const operation of operations)
    if (takes(operation)) stays.get(valueKey(operation.output))?.dequeues.push(operation)
  return stays
}

/** A value that may have been put in twice. */
function twice(operations: Sequence<Operation>): {readonly value: unknown} | undefined {
  const seen = new Set<ValueKey>()
  for (const operation of operations) {
    if (!puts(operation)) continue
    if (seen.has(valueKey(operation.input))) return {value: operation.input}
    seen.add(valueKey(operation.input))
  }
  return undefined
}

function puts({f, outcome}: Operation): boolean {
  return f === 'enqueue' && outcome !== 'fail'
}

function takes({f, outcome, output}: Operation): boolean {
  return f === 'dequeue' && outcome === 'ok' && output !== null
}

function* unexplained(
  key: Key | undefined,
  operations: Sequence<Operation>,
  stays: ReadonlyMap<ValueKey, Stay>,
): Iterable<Anomaly> {
  for (const operation of operations) {
    if (!takes(operation)) continue
    const stay = stays.get(valueKey(operation.output))
    if (stay !== undefined && stay.enqueue.invoke.index < endIndex(operation)) continue
    const why = stay === undefined ? 'which nobody put in' : 'before anybody put it in'
    const deed = `took out ${showValue(operation.output)}${ofKey(key)}, ${why}`
    yield reported('unexpected-element', key, deed, [operation, stay?.enqueue])
  }
  for (const {value, enqueue, dequeues} of stays.values()) {
    if (dequeues.length < 2) continue
    const deed = `took out ${showValue(value)}${ofKey(key)}, which had been taken out already`
    yield reported('duplicate-element', key, deed, [dequeues[1] as Operation, enqueue, dequeues[0]])
  }
}

/** When the first operation began that may have taken anything, unseen; Infinity where there is none. */
function firstDoubt(operations: Sequence<Operation>): number {
  const doubtful = operations.find(({f, outcome}) => (f === 'dequeue' || f === 'drain') && outcome === 'info')
  return doubtful?.invoke.index ?? Number.POSITIVE_INFINITY
}

/** A stretch in which, at each moment, some value was certainly inside. */
interface Occupied {
  readonly from: number
  to: number
  /** Those whose stays make it up, each beginning before the one before it ends. */
  readonly by: Stay[]
}

/** Empty answers that ran entirely within a stretch in which the queue was certainly not empty. */
function* falseEmpties(
  key: Key | undefined,
  operations: Sequence<Operation>,
  stays: readonly Stay[],
): Iterable<Anomaly> {
  const empties = operations.filter(({f, outcome, output}) => f === 'dequeue' && outcome === 'ok' && output === null)
  if (empties.length === 0) return
  const occupied = occupiedBy(stays, firstDoubt(operations))
  let next = 0
  let last: Occupied | undefined
  for (const empty of empties) {
    for (; next < occupied.length && (occupied[next] as Occupied).from < empty.invoke.index; next++) {
      last = occupied[next] as Occupied
    }
    if (last === undefined || last.to <= endIndex(empty)) continue
    const by = last.by.filter(
      ({enqueue, dequeues}) =>
        endIndex(enqueue) < endIndex(empty) &&
        (dequeues[0]?.invoke.index ?? Number.POSITIVE_INFINITY) > empty.invoke.index,
    )
    const names = by.slice(0, 3).map(({value}) => showValue(value))
    const inside =
      names.length === 1 ? `${names[0]} was inside all the while` : `${names.join(', then ')} were inside all the while`
    yield reported('lost-element', key, `found the queue${ofKey(key)} empty, although ${inside}`, [
      empty,
      ...by.slice(0, 8).flatMap(({enqueue, dequeues}) => [enqueue, dequeues[0]]),
    ])
  }
}

/**
 * A value is certainly inside from the return of its enqueue to the invocation of the first dequeue that may have taken it.
 * Stays that overlap make one stretch; of those, only the ones that prolong it are kept.
 */
function occupiedBy(stays: readonly Stay[], doubt: number): Occupied[] {
  const certain = stays.flatMap((stay) => {
    const from = endIndex(stay.enqueue)
    const to = stay.dequeues.reduce((first, {invoke}) => Math.min(first, invoke.index), doubt)
    return from < to && from < Number.POSITIVE_INFINITY ? [{stay, from, to}] : []
  })
  certain.sort((left, right) => left.from - right.from)
  const occupied: Occupied[] = []
  for (const {stay, from, to} of certain) {
    const last = occupied.at(-1)
    if (last === undefined || from > last.to) occupied.push({from, to, by: [stay]})
    else if (to > last.to) {
      last.to = to
      last.by.push(stay)
    }
  }
  return occupied
}

/**
 * For a pair in one after the other (the first enqueue returned before the second was invoked): broken where the second was
 * out for certain before the first can have been. Sweeps by the time at which the second went in.
 */
function* reordered(key: Key | undefined, stays: readonly Stay[], doubt: number): Iterable<Anomaly> {
  // A value that nobody was seen to take is inside still, unless an operation of unknown outcome took it.
  const firsts = stays
    .filter(({enqueue, dequeues}) => enqueue.outcome === 'ok' && dequeues.length < 2)
    .map((stay) => ({stay, inBy: endIndex(stay.enqueue), out: stay.dequeues[0]?.invoke.index ?? doubt}))
    .sort((left, right) => left.inBy - right.inBy)
  const seconds = stays
    .filter(({dequeues}) => dequeues.length === 1)
    .map((stay) => ({stay, in: stay.enqueue.invoke.index, outBy: endIndex(stay.dequeues[0] as Operation)}))
    .sort((left, right) => left.in - right.in)
  let latest: (typeof firsts)[number] | undefined
  let next = 0
  for (const second of seconds) {
    for (; next < firsts.length && (firsts[next] as {inBy: number}).inBy < second.in; next++) {
      const candidate = firsts[next] as (typeof firsts)[number]
      if (latest === undefined || candidate.out > latest.out) latest = candidate
    }
    if (latest === undefined || latest.out <= second.outBy) continue
    const [earlier, later] = [latest.stay, second.stay]
    const deed = `took out ${showValue(later.value)}${ofKey(key)} before ${showValue(earlier.value)}, which was put in first`
    yield reported('reordered-element', key, deed, [
      later.dequeues[0] as Operation,
      earlier.enqueue,
      later.enqueue,
      earlier.dequeues[0],
    ])
  }
}

function reported(
  type: string,
  key: Key | undefined,
  deed: string,
  [subject, ...others]: readonly [Operation, ...(Operation | undefined)[]],
): Anomaly {
  return {
    type,
    sentence: `Process ${subject.process} ${deed}.`,
    ...(key === undefined ? {} : {key}),
    witness: witnessOf(subject, ...others),
  }
}
