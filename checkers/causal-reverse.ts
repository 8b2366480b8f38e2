/**
 * Causal reverse: a later write is seen without an earlier one.
 *
 *     0  |write 1|
 *     1             |write 2|
 *     2                 |read [2]|       2 began after 1 had returned, and yet 1 is missing
 *
 * Definition, per key. `write` (or `add`, `insert`) puts in a distinct value; `read` returns all values put in so far. If write
 * a returned before write b was invoked, a read that has b has a.
 *
 * Proves: that no order of transactions keeps real time, so strict serializability is broken, even where plain serializability
 * holds (CockroachDB's "comments" anomaly). Cannot see: staleness as such; a read may miss the latest writes altogether.
 */
import type {Checker} from '../core/checker.ts'
import type {Key, Operation} from '../core/op.ts'
import type {Sequence} from '../core/sequence.ts'
import {elementsOf, showList, showValue, type ValueKey, valueKey} from '../core/value.ts'
import type {Anomaly} from '../core/verdict.ts'
import {counted, endIndex, ofKey, verdictOf, witnessOf} from './finding.ts'

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
        const writer = new Map<ValueKey, Operation>()
        for (const operation of operations) {
          if (WRITES.has(operation.f) && operation.outcome !== 'fail') writer.set(valueKey(operation.input), operation)
        }
        for (const read of operations) {
          if (read.f !== 'read' || read.outcome !== 'ok') continue
          reads++
          const broken = reversed(key, read, acknowledged, writer)
          if (broken !== undefined) anomalies.push(broken)
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

/** Everything that returned before the latest write in the read was invoked must be in it as well. */
function reversed(
  key: Key | undefined,
  read: Operation,
  acknowledged: Sequence<Operation>,
  writer: ReadonlyMap<ValueKey, Operation>,
): Anomaly | undefined {
  const seen = new Set<ValueKey>()
  let latest: Operation | undefined
  for (const value of elementsOf(read.output) ?? []) {
    seen.add(valueKey(value))
    const write = writer.get(valueKey(value))
    if (write !== undefined && (latest === undefined || write.invoke.index > latest.invoke.index)) latest = write
  }
  if (latest === undefined) return undefined
  const missing: Operation[] = []
  for (const write of acknowledged) {
    if (endIndex(write) >= latest.invoke.index) break
    if (!seen.has(valueKey(write.input))) missing.push(write)
  }
  const [first] = missing
  if (first === undefined) return undefined
  const others =
    missing.length > 1
      ? ` (nor ${showList(
          missing.slice(1).map(({input}) => input),
          5,
        )})`
      : ''
  return {
    type: 'causal-reverse',
    sentence: `Process ${read.process} read ${showValue(latest.input)}${ofKey(key)} but not ${showValue(first.input)}${others}, which was acknowledged before ${showValue(latest.input)} was written.`,
    ...(key === undefined ? {} : {key}),
    witness: witnessOf(...missing.slice(0, 8), latest, read),
  }
}
