/**
 * What replicated logs promise: Raft's figure 3 (log matching, leader completeness, state machine safety), agreement and
 * validity of Paxos ("Paxos Made Simple", section 2.1), and the order of Zab's primaries (Junqueira, Reed & Serafini 2011). Logs are compared by digests of what was applied, so a log
 * that differs is seen as far as it was committed.
 */
import type {NodeEvent} from '../../core/cluster.ts'
import type {NodeId} from '../../core/node.ts'
import {type Invariant, numberIn, when} from './breach.ts'

/** The position in the log up to which an event has applied everything, where it says with what result. */
function appliedIn(event: NodeEvent): number | undefined {
  return event.event['digest'] === undefined ? undefined : (numberIn(event, 'index') ?? numberIn(event, 'slot'))
}

export const stateMachineSafety: Invariant = {
  name: 'state-machine-safety',
  description: 'no two servers apply different commands at one index (Raft, figure 3; agreement, Paxos)',
  follow() {
    const applied = new Map<number, NodeEvent>()
    return (event) => {
      const index = appliedIn(event)
      if (index === undefined) return undefined
      const other = applied.get(index)
      if (other === undefined) applied.set(index, event)
      if (other === undefined || other.event['digest'] === event.event['digest']) return undefined
      return {
        invariant: this.name,
        sentence: `${other.node} (at ${when(other)}) and ${event.node} (at ${when(event)}) have applied different commands up to index ${index}.`,
        events: [other, event],
      }
    }
  },
}

export const logMatching: Invariant = {
  name: 'log-matching',
  description: 'logs that have an entry of the same index and term are equal up to it (Raft, figure 3)',
  follow() {
    const entries = new Map<string, NodeEvent>()
    return (event) => {
      const [index, term] = [numberIn(event, 'index'), numberIn(event, 'term')]
      if (index === undefined || term === undefined || appliedIn(event) === undefined) return undefined
      const key = `${index} ${term}`
      const other = entries.get(key)
      if (other === undefined) entries.set(key, event)
      if (other === undefined || other.event['digest'] === event.event['digest']) return undefined
      return {
        invariant: this.name,
        sentence: `${other.node} (at ${when(other)}) and ${event.node} (at ${when(event)}) have an entry ${index} of term ${term}, and different logs before it.`,
        events: [other, event],
      }
    }
  },
}

export const leaderCompleteness: Invariant = {
  name: 'leader-completeness',
  description: 'what is committed in a term is in the logs of the leaders of all later terms (Raft, figure 3)',
  follow() {
    /** Of each term, the commit that reaches furthest among those known in it. */
    const commits = new Map<number, NodeEvent>()
    const leaders = new Map<number, NodeEvent>()
    const breach = (commit: NodeEvent, leader: NodeEvent) => {
      const [index, last] = [numberIn(commit, 'index')!, numberIn(leader, 'lastIndex')!]
      if (numberIn(commit, 'by')! >= numberIn(leader, 'term')! || index <= last) return undefined
      return {
        invariant: this.name,
        sentence: `${commit.node} knew in term ${commit.event['by']} that entry ${index} is committed (at ${when(commit)}), but the log of ${leader.node}, leader of term ${leader.event['term']} (at ${when(leader)}), ends at ${last}.`,
        events: commit.timeNs <= leader.timeNs ? [commit, leader] : [leader, commit],
      }
    }
    return (event) => {
      const [term, last] = [numberIn(event, 'term'), numberIn(event, 'lastIndex')]
      if (event.event.type === 'leader' && term !== undefined && last !== undefined) {
        leaders.set(term, event)
        return first([...commits.values()].map((commit) => breach(commit, event)))
      }
      const [index, by] = [numberIn(event, 'index'), numberIn(event, 'by')]
      if (index === undefined || by === undefined) return undefined
      const furthest = commits.get(by)
      if (furthest !== undefined && numberIn(furthest, 'index')! >= index) return undefined
      commits.set(by, event)
      return first([...leaders.values()].map((leader) => breach(event, leader)))
    }
  },
}

export const primaryOrder: Invariant = {
  name: 'primary-order',
  description: 'transactions of an earlier epoch are delivered before those of later ones (Zab, global primary order)',
  follow() {
    /** Of each node, what it has delivered that reaches furthest. */
    const furthest = new Map<NodeId, NodeEvent>()
    return (event) => {
      const [index, term] = [numberIn(event, 'index'), numberIn(event, 'term')]
      if (index === undefined || term === undefined || appliedIn(event) === undefined) return undefined
      const before = furthest.get(event.node)
      // After a crash it starts over, from its snapshot.
      if (before !== undefined && index <= numberIn(before, 'index')!) return undefined
      furthest.set(event.node, event)
      if (before === undefined || numberIn(before, 'term')! <= term) return undefined
      return {
        invariant: this.name,
        sentence: `${event.node} delivered ${numberIn(before, 'index')} of epoch ${numberIn(before, 'term')} (at ${when(before)}), and after it ${index} of epoch ${term} (at ${when(event)}).`,
        events: [before, event],
      }
    }
  },
}

export const validity: Invariant = {
  name: 'validity',
  description: 'only what was proposed for a slot is chosen for it (Paxos)',
  acrossNodes: true,
  follow() {
    const proposed = new Map<number, Set<unknown>>()
    return (event) => {
      const slot = numberIn(event, 'slot')
      const {type, value} = event.event
      if (slot === undefined || value === undefined) return undefined
      const values = proposed.get(slot)
      if (type === 'proposed') {
        if (values === undefined) proposed.set(slot, new Set([value]))
        else values.add(value)
      }
      if (type !== 'chosen' || values?.has(value)) return undefined
      return {
        invariant: this.name,
        sentence: `${event.node} has applied ${value} in slot ${slot} (at ${when(event)}), which nobody had proposed for it.`,
        events: [event],
      }
    }
  },
}

function first<T>(items: readonly (T | undefined)[]): T | undefined {
  return items.find((item) => item !== undefined)
}
