/** Every invariant, and how to find what breaks them. See `breach.ts`. */
import type {NodeEvent} from '../../core/cluster.ts'
import {lookUp} from '../../core/registry.ts'
import type {Breach, Invariant} from './breach.ts'
import {electionSafety, singleVote, termsGrow} from './elections.ts'
import {mutualExclusion} from './locks.ts'
import {leaderCompleteness, logMatching, primaryOrder, stateMachineSafety, validity} from './logs.ts'
import {incarnationsGrow, ownIncarnation, suspectedFirst} from './members.ts'

export type {Breach, Invariant} from './breach.ts'

const ALL: readonly Invariant[] = [
  electionSafety,
  singleVote,
  termsGrow,
  logMatching,
  leaderCompleteness,
  stateMachineSafety,
  primaryOrder,
  validity,
  mutualExclusion,
  incarnationsGrow,
  ownIncarnation,
  suspectedFirst,
]

/** By name. A target names those that it promises (`Target.invariants`). */
export const INVARIANTS: Readonly<Record<string, Invariant>> = Object.fromEntries(ALL.map((each) => [each.name, each]))

/** Those of these that can be judged where events of different nodes have no common order: in real processes. */
export function withoutCommonOrder(names: readonly string[]): string[] {
  return names.filter((name) => lookUp('invariant', INVARIANTS, name).acrossNodes !== true)
}

/**
 * The first breach of each of these invariants, in the order in which they happened. `events` are those of all nodes, by
 * time. Throws UsageError for a name that there is not.
 */
export function breachesIn(events: Iterable<NodeEvent>, names: readonly string[]): Breach[] {
  let followed = names.map((name) => lookUp('invariant', INVARIANTS, name).follow())
  const breaches: Breach[] = []
  for (const event of events) {
    followed = followed.filter((follow) => {
      const breach = follow(event)
      if (breach !== undefined) breaches.push(breach)
      return breach === undefined
    })
  }
  return breaches
}
