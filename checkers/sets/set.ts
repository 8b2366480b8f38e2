/**
 * Sets, judged by what is there in the end.
 *
 *     0  |add 1|  |add 2|
 *     1                    |read! [2 3]|     1 is lost, and 3 is made up
 *
 * Definition, per key, over the last final read (the last read, where none is marked as final): *lost-element*: its add was
 * acknowledged before the read began, and it is not there; *unexpected-element*: it is there, and nobody had tried to add it, or
 * only adds that failed; *duplicate-element*: it is there twice; *reply-mismatch*: the answer is no set at all. An element whose
 * add had an unknown outcome may be there (then it was *recovered*) or not; one that somebody tried to remove may be gone.
 *
 * Proves: what was acknowledged is kept, as far as this read shows it. Cannot see: elements that were lost in between and came
 * back, other nodes that lack them, and anything about removes; `set-full.ts` judges each element over all reads. It is Jepsen's
 * `set`, but for duplicates (there they vanish when the read is made a set) and adds that were under way during the read.
 */

import type {Checker} from '../../core/checker.ts'
import type {Key, Operation} from '../../core/op.ts'
import {counted} from '../../core/quantities.ts'
import type {Sequence} from '../../core/sequence.ts'
import {elementsOf, showValue, type ValueKey, valueKey} from '../../core/value.ts'
import type {Anomaly} from '../../core/verdict.ts'
import {endIndex, ofKey, verdictOf, witnessOf} from '../findings/finding.ts'
import {wrongAnswer} from '../findings/wrong-shape.ts'

export function set(): Checker {
  return {
    name: 'set',
    description: 'the last read of a set has every acknowledged element, and nothing that nobody added',
    check(history) {
      const anomalies: Anomaly[] = []
      const sums = {acknowledged: 0, present: 0, recovered: 0}
      const unread: string[] = []
      for (const [key, operations] of history.byKey()) {
        const read = lastRead(operations)
        const items = read === undefined ? undefined : elementsOf(read.output)
        if (read === undefined) unread.push(`Nobody read the set${ofKey(key)}.`)
        else if (items === undefined) anomalies.push(wrongAnswer(read, 'a set'))
        else judge(key, operations, read, items, sums, anomalies)
      }
      return verdictOf({
        checker: 'set',
        property: 'acknowledged elements are kept',
        kind: 'safety',
        summary: `${counted(sums.acknowledged, 'acknowledged element')}, ${counted(sums.present, 'element')} in the end`,
        anomalies,
        reason: unread[0] ?? (sums.acknowledged === 0 ? 'No add was acknowledged before the last read.' : undefined),
        measures: sums,
      })
    },
  }
}

function lastRead(operations: Sequence<Operation>): Operation | undefined {
  const reads = operations.filter(({f, outcome}) => f === 'read' && outcome === 'ok')
  return [...reads].findLast(({final}) => final) ?? reads.at(-1)
}

/** What is known of one element. */
interface Entry {
  /** An add that was acknowledged before the read began. */
  sure: Operation | undefined
  /** An add that may have happened. */
  possible: Operation | undefined
  failed: Operation | undefined
  removed: boolean
}

function judge(
  key: Key | undefined,
  operations: Sequence<Operation>,
  read: Operation,
  items: readonly unknown[],
  sums: {acknowledged: number; present: number; recovered: number},
  anomalies: Anomaly[],
): void {
  const entries = entriesOf(operations, read)
  const reported = (type: string, sentence: string, ...witness: (Operation | undefined)[]) =>
    anomalies.push({type, sentence, ...(key === undefined ? {} : {key}), witness: witnessOf(...witness)})
  const times = new Map<ValueKey, number>()
  for (const item of items) times.set(valueKey(item), (times.get(valueKey(item)) ?? 0) + 1)
  sums.present += times.size
  const shown = new Set<ValueKey>()
  for (const item of items) {
    const id = valueKey(item)
    if (shown.has(id)) continue
    shown.add(id)
    const entry = entries.get(id)
    const here = `The last read${ofKey(key)}, by process ${read.process}, has ${showValue(item)}`
    if (entry?.possible === undefined) {
      const why = entry?.failed === undefined ? 'which nobody had added' : 'whose add had failed'
      reported('unexpected-element', `${here}, ${why}.`, entry?.failed, read)
    } else if (entry.sure === undefined) sums.recovered++
    const often = times.get(id) as number
    if (often > 1) reported('duplicate-element', `${here} ${often} times.`, entry?.possible, read)
  }
  for (const [id, {sure, removed}] of entries) {
    if (sure === undefined) continue
    sums.acknowledged++
    if (removed || times.has(id)) continue
    const sentence = `${showValue(sure.input)} was acknowledged${ofKey(key).replace(' of', ' as added to')}, but the last read, by process ${read.process}, misses it.`
    reported('lost-element', sentence, sure, read)
  }
}

function entriesOf(operations: Sequence<Operation>, read: Operation): Map<ValueKey, Entry> {
  const entries = new Map<ValueKey, Entry>()
  for (const operation of operations) {
    const {f, input, outcome, invoke} = operation
    if ((f !== 'add' && f !== 'remove') || invoke.index > endIndex(read)) continue
    let entry = entries.get(valueKey(input))
    if (entry === undefined) {
      entry = {sure: undefined, possible: undefined, failed: undefined, removed: false}
      entries.set(valueKey(input), entry)
    }
    if (outcome === 'fail') {
      if (f === 'add') entry.failed ??= operation
    } else if (f === 'remove') entry.removed = true
    else {
      entry.possible ??= operation
      if (endIndex(operation) < read.invoke.index) entry.sure ??= operation
    }
  }
  return entries
}
