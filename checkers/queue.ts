/**
 * FIFO and unordered queues, judged as the record goes, without waiting for a drain.
 *
 * Definition, for distinct values (per key). An unordered queue is broken by: a value out before anybody tried to put it in
 * (*unexpected-element*); a value out twice (*duplicate-element*); an `empty` answer (a dequeue of null) although some value
 * was certainly inside all the while: its enqueue returned before the dequeue was invoked, and nobody who may have taken it
 * had begun by the time the dequeue returned (*lost-element*). A FIFO queue also by: two values in one after the other and
 * out one after the other, the other way round (*reordered-element*), or the second out and the first certainly still
 * inside.
 *
 * Proves: a violation of linearizability for that queue; these patterns are necessary conditions, each read off one or two
 * values. Cannot see: violations that only many operations together show (chains of empties); the linearizability checker
 * of models `queue` and `fifo-queue` decides those. The patterns are the violations of Henzinger, Sezgin, Vafeiadis:
 * "Aspect-Oriented Linearizability Proofs" (CONCUR 2013).
 */
import type {Checker} from '../core/checker.ts'
import type {Key, Operation} from '../core/op.ts'
import type {Sequence} from '../core/sequence.ts'
import {showValue, type ValueKey, valueKey} from '../core/value.ts'
import type {Anomaly} from '../core/verdict.ts'
import {counted, endIndex, ofKey, verdictOf, witnessOf} from './finding.ts'

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
      const repeated: unknown[] = []
      for (const [key, operations] of history.byKey()) {
        const stays = staysOf(operations, repeated)
        values += stays.length
        anomalies.push(...unexplained(key, operations, stays))
        anomalies.push(...falseEmpties(key, operations, stays))
        if (fifo) anomalies.push(...reordered(key, stays, firstDoubt(operations)))
      }
      return verdictOf({
        checker: 'queue',
        property,
        kind: 'safety',
        summary: counted(values, 'value'),
        anomalies: repeated.length > 0 ? [] : anomalies,
        reason:
          repeated.length > 0
            ? `Values must be distinct, but ${showValue(repeated[0])} was enqueued twice.`
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

function staysOf(operations: Sequence<Operation>, repeated: unknown[]): Stay[] {
  const stays = new Map<ValueKey, Stay>()
  for (const operation of operations) {
    if (operation.f !== 'enqueue' || operation.outcome === 'fail') continue
    const id = valueKey(operation.input)
    if (stays.has(id)) repeated.push(operation.input)
    else stays.set(id, {value: operation.input, enqueue: operation, dequeues: []})
  }
  for (const operation of operations)
    if (takes(operation)) stays.get(valueKey(operation.output))?.dequeues.push(operation)
  return [...stays.values()]
}

function takes({f, outcome, output}: Operation): boolean {
  return f === 'dequeue' && outcome === 'ok' && output !== null
}

function unexplained(key: Key | undefined, operations: Sequence<Operation>, stays: readonly Stay[]): Anomaly[] {
  const anomalies: Anomaly[] = []
  const known = new Map(stays.map((stay) => [valueKey(stay.value), stay]))
  for (const operation of operations) {
    if (!takes(operation)) continue
    const stay = known.get(valueKey(operation.output))
    if (stay !== undefined && stay.enqueue.invoke.index < endIndex(operation)) continue
    const why = stay === undefined ? 'which nobody put in' : 'before anybody put it in'
    anomalies.push(
      told('unexpected-element', key, `took out ${showValue(operation.output)}${ofKey(key)}, ${why}`, [
        operation,
        stay?.enqueue,
      ]),
    )
  }
  for (const {value, enqueue, dequeues} of stays) {
    if (dequeues.length < 2) continue
    anomalies.push(
      told('duplicate-element', key, `took out ${showValue(value)}${ofKey(key)}, which had been taken out already`, [
        dequeues[1] as Operation,
        enqueue,
        dequeues[0],
      ]),
    )
  }
  return anomalies
}

/** When the first operation began that may have taken anything, unseen; Infinity where there is none. */
function firstDoubt(operations: Sequence<Operation>): number {
  const doubtful = operations.find(({f, outcome}) => (f === 'dequeue' || f === 'drain') && outcome === 'info')
  return doubtful?.invoke.index ?? Number.POSITIVE_INFINITY
}

/** From when to when a value was certainly inside: after its enqueue returned, until any dequeue that may have taken it began. */
function falseEmpties(key: Key | undefined, operations: Sequence<Operation>, stays: readonly Stay[]): Anomaly[] {
  const empties = operations.filter(({f, outcome, output}) => f === 'dequeue' && outcome === 'ok' && output === null)
  if (empties.length === 0) return []
  const doubt = firstDoubt(operations)
  const inside = stays
    .filter(({enqueue}) => enqueue.outcome === 'ok')
    .map((stay) => ({
      stay,
      from: endIndex(stay.enqueue),
      to: Math.min(...stay.dequeues.map(({invoke}) => invoke.index), doubt),
    }))
    .sort((left, right) => left.from - right.from)
  // For each empty answer, of the values inside before it began, the one that stays longest.
  const anomalies: Anomaly[] = []
  let longest: (typeof inside)[number] | undefined
  let next = 0
  for (const empty of empties) {
    for (; next < inside.length && (inside[next] as {from: number}).from < empty.invoke.index; next++) {
      const candidate = inside[next] as (typeof inside)[number]
      if (longest === undefined || candidate.to > longest.to) longest = candidate
    }
    if (longest === undefined || longest.to <= endIndex(empty)) continue
    const sentence = `found the queue${ofKey(key)} empty, although ${showValue(longest.stay.value)} was inside all the while`
    anomalies.push(told('lost-element', key, sentence, [empty, longest.stay.enqueue, longest.stay.dequeues[0]]))
  }
  return anomalies
}

/**
 * For a pair in one after the other (the first enqueue returned before the second was invoked): broken where the second was
 * out for certain before the first can have been. Sweeps by the time of the second's dequeue.
 */
function reordered(key: Key | undefined, stays: readonly Stay[], doubt: number): Anomaly[] {
  // A value that nobody was seen to take is inside still, unless an operation of unknown outcome took it.
  const firsts = stays
    .filter(({enqueue, dequeues}) => enqueue.outcome === 'ok' && dequeues.length < 2)
    .map((stay) => ({stay, inBy: endIndex(stay.enqueue), out: stay.dequeues[0]?.invoke.index ?? doubt}))
    .sort((left, right) => left.inBy - right.inBy)
  const seconds = stays
    .filter(({dequeues}) => dequeues.length === 1)
    .map((stay) => ({stay, in: stay.enqueue.invoke.index, outBy: endIndex(stay.dequeues[0] as Operation)}))
    .sort((left, right) => left.in - right.in)
  const anomalies: Anomaly[] = []
  let latest: (typeof firsts)[number] | undefined
  let next = 0
  for (const second of seconds) {
    for (; next < firsts.length && (firsts[next] as {inBy: number}).inBy < second.in; next++) {
      const candidate = firsts[next] as (typeof firsts)[number]
      if (latest === undefined || candidate.out > latest.out) latest = candidate
    }
    if (latest === undefined || latest.out <= second.outBy) continue
    const [earlier, later] = [latest.stay, second.stay]
    const sentence = `took out ${showValue(later.value)}${ofKey(key)} before ${showValue(earlier.value)}, which was put in first`
    anomalies.push(
      told('reordered-element', key, sentence, [
        later.dequeues[0] as Operation,
        earlier.enqueue,
        later.enqueue,
        earlier.dequeues[0],
      ]),
    )
  }
  return anomalies
}

function told(
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
