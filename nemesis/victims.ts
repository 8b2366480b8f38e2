/**
 * Whom a fault strikes. Random victims are drawn when the plan is made; the leader is only known when the fault strikes,
 * so a plan that says `leader` also says who stands in while there is none.
 */
import type {Cluster} from '../core/cluster.ts'
import type {FaultSpec} from '../core/nemesis.ts'
import type {NodeId} from '../core/node.ts'
import type {Random} from '../core/random.ts'

export const VICTIMS = ['one', 'minority', 'majority', 'all', 'leader'] as const
export type Victims = (typeof VICTIMS)[number]

/** How many nodes make a majority of `n`. */
export function majority(n: number): number {
  return Math.floor(n / 2) + 1
}

/** The part of a spec that names the victims: who, and every node in a drawn order from which they are taken. */
export function planVictims(
  victims: Victims,
  nodes: readonly NodeId[],
  random: Random,
): {victims: Victims; order: NodeId[]} {
  return {victims, order: random.shuffle(nodes)}
}

/** The spec's drawn order; with victims `leader`, the present leader is put first. */
export async function orderOf(
  spec: FaultSpec,
  cluster: Cluster,
): Promise<{order: NodeId[]; leader: NodeId | undefined}> {
  const order = spec['order'] as readonly NodeId[]
  if (spec['victims'] !== 'leader') return {order: [...order], leader: undefined}
  const leader = await cluster.leader?.()
  if (leader === undefined) return {order: [...order], leader: undefined}
  return {order: [leader, ...order.filter((node) => node !== leader)], leader}
}

/** How many of `n` nodes a word stands for. */
export function victimCount(victims: Victims, n: number): number {
  if (victims === 'all') return n
  if (victims === 'majority') return majority(n)
  if (victims === 'minority') return Math.max(1, n - majority(n))
  return 1
}

/** The nodes to strike, now. */
export async function resolveVictims(spec: FaultSpec, cluster: Cluster): Promise<{victims: NodeId[]; label: string}> {
  const {order, leader} = await orderOf(spec, cluster)
  const victims = order.slice(0, victimCount(spec['victims'] as Victims, order.length))
  return {victims, label: leader === undefined ? victims.join(' ') : `${leader} (leader)`}
}
