/**
 * Leader uniqueness: at most one leader per term.
 *
 *     n1  leads term 4
 *     n3        leads term 4     two leaders of one term
 *
 * Definition, over the structured events of nodes (`{type: 'leader', term}`), in the order of time: no two nodes announce that
 * they lead the same term (*two-leaders*), and no node announces a term lower than one it led before (*term-went-back*).
 * Terms go by `term`, `epoch`, `view` or `ballot`; only numbers are compared.
 *
 * Proves: election safety (Ongaro & Ousterhout 2014, figure 3) was broken. Cannot see: what nodes did not announce; two leaders
 * of different terms at one moment are no violation, only the newer one can commit.
 */

import type {Checker} from '../../core/checker.ts'
import type {NodeEvent} from '../../core/cluster.ts'
import {counted} from '../../core/quantities.ts'
import {showValue, type ValueKey, valueKey} from '../../core/value.ts'
import type {Anomaly} from '../../core/verdict.ts'
import {verdictOf} from '../findings/finding.ts'

export interface LeaderOptions {
  /** What the nodes announced, in the order of time. */
  readonly events: readonly NodeEvent[]
}

export function leaderUniqueness(options: LeaderOptions = {events: []}): Checker {
  return {
    name: 'leader-uniqueness',
    description: 'no two nodes lead the same term',
    check() {
      const announcements = options.events.filter(({event}) => event.type === 'leader' && termOf(event) !== undefined)
      const leaders = new Map<ValueKey, NodeEvent>()
      const highest = new Map<string, number | bigint>()
      const anomalies: Anomaly[] = []
      for (const announcement of announcements) {
        const {node, event} = announcement
        const term = termOf(event)
        const other = leaders.get(valueKey(term))
        if (other === undefined) leaders.set(valueKey(term), announcement)
        else if (other.node !== node) anomalies.push(twoLeaders(term, other, announcement))
        if (typeof term !== 'number' && typeof term !== 'bigint') continue
        const before = highest.get(node) ?? term
        if (term < before) anomalies.push(wentBack(announcement, term, before))
        else highest.set(node, term)
      }
      return verdictOf({
        checker: 'leader-uniqueness',
        property: 'one leader per term',
        kind: 'safety',
        summary: `${counted(leaders.size, 'term')} led`,
        anomalies,
        reason: leaders.size === 0 ? 'No node announced that it leads.' : undefined,
        measures: {terms: leaders.size},
      })
    },
  }
}

function termOf(event: NodeEvent['event']): unknown {
  return event['term'] ?? event['epoch'] ?? event['view'] ?? event['ballot']
}

function twoLeaders(term: unknown, first: NodeEvent, second: NodeEvent): Anomaly {
  return {
    type: 'two-leaders',
    sentence: `Nodes ${first.node} and ${second.node} both led term ${showValue(term)}.`,
    witness: [],
    why: [first, second].map(({node, timeNs}) => `${node} announced it at ${(timeNs / 1e9).toFixed(3)} s`),
    detail: [first, second],
  }
}

function wentBack({node, timeNs}: NodeEvent, term: number | bigint, before: number | bigint): Anomaly {
  return {
    type: 'term-went-back',
    sentence: `Node ${node} announced at ${(timeNs / 1e9).toFixed(3)} s that it leads term ${term}, after it had led term ${before}.`,
    witness: [],
  }
}
