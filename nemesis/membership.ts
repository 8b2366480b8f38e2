/**
 * Changes of membership: nodes are removed from the cluster, one after the other, and made members again when the fault ends.
 * What members means is the target's: voters of a quorum, brokers of a queue, primaries that own slots.
 *
 * The proof is the list of members as the cluster itself gives it: with the victims before, without them afterwards, and
 * with everybody else as before. It is no fault of processes: a node that is removed may go on running, and usually does.
 */
import {z} from 'zod'
import type {Cluster, MembershipControl} from '../core/cluster.ts'
import type {Injection, Nemesis, Proof} from '../core/nemesis.ts'
import type {NodeId} from '../core/node.ts'
import {alternate} from './schedule.ts'
import {specParser} from './spec.ts'
import {missingForAll, possible} from './variants.ts'
import {needsOf, orderOf, planVictims, type VictimSpec, type Victims, victimCount, victimFields} from './victims.ts'

/** Whom it can strike: a cluster must have members left. */
export const REMOVABLE = ['one', 'minority', 'leader'] as const satisfies readonly Victims[]
export type Removable = (typeof REMOVABLE)[number]

const needs = (victims: Removable) => ['membership', ...needsOf(victims)] as const

const parse = specParser(z.object({fault: z.literal('membership'), ...victimFields, victims: z.enum(REMOVABLE)}))

export function membership(victims: readonly Removable[]): Nemesis {
  return {
    name: 'membership',
    reach: 'none',
    description: 'removes members from the cluster and adds them again',
    missing: (capabilities) => missingForAll(victims, needs, capabilities),
    plan(context) {
      const {capabilities, nodes, random} = context
      const able = possible(victims, needs, capabilities)
      return alternate(context, () => ({fault: 'membership', ...planVictims(random.pick(able), nodes, random)}))
    },
    parse,
    start: (spec, {cluster}) => strike(parse(spec), cluster),
  }
}

async function strike(spec: VictimSpec, cluster: Cluster): Promise<Injection> {
  const control = cluster.membership as MembershipControl
  // Whom an earlier fault could not let in again, because of yet another fault: else fewer and fewer would be left.
  await control.restore().catch(() => {})
  const before = await control.members()
  const {order, note} = await orderOf(spec, cluster)
  const able = order.filter((node) => before.includes(node))
  // Somebody must be left.
  const victims = able.slice(0, Math.min(victimCount(spec.victims, order.length), before.length - 1))
  const removed: NodeId[] = []
  try {
    for (const node of victims) {
      await control.remove(node)
      removed.push(node)
    }
  } catch (error) {
    // Half a change is still to be undone; a change of which nobody knows may have been made.
    if (removed.length === 0) throw error
  }
  return {
    description: victims.length === 0 ? 'nobody: too few members are left' : `remove ${removed.join(' ')}${note}`,
    victims: removed,
    proof: await proveRemoved(control, before, removed),
    async stop() {
      for (const node of removed.toReversed()) await control.add(node)
      return proveAdded(control, removed)
    },
  }
}

async function proveRemoved(
  control: MembershipControl,
  before: readonly NodeId[],
  victims: readonly NodeId[],
): Promise<Proof> {
  const after = await control.members()
  const others = before.filter((node) => !victims.includes(node))
  return {
    verified:
      victims.length > 0 &&
      !victims.some((node) => after.includes(node)) &&
      others.every((node) => after.includes(node)),
    evidence: `members before: ${words(before)}; now: ${words(after)}`,
  }
}

async function proveAdded(control: MembershipControl, victims: readonly NodeId[]): Promise<Proof> {
  const after = await control.members()
  return {verified: victims.every((node) => after.includes(node)), evidence: `members: ${words(after)}`}
}

function words(members: readonly NodeId[]): string {
  return members.length === 0 ? 'none' : members.join(' ')
}
