/** What broken invariants come to as a verdict: an anomaly for each, with the events that show it in the order they came. */

import type {NodeEvent} from '../../core/cluster.ts'
import {counted} from '../../core/quantities.ts'
import type {Anomaly, Verdict} from '../../core/verdict.ts'
import type {Breach} from './breach.ts'
import {breachesIn} from './index.ts'

/** Whether what nodes tell of themselves keeps these invariants. Events are those of all nodes, by time. */
export function judgeNodeEvents(events: readonly NodeEvent[], invariants: readonly string[]): Verdict {
  const breaches = breachesIn(events, invariants)
  return {
    checker: 'invariants',
    property: 'invariants of the protocol',
    kind: 'safety',
    validity: breaches.length > 0 ? 'invalid' : 'valid',
    summary: `${counted(invariants.length, 'invariant')}, ${counted(events.length, 'node event')}`,
    anomalies: breaches.map(anomalyOf),
  }
}

/** No op is its witness: no client need have noticed. */
function anomalyOf({invariant, sentence, events}: Breach): Anomaly {
  return {type: invariant, sentence, witness: [], why: events.map(inWords), detail: {events}}
}

/** `1.204 s  n2  leader, term 3, lastIndex 17` */
function inWords({timeNs, node, event}: NodeEvent): string {
  const fields = Object.entries(event).filter(([name]) => name !== 'type')
  const told = fields.map(([name, value]) => `${name} ${typeof value === 'string' ? value : JSON.stringify(value)}`)
  return `${(timeNs / 1e9).toFixed(3)} s  ${node}  ${[event.type, ...told].join(', ')}`
}
