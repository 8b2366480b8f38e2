/**
 * Causal reverse: a later write is seen without an earlier one.
 *
 *     0  |write 1|
 *     1             |write 2|
 *     2                 |read [2]|       2 began after 1 had returned, and yet 1 is missing
 *
 * Definition, per key. `write` (or `add`, `insert`) puts in a distinct value; `read` returns all values put in so far. If write
 * a returned before write b was invoked, a read that has b has a. A value that nobody put in is an *unexpected-element*, an
 * answer that is no collection a *reply-mismatch*.
 *
 * Proves: that no order of transactions keeps real time, so strict serializability is broken, even where plain serializability
 * holds (the anomaly of Jepsen's `comments` and `causal-reverse`, first seen in CockroachDB). Cannot see: staleness as such; a
 * read may miss the latest writes altogether. Throws UsageError where a value was put in twice.
 */

import type {Checker} from '../../core/checker.ts'
import {UsageError} from '../../core/error.ts'
import type {Key, Operation} from '../../core/op.ts'
import {counted} from '../../core/quantities.ts'
import type {Sequence} from '../../core/sequence.ts'
import {elementsOf, showList, showValue, type ValueKey, valueKey} from '../../core/value.ts'
import type {Anomaly} from '../../core/verdict.ts'
import {endIndex, ofKey, verdictOf, witnessOf} from '../findings/finding.ts'
import {wrongAnswer} from '../findings/wrong-shape.ts'

const WRITES = new Set(['write', 'add', 'insert'])

export function causalReverse(): Checker {
  return {
    name: 'causal-reverse',
    description: 'no read sees a write without those that were over before it began',
    check(history) {
      const anomalies: Anomaly[] = []
      let reads = 0
      let writes = 0
      for (const [key, operations] of history.byKey()) {
        const acknowledged = [...operations.filter(({f, outcome}) => WRITES.has(f) && outcome === 'ok')]
        acknowledged.sort((left, right) => endIndex(left) - endIndex(right))
        writes += acknowledged.length
        const writer = writersOf(operations)
        for (const read of operations) {
          if (read.f !== 'read' || read.outcome !== 'ok') continue
          reads++
          const items = elementsOf(read.output)
          if (items === undefined) anomalies.push(wrongAnswer(read, 'a collection'))
          else for (const found of judged(key, read, items, acknowledged, writer)) anomalies.push(found)
        }
      }
      return verdictOf({
        checker: 'causal-reverse',
        property: 'writes are seen in the order of time',
        kind: 'safety',
        summary: `${counted(writes, 'write')}, ${counted(reads, 'read')}`,
        anomalies,
        reason: reads === 0 ? 'No read succeeded.' : writes === 0 ? 'Nothing was written.' : undefined,
      })
    },
  }
}

/** The write of each value, failed ones too. */
function writersOf(operations: Sequence<Operation>): Map<ValueKey, Operation> {
  const writers = new Map<ValueKey, Operation>()
  for (const operation of operations) {
    if (!WRITES.has(operation.f)) continue
    const id = valueKey(operation.input)
    const other = writers.get(id)
    if (operation.outcome === 'fail' && other !== undefined) continue
    if (other !== undefined && other.outcome !== 'fail') {
      throw new UsageError(
        `ops #${other.invoke.index} and #${operation.invoke.index} both put in ${showValue(operation.input)}${ofKey(operation.key)}`,
        ['Every value must be put in at most once, so that a read says which writes it saw.'],
      )
    }
    writers.set(id, operation)
  }
  return writers
}

/** Missing writes that are looked for; one convicts. */
const MISSING = 8

/** Everything that returned before the latest write in the read was invoked must be in it as well. */
function judged(
  key: Key | undefined,
  read: Operation,
  items: readonly unknown[],
  acknowledged: Sequence<Operation>,
  writer: ReadonlyMap<ValueKey, Operation>,
): Anomaly[] {
  const common = key === undefined ? {} : {key}
  const seen = new Set<ValueKey>()
  const found: Anomaly[] = []
  let latest: Operation | undefined
  for (const value of items) {
    const id = valueKey(value)
    if (seen.has(id)) continue
    seen.add(id)
    const write = writer.get(id)
    if (write === undefined || write.outcome === 'fail') {
      const why = write === undefined ? 'which nobody had put in' : 'whose write had failed'
      const sentence = `Process ${read.process} read ${showValue(value)}${ofKey(key)}, ${why}.`
      found.push({type: 'unexpected-element', sentence, ...common, witness: witnessOf(write, read)})
    } else if (latest === undefined || write.invoke.index > latest.invoke.index) latest = write
  }
  if (latest === undefined) return found
  const missing: Operation[] = []
  for (const write of acknowledged) {
    if (endIndex(write) >= latest.invoke.index || missing.length === MISSING) break
    if (!seen.has(valueKey(write.input))) missing.push(write)
  }
  const [first] = missing
  if (first === undefined) return found
  const others =
    missing.length > 1
      ? ` (nor ${showList(
          missing.slice(1).map(({input}) => input),
          5,
        )})`
      : ''
  found.push({
    type: 'causal-reverse',
    sentence: `Process ${read.process} read ${showValue(latest.input)}${ofKey(key)} but not ${showValue(first.input)}${others}, which was acknowledged before ${showValue(latest.input)} was written.`,
    ...common,
    witness: witnessOf(...missing, latest, read),
  })
  return found
}
