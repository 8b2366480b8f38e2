/**
 * What Raft promises of elections (Ongaro & Ousterhout, figure 3) and of the state on disk that they rest on (figure 2).
 * Election safety and the order of terms hold for every protocol with numbered leaders: ballots of Paxos, epochs of ZAB.
 */
import type {NodeEvent} from '../../core/cluster.ts'
import type {NodeId} from '../../core/node.ts'
import {type Invariant, numberIn, when} from './breach.ts'

export const electionSafety: Invariant = {
  name: 'election-safety',
  description: 'at most one leader is elected in a term (Raft, figure 3)',
  follow() {
    const leaders = new Map<number, NodeEvent>()
    return (event) => {
      const term = numberIn(event, 'term')
      if (event.event.type !== 'leader' || term === undefined) return undefined
      const other = leaders.get(term)
      if (other === undefined) leaders.set(term, event)
      if (other === undefined || other.node === event.node) return undefined
      return {
        invariant: this.name,
        sentence: `${other.node} (at ${when(other)}) and ${event.node} (at ${when(event)}) both lead term ${term}.`,
        events: [other, event],
      }
    }
  },
}

export const singleVote: Invariant = {
  name: 'single-vote',
  description: 'a server votes for one candidate in a term, whatever it has been through (Raft, figure 2)',
  follow() {
    const votes = new Map<NodeId, Map<number, NodeEvent>>()
    return (event) => {
      const term = numberIn(event, 'term')
      const candidate = candidateOf(event)
      if (term === undefined || candidate === undefined) return undefined
      let own = votes.get(event.node)
      if (own === undefined) votes.set(event.node, (own = new Map()))
      const earlier = own.get(term)
      own.set(term, event)
      if (earlier === undefined || candidateOf(earlier) === candidate) return undefined
      const [first, second] = [candidateOf(earlier), candidate]
      return {
        invariant: this.name,
        sentence: `${event.node} voted in term ${term} for ${first} (at ${when(earlier)}) and for ${second} (at ${when(event)}).`,
        events: [earlier, event],
      }
    }
  },
}

/** For whom an event says that its node has voted. */
function candidateOf({node, event}: NodeEvent): unknown {
  if (event.type === 'vote') return event['granted'] === true ? event['to'] : undefined
  return event.type === 'candidate' && event['preVote'] !== true ? node : undefined
}

/** Events whose `term` is that of the node itself. */
const OWN_TERM = new Set(['leader', 'follower', 'candidate', 'vote'])

export const termsGrow: Invariant = {
  name: 'terms-grow',
  description: 'the term of a server never goes back, not even by a crash (Raft, figure 2)',
  follow() {
    const latest = new Map<NodeId, NodeEvent>()
    return (event) => {
      const term = numberIn(event, 'term')
      if (term === undefined || !OWN_TERM.has(event.event.type) || event.event['granted'] === false) return undefined
      const before = latest.get(event.node)
      latest.set(event.node, event)
      const known = before === undefined ? undefined : numberIn(before, 'term')
      if (before === undefined || known === undefined || known <= term) return undefined
      return {
        invariant: this.name,
        sentence: `${event.node} was in term ${known} (at ${when(before)}) and is in term ${term} (at ${when(event)}).`,
        events: [before, event],
      }
    }
  },
}
