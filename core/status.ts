/**
 * What nodes say of themselves, and what follows from it: who leads, and whether the cluster has come to rest. Pure
 * functions, so that real clusters and simulated ones mean the same by "leader" and "ready".
 *
 * A status is a message with these fields, each absent where the node knows no such thing:
 *   role         'leader', 'follower', 'candidate' or another word of the protocol
 *   term         the epoch of its role, a number
 *   leader       the id of the node it takes for the leader, or null for none
 *   ready        false while it cannot serve
 *   lastApplied  how far its state machine is
 *   digest       a hash of its state, where replicas must become equal
 */
import type {Observation} from './cluster.ts'
import type {Message, NodeId} from './node.ts'

/** The answers of several nodes; undefined where one did not answer. */
export type Statuses = ReadonlyMap<NodeId, Message | undefined>

export async function statusesOf(observe: Observation, nodes: readonly NodeId[]): Promise<Statuses> {
  const answers = await Promise.all(nodes.map((node) => observe.status(node)))
  return new Map(nodes.map((node, i) => [node, answers[i]]))
}

/**
 * The node that says of itself that it leads. A deposed leader may still think so: the highest term counts, and of equal
 * terms the first in the order of `statuses`.
 */
export function leaderOf(statuses: Statuses): NodeId | undefined {
  let leader: NodeId | undefined
  let highest = Number.NEGATIVE_INFINITY
  for (const [node, status] of statuses) {
    if (status?.['role'] !== 'leader') continue
    const term = Number(status['term'] ?? 0)
    if (leader !== undefined && term <= highest) continue
    leader = node
    highest = term
  }
  return leader
}

/** Whether it is one of those clusters that have a leader, now or soon. */
export function isLed(statuses: Statuses): boolean {
  return [...statuses.values()].some((status) => ['leader', 'follower', 'candidate'].includes(String(status?.['role'])))
}

/**
 * What still keeps a cluster from being at rest, in words; undefined when it is: every node answers and can serve, those
 * that know a leader agree on one that leads, those that replicate have caught up.
 */
export function unsettled(statuses: Statuses): string | undefined {
  return (
    unready(statuses) ??
    differing(statuses, 'lastApplied', 'nodes have applied different entries') ??
    differing(statuses, 'digest', 'replicas differ')
  )
}

/** What still keeps a cluster from serving, in words: as `unsettled`, but replicas may still differ. */
export function unready(statuses: Statuses): string | undefined {
  const silent = [...statuses].filter(([, status]) => status === undefined).map(([node]) => node)
  if (silent.length > 0) return `${silent.join(', ')} did not answer`
  const waiting = [...statuses].filter(([, status]) => status?.['ready'] === false).map(([node]) => node)
  if (waiting.length > 0) return `${waiting.join(', ')} cannot serve yet`
  const known = [...statuses.values()] as readonly Message[]
  if (isLed(statuses) && !known.some((status) => status['role'] === 'leader')) return 'no node leads'
  if (!known.some((status) => 'leader' in status)) return undefined
  const leaders = new Set(known.map((status) => status['leader'] ?? null))
  if (leaders.has(null)) return 'no leader is known everywhere'
  return leaders.size > 1 ? `nodes name different leaders (${[...leaders].join(', ')})` : undefined
}

function differing(statuses: Statuses, field: string, words: string): string | undefined {
  const values = new Set([...statuses.values()].map((status) => JSON.stringify(status?.[field] ?? null)))
  return values.size > 1 ? `${words} (${[...values].join(', ')})` : undefined
}
