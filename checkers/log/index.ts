/**
 * A Kafka-style log: records are appended to keys (partitions), get ascending offsets, and are polled in that order.
 *
 *     0  |send k=7 → 0|  |send k=8 → 1|
 *     1                                  |poll k=[[1 8]]|     7 was acknowledged at offset 0, and nobody polls it: lost
 *
 * Definition. Each anomaly is a fact about what clients were told:
 *  - *lost-record*: acknowledged at an offset, never polled, though records further on were; *unseen*: acknowledged, and nobody
 *    ever polled that far (counted; the verdict is then unknown). Where the answer of a poll is unknown, it may have had the
 *    record, and moved a group beyond it: then somebody must have polled on from before the record to behind it;
 *  - *duplicate-record*: one value at several offsets; *inconsistent-offsets*: several values at one offset;
 *  - *aborted-read*: a polled value whose send failed; *precommitted-read*: a transaction polled what it sent itself;
 *    *unexpected-record*: nobody (had) sent it;
 *  - *nonmonotonic-send*, *nonmonotonic-poll*: offsets that go back between two operations of a process, or *-within* one;
 *  - *poll-skip*: a process that kept its partitions jumped over a known record, between two polls or *-within* one;
 *  - *G1c*: transactions in a circle, each of which polled what the next had sent;
 *  - *commit-ignored*, *commit-skip*: a consumer that joined a group did not start at what the group had committed;
 *  - *reply-mismatch*: an answer that is no offset, or no records.
 * `commit` says the next offset to read; all consumers are of one group. Real-time lag (how long after its acknowledgement a record was first polled) is measured.
 *
 * Proves: the facts. Cannot see: order between keys. Skips are only judged while a process
 * stays with its assignment. The anomalies are those of Jepsen's Kafka workload (Kingsbury 2022, "Jepsen: Redpanda 21.10.1").
 */

import type {Checker} from '../../core/checker.ts'
import {counted} from '../../core/quantities.ts'
import {type ValueKey, valueKey} from '../../core/value.ts'
import type {Anomaly} from '../../core/verdict.ts'
import {verdictOf} from '../findings/finding.ts'
import {wrongAnswer} from '../findings/wrong-shape.ts'
import {roundMs} from '../liveness/latency.ts'
import {circles} from './circles.ts'
import {contentAnomalies, perhapsTaken, unseen} from './contents.ts'
import {type KeyLayout, layoutOf} from './layout.ts'
import {orderAnomalies} from './order.ts'
import {type Records, recordsOf} from './records.ts'

export interface LogOptions {
  /** Anomalies that the target does not promise to avoid; they are counted and no violation. */
  readonly allowed?: readonly string[]
}

export function log(options: LogOptions = {}): Checker {
  const allowed = new Set(options.allowed ?? [])
  return {
    name: 'log',
    description: 'a replicated log: nothing lost, duplicated, reordered, skipped or made up; commits are used',
    check(history) {
      const records = recordsOf(history)
      const layouts = layoutOf(records)
      const found: Anomaly[] = records.odd.map(({operation, expected}) => wrongAnswer(operation, expected))
      let neverSeen = 0
      let taken = 0
      for (const layout of layouts.values()) {
        for (const anomaly of contentAnomalies(layout, records.unknownPolls)) found.push(anomaly)
        neverSeen += unseen(layout)
        if (records.unknownPolls) taken += perhapsTaken(layout)
      }
      for (const anomaly of orderAnomalies(records, layouts)) found.push(anomaly)
      for (const anomaly of circles(records, layouts)) found.push(anomaly)
      const tolerated = found.filter(({type}) => allowed.has(type))
      const polled = records.polls.reduce((sum, poll) => sum + poll.records.length, 0)
      return verdictOf({
        checker: 'log',
        property: 'the log is kept',
        kind: 'safety',
        summary: `${counted(layouts.size, 'key')}, ${counted(records.sends.length, 'send')}, ${counted(polled, 'polled record')}`,
        anomalies: found.filter(({type}) => !allowed.has(type)),
        reason: reasonOf(records, polled, neverSeen, taken),
        measures: {
          sends: records.sends.length,
          polled,
          unseen: neverSeen,
          tolerated: tolerated.length,
          ...lag(records, layouts),
        },
      })
    },
  }
}

function reasonOf(records: Records, polled: number, neverSeen: number, taken: number): string | undefined {
  if (!records.sends.some(({operation}) => operation.outcome === 'ok')) return 'No send succeeded.'
  if (polled === 0) return 'Nothing was polled.'
  if (taken > 0)
    return `${counted(taken, 'acknowledged record')} ${taken === 1 ? 'was' : 'were'} never polled, as far as is known: a poll whose answer nobody knows may have had ${taken === 1 ? 'it' : 'them'}.`
  return neverSeen === 0
    ? undefined
    : `${counted(neverSeen, 'acknowledged record')} ${neverSeen === 1 ? 'was' : 'were'} never polled, and nothing after ${neverSeen === 1 ? 'it' : 'them'} was.`
}

/** The longest time between the acknowledgement of a record and the return of the first poll that had it. */
function lag(records: Records, layouts: ReadonlyMap<ValueKey, KeyLayout>): Record<string, number> {
  let longestNs = 0
  for (const {key, value, operation} of records.sends) {
    const first = layouts.get(key)?.polled.get(valueKey(value))
    if (first === undefined || operation.outcome !== 'ok') continue
    longestNs = Math.max(longestNs, first.operation.endNs - operation.endNs)
  }
  return {maxLagMs: roundMs(longestNs / 1e6 || 0)}
}
