/**
 * Invariants over what nodes tell of themselves (`env.event`), besides what clients can see: a protocol that has broken one
 * of its own promises is caught at the moment it does, long before a client happens to notice, or where none ever does.
 *
 * Events are told apart by their fields, not by the target, so that one invariant holds for every protocol that speaks of
 * leaders and terms, or of positions in a log. The words:
 *
 *   {type: 'leader', term, lastIndex?}    leads this term, with a log that ends there
 *   {type: 'candidate', term, preVote?}   stands for this term; with its own vote unless it only asks around
 *   {type: 'vote', term, to, granted}     has voted for that candidate, durably, or refused to
 *   {type: 'follower', term}              has entered this term
 *   {type: 'commit' | 'chosen' | 'snapshot' | 'snapshot-installed', index | slot, term?, digest, by?}
 *                                         has applied everything up to there; `term` is that of the entry, `by` its own
 *   {type: 'proposed' | 'chosen', slot, value}   fingerprints of what was proposed for a slot, and of what was chosen
 *   {type: 'member', member, state, incarnation}   has come to know of a member that it is alive, suspected or dead
 *   {type: 'acquired' | 'released', lock, holder}   a lock was given to a client, or taken back
 */
import type {NodeEvent} from '../../core/cluster.ts'

/** A promise that was broken, with the events that show it, in order. */
export interface Breach {
  readonly invariant: string
  readonly sentence: string
  readonly events: readonly NodeEvent[]
}

/** Follows events one by one; answers with a breach at the event that completes it. */
export type Follow = (event: NodeEvent) => Breach | undefined

/** A promise: where it is from, and how to follow it from a cluster's boot on. */
export interface Invariant {
  readonly name: string
  readonly description: string
  /**
   * Whether it rests on the order of events of different nodes, which is only known where all of them share a clock: in
   * simulation. Without, it rests on no order at all or on that of each node's own events, which every host keeps.
   */
  readonly acrossNodes?: true
  follow(): Follow
}

/** A field of an event that is a number, if it is there. */
export function numberIn({event}: NodeEvent, field: string): number | undefined {
  const value = event[field]
  return typeof value === 'number' ? value : undefined
}

/** At which time, for sentences. */
export function when({timeNs}: NodeEvent): string {
  return `${(timeNs / 1e9).toFixed(3)} s`
}
