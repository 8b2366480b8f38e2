/** What a lock service promises: one holder at a time, as the service itself sees it. */
import type {NodeEvent} from '../../core/cluster.ts'
import {type Invariant, when} from './breach.ts'

export const mutualExclusion: Invariant = {
  name: 'mutual-exclusion',
  description: 'a lock has at most one holder',
  acrossNodes: true,
  follow() {
    const held = new Map<unknown, NodeEvent>()
    return (event) => {
      const {type, lock, holder} = event.event
      const current = held.get(lock)
      if (type === 'released' && current?.event['holder'] === holder) held.delete(lock)
      if (type !== 'acquired') return undefined
      if (current === undefined) held.set(lock, event)
      if (current === undefined || current.event['holder'] === holder) return undefined
      return {
        invariant: this.name,
        sentence: `Lock ${lock} was given to ${holder} by ${event.node} (at ${when(event)}), while ${current.event['holder']} had it since ${when(current)}.`,
        events: [current, event],
      }
    }
  },
}
