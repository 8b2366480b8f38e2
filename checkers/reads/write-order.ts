/**
 * Series of keys that are written one after the other and read from the last to the first.
 *
 *     0  |write x3|                  writes the keys x3_0, x3_1, x3_2, in this order
 *     1      |read [x3 [b nil a]]|   found x3_2, then not x3_1: a later write without an earlier one
 *
 * Definition. `write` names a series and writes its keys in order, each by itself; `read` asks for the keys of a series in the
 * opposite order, each by itself, and returns what it found: `[series, values]`, or the values alone, with null where there
 * was nothing. Once a read has found a key, every key that it asked for afterwards must be there, since all of those were
 * written before: a null behind a value is a *non-monotonic-write*; an answer that holds no list is a *reply-mismatch*.
 *
 * Proves: some client saw one process's writes out of order, so neither monotonic writes nor anything above (PRAM, causal,
 * sequential) holds. Cannot see: staleness (a read that finds nothing, or only the first keys, is fine), nor whether the values
 * are those that were written. This is Jepsen's `sequential`; the record does not say how many keys a series has, so a read of
 * too few is not seen either.
 */

import type {Checker} from '../../core/checker.ts'
import type {Operation} from '../../core/op.ts'
import {counted} from '../../core/quantities.ts'
import {showList, showValue} from '../../core/value.ts'
import type {Anomaly} from '../../core/verdict.ts'
import {ofKey, verdictOf, witnessOf} from '../findings/finding.ts'
import {wrongAnswer} from '../findings/wrong-shape.ts'

export function writeOrder(): Checker {
  return {
    name: 'write-order',
    description: 'keys written one after the other and read last to first: none is found without those before it',
    check(history) {
      const anomalies: Anomaly[] = []
      const writers = new Map<string, Operation>()
      const sums = {whole: 0, partial: 0, empty: 0}
      for (const operation of history.operations) {
        const {f, outcome, key} = operation
        if (f === 'write') writers.set(seriesOf(key, operation.input), operation)
        if (f !== 'read' || outcome !== 'ok') continue
        const values = valuesOf(operation)
        if (values === undefined) {
          anomalies.push(wrongAnswer(operation, 'a list of values, or [series, values]'))
          continue
        }
        const found = values.filter((value) => value !== null).length
        sums[found === 0 ? 'empty' : found === values.length ? 'whole' : 'partial']++
        const first = values.findIndex((value) => value !== null)
        const gap = first < 0 ? -1 : values.indexOf(null, first)
        if (gap < 0) continue
        anomalies.push({
          type: 'non-monotonic-write',
          sentence: `Process ${operation.process} found ${showValue(values[first])}${ofKey(key)} and then nothing in its place ${gap + 1}, which had been written before: ${showList(values)}.`,
          ...(key === undefined ? {} : {key}),
          witness: witnessOf(writers.get(seriesOf(key, nameOf(operation))), operation),
        })
      }
      const reads = sums.whole + sums.partial + sums.empty
      return verdictOf({
        checker: 'write-order',
        property: 'writes are seen in their order',
        kind: 'safety',
        summary: `${counted(writers.size, 'series')}, ${counted(reads, 'read')}`,
        anomalies,
        reason: reads === 0 ? 'No read succeeded.' : sums.empty === reads ? 'No read found anything.' : undefined,
        measures: sums,
      })
    },
  }
}

function seriesOf(key: Operation['key'], name: unknown): string {
  return `${key} ${showValue(name)}`
}

/** What a read found, last key first. */
function valuesOf({output}: Operation): readonly unknown[] | undefined {
  if (!Array.isArray(output)) return undefined
  const inner: unknown = output[1]
  if (output.length === 2 && Array.isArray(inner)) return inner
  return output.some(Array.isArray) ? undefined : output
}

/** The series that a read is about, where its answer names it. */
function nameOf({input, output}: Operation): unknown {
  return Array.isArray(output) && Array.isArray(output[1]) ? output[0] : input
}
