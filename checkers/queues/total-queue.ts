/**
 * Total queue: what goes in comes out, once everything was drained.
 *
 *     0  |enqueue 1|  |enqueue 2|
 *     1                            |dequeue 2|  |drain [3]|     1 is lost, and 3 is made up
 *
 * Definition, per key, over multisets: `enqueue` puts a value in, `dequeue` takes one out, `drain` takes all (a list; what it
 * got before it crashed is in its value). *lost-element*: an acknowledged enqueue whose value nobody got. *unexpected-
 * element*: a value came out that nobody tried to put in (or only an enqueue that failed). *duplicate-element*: a value came
 * out more often than it may have been put in; counted, and a violation where exactly-once is promised. A value that came
 * out of an enqueue with unknown outcome is *recovered*. A drain that returned no list is a *reply-mismatch*.
 *
 * Proves: at least once (or exactly once) end to end. Cannot see: order; see `queue.ts`. A dequeue or drain whose outcome is
 * unknown may have taken anything with it: losses are then *unknown*, unless there are more of them than it can have taken.
 * So they are where, though there are *final* dequeues, none found it empty: a broker that answers nobody has lost nothing.
 * The definition is Jepsen's total-queue, except that a crashed drain is no exception.
 */

import type {Checker} from '../../core/checker.ts'
import type {Key, Operation} from '../../core/op.ts'
import {counted} from '../../core/quantities.ts'
import type {Sequence} from '../../core/sequence.ts'
import {elementsOf, showValue, type ValueKey, valueKey} from '../../core/value.ts'
import type {Anomaly} from '../../core/verdict.ts'
import {ofKey, verdictOf, witnessOf} from '../findings/finding.ts'
import {wrongAnswer} from '../findings/wrong-shape.ts'

export interface TotalQueueOptions {
  /** Whether a value that comes out twice breaks the promise. At least once is enough by default. */
  readonly exactlyOnce?: boolean
}

export function totalQueue(options: TotalQueueOptions = {}): Checker {
  const {exactlyOnce = false} = options
  return {
    name: 'total-queue',
    description: 'every acknowledged enqueue is dequeued, and nothing else is',
    check(history) {
      const anomalies: Anomaly[] = []
      const sums = {enqueued: 0, dequeued: 0, lost: 0, unexpected: 0, duplicated: 0, recovered: 0}
      let reason: string | undefined
      const asked = asksInTheEnd(history.operations)
      for (const [key, operations] of history.byKey()) {
        const account = accountOf(operations)
        for (const operation of account.odd) anomalies.push(wrongAnswer(operation, 'a list'))
        sums.enqueued += account.enqueued
        sums.dequeued += account.dequeued
        const lost: Anomaly[] = []
        let absent = 0
        for (const entry of account.entries.values()) {
          const {acknowledged, attempted, outs} = entry
          const missing = Math.max(0, acknowledged.length - outs.length)
          sums.lost += missing
          absent += missing
          sums.recovered += Math.max(0, Math.min(outs.length, attempted.length) - acknowledged.length)
          if (missing > 0) lost.push(lostElement(key, entry, missing, account.emptied))
          if (outs.length > 0 && attempted.length === 0) {
            sums.unexpected += outs.length
            anomalies.push(unexpected(key, entry))
          } else if (outs.length > attempted.length) {
            sums.duplicated += outs.length - attempted.length
            if (exactlyOnce) anomalies.push(duplicated(key, entry))
          }
        }
        // What an odd drain took nobody knows.
        if (absent > 0 && asked && !account.empty) {
          reason ??= `${counted(absent, 'value')} did not come out${ofKey(key)}, but in the end it was never found empty.`
        } else if (absent > account.mayHaveTaken) for (const found of lost) anomalies.push(found)
        else if (absent > 0) {
          reason ??= `${counted(absent, 'value')} did not come out${ofKey(key)}, but operations of unknown outcome may have taken them.`
        }
      }
      if (sums.enqueued === 0) reason = 'Nothing was enqueued.'
      else if (sums.dequeued === 0 && anomalies.length === 0) reason = 'Nothing was dequeued.'
      return verdictOf({
        checker: 'total-queue',
        property: exactlyOnce ? 'delivered exactly once' : 'delivered at least once',
        kind: 'safety',
        summary: `${counted(sums.enqueued, 'enqueue')}, ${counted(sums.dequeued, 'dequeued value')}`,
        anomalies,
        reason,
        measures: sums,
      })
    },
  }
}

/** What is known of one value. */
interface Entry {
  readonly value: unknown
  readonly attempted: Operation[]
  readonly acknowledged: Operation[]
  readonly failed: Operation[]
  readonly outs: Operation[]
}

interface Account {
  readonly entries: ReadonlyMap<ValueKey, Entry>
  readonly enqueued: number
  readonly dequeued: number
  /** How many values operations of unknown outcome may have taken out. */
  readonly mayHaveTaken: number
  /** Whether somebody was told in the end that nothing is left. */
  readonly empty: boolean
  /** The last operation that left nothing behind: a drain, or a final dequeue that found nothing. */
  readonly emptied: Operation | undefined
  /** Drains that did not return a list. */
  readonly odd: readonly Operation[]
}

function accountOf(operations: Sequence<Operation>): Account {
  const entries = new Map<ValueKey, Entry>()
  const entryOf = (value: unknown): Entry => {
    const id = valueKey(value)
    let entry = entries.get(id)
    if (entry === undefined) entries.set(id, (entry = {value, attempted: [], acknowledged: [], failed: [], outs: []}))
    return entry
  }
  let enqueued = 0
  let dequeued = 0
  let mayHaveTaken = 0
  let empty = false
  let emptied: Operation | undefined
  const odd: Operation[] = []
  for (const operation of operations) {
    if (operation.f === 'enqueue') {
      const entry = entryOf(operation.input)
      if (operation.outcome === 'fail') entry.failed.push(operation)
      else entry.attempted.push(operation)
      if (operation.outcome === 'ok') {
        entry.acknowledged.push(operation)
        enqueued++
      }
    } else if (operation.f === 'dequeue' || operation.f === 'drain') {
      const values = taken(operation)
      if (values === undefined) {
        odd.push(operation)
        mayHaveTaken = Number.POSITIVE_INFINITY
      }
      const empties = isFinalDequeue(operation)
        ? operation.outcome === 'ok' && operation.output === null
        : operation.f === 'drain' && operation.outcome === 'ok' && values !== undefined
      if (empties) emptied = operation
      empty ||= empties && isFinalDequeue(operation)
      for (const value of values ?? []) {
        entryOf(value).outs.push(operation)
        dequeued++
      }
      if (operation.outcome === 'info') mayHaveTaken += operation.f === 'dequeue' ? 1 : Number.POSITIVE_INFINITY
    }
  }
  return {entries, enqueued, dequeued, mayHaveTaken, empty, emptied, odd}
}

/** Whether queues were asked in the end: then one that nobody came to ask was not emptied either. */
function asksInTheEnd(operations: Sequence<Operation>): boolean {
  for (const operation of operations) if (isFinalDequeue(operation)) return true
  return false
}

function isFinalDequeue({final, f}: Operation): boolean {
  return final === true && f === 'dequeue'
}

/** What an operation took out: one value, a list, or what a crashed drain had got so far; undefined for a drain of no list. */
function taken(operation: Operation): readonly unknown[] | undefined {
  const {f, outcome, output, completion} = operation
  if (f === 'dequeue') return outcome === 'ok' && output !== null ? [output] : []
  if (outcome === 'ok') return elementsOf(output)
  return outcome === 'info' && Array.isArray(completion?.value) ? completion.value : []
}

function lostElement(
  key: Key | undefined,
  {value, acknowledged}: Entry,
  missing: number,
  emptied: Operation | undefined,
): Anomaly {
  const times = missing === 1 ? '' : ` (${missing} times)`
  return {
    type: 'lost-element',
    sentence: `${showValue(value)} was put in${ofKey(key).replace(' of', 'to')} and acknowledged, but never came out${times}.`,
    ...(key === undefined ? {} : {key}),
    witness: witnessOf(...acknowledged.slice(0, 4), emptied),
    ...(emptied === undefined
      ? {}
      : {why: [`In the end, ${emptied.f} #${emptied.invoke.index} left nothing${ofKey(key).replace(' of', ' in')}.`]}),
  }
}

function unexpected(key: Key | undefined, {value, outs, failed}: Entry): Anomaly {
  return {
    type: 'unexpected-element',
    sentence: `Process ${outs[0]?.process} took out ${showValue(value)}${ofKey(key)}, ${failed.length > 0 ? 'whose enqueue had failed' : 'which nobody put in'}.`,
    ...(key === undefined ? {} : {key}),
    witness: witnessOf(failed[0], outs[0]),
  }
}

function duplicated(key: Key | undefined, {value, outs, attempted}: Entry): Anomaly {
  return {
    type: 'duplicate-element',
    sentence: `${showValue(value)} came out${ofKey(key)} ${outs.length} times, but was put in ${attempted.length === 1 ? 'once' : `${attempted.length} times`}.`,
    ...(key === undefined ? {} : {key}),
    witness: witnessOf(...attempted.slice(0, 2), ...outs.slice(0, 4)),
  }
}
