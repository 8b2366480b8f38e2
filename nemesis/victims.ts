/**
 * Whom a fault strikes. Random victims are drawn when the plan is made; the leader is only known when the fault strikes,
 * so a plan that says `leader` also says who stands in while there is none.
 */
import {z} from 'zod'
import type {Capability} from '../core/capabilities.ts'
import type {Cluster, ProcessState} from '../core/cluster.ts'
import type {StrikeContext} from '../core/nemesis.ts'
import type {NodeId} from '../core/node.ts'
import type {Random} from '../core/random.ts'
import {leaderOf, statusesOf} from '../core/status.ts'
import {leftOf} from './patience.ts'
import {nodeOrder} from './spec.ts'

export const VICTIMS = ['one', 'minority', 'majority', 'all', 'leader'] as const
export type Victims = (typeof VICTIMS)[number]

/** What a choice of victims needs of the target beyond what the fault needs. */
export function needsOf(victims: Victims): readonly Capability[] {
  return victims === 'leader' ? ['leader'] : []
}

/** How many nodes make a majority of `n`. */
export function majority(n: number): number {
  return Math.floor(n / 2) + 1
}

/** The fields of a spec that name the victims: who, and every node in a drawn order from which they are taken. */
export const victimFields = {victims: z.enum(VICTIMS), order: nodeOrder}
export type VictimSpec = {readonly victims: Victims; readonly order: readonly NodeId[]}

export function planVictims(
  victims: Victims,
  nodes: readonly NodeId[],
  random: Random,
): {victims: Victims; order: NodeId[]} {
  return {victims, order: random.shuffle(nodes)}
}

/** Who comes first in a spec's order when it strikes, and how that is said. */
export interface Order {
  readonly order: readonly NodeId[]
  /** `(leader n2)`, `(no leader now: n3 in its place)`, or empty. */
  readonly note: string
  readonly leader: NodeId | undefined
}

/** The spec's drawn order; with victims `leader`, the present leader is put first. */
export async function orderOf({victims, order}: VictimSpec, {nodes, observe}: Cluster): Promise<Order> {
  if (victims !== 'leader') return {order, note: '', leader: undefined}
  const leader = observe === undefined ? undefined : leaderOf(await statusesOf(observe, nodes))
  if (leader === undefined) return {order, note: ` (no leader now: ${order[0]} in its place)`, leader}
  return {order: [leader, ...order.filter((node) => node !== leader)], note: ` (leader ${leader})`, leader}
}

/** How many of `n` nodes a word stands for. */
export function victimCount(victims: Victims, n: number): number {
  if (victims === 'all') return n
  if (victims === 'majority') return majority(n)
  if (victims === 'minority') return Math.max(1, n - majority(n))
  return 1
}

/** The nodes to strike, now. */
export async function resolveVictims(spec: VictimSpec, cluster: Cluster): Promise<{victims: NodeId[]; label: string}> {
  const {order, note, leader} = await orderOf(spec, cluster)
  const victims = order.slice(0, victimCount(spec.victims, order.length))
  return {victims, label: leader === undefined ? `${victims.join(' ')}${note}` : `${leader} (leader)`}
}

/** The victims that can be struck, and who stands in for whom. */
export interface FitVictims {
  readonly victims: NodeId[]
  readonly label: string
  /** ` (n3 dead already)`, or empty. */
  readonly note: string
}

/**
 * Those that live: a node that another fault has killed can be neither frozen nor killed again, and has no disk to harm. It is left to
 * that fault.
 */
export function livingVictims(spec: VictimSpec, cluster: Cluster): Promise<FitVictims> {
  return fitVictims(spec, cluster, (state) => state !== 'dead', 'dead already')
}

/**
 * Those that run: what is done to the links or the clock of a node that is dead or frozen shows nowhere. `all` stays all: who comes
 * back meanwhile is to find it in force.
 */
export async function runningVictims(spec: VictimSpec, cluster: Cluster): Promise<FitVictims> {
  if (spec.victims === 'all') return {...(await resolveVictims(spec, cluster)), note: ''}
  return fitVictims(spec, cluster, (state) => state === 'running', 'not running')
}

/** The nodes that run, by the operating system; all of them where processes are not ours to ask. */
export async function runningNodes({nodes, process}: Cluster): Promise<ReadonlySet<NodeId>> {
  if (process === undefined) return new Set(nodes)
  const states = await Promise.all(nodes.map((node) => process.state(node)))
  return new Set(nodes.filter((_, i) => states[i] === 'running'))
}

/**
 * The next fit node of the drawn order takes the place of one that is not; nobody is struck where nobody is fit. Every node of a target
 * whose processes are not ours to ask counts as fit.
 */
async function fitVictims(
  spec: VictimSpec,
  cluster: Cluster,
  suits: (state: ProcessState) => boolean,
  word: string,
): Promise<FitVictims> {
  const {process} = cluster
  const {victims, label} = await resolveVictims(spec, cluster)
  if (process === undefined) return {victims, label, note: ''}
  const order = [...victims, ...spec.order.filter((node) => !victims.includes(node))]
  const states = await Promise.all(order.map((node) => process.state(node)))
  const able = order
    .filter((_, i) => suits(states[i] as ProcessState))
    .slice(0, victimCount(spec.victims, order.length))
  const same = able.length === victims.length && able.every((node) => victims.includes(node))
  if (same || able.length === 0) return {victims: able, label, note: ''}
  const left = victims.filter((node) => !able.includes(node))
  return {victims: able, label: able.join(' '), note: ` (${left.join(' ')} ${word})`}
}

/** How long a fault waits for others to give back the nodes without which it strikes nobody, ms, and how often it looks. */
const WAIT_MS = 3000
export const LOOK_MS = 50

/** The nodes that run, as soon as there are so many, or after a while or at the end of all faults those that there are. */
export async function someRunning(context: StrikeContext, wanted: number): Promise<ReadonlySet<NodeId>> {
  const {cluster, clock} = context
  const left = leftOf(context)
  const patientNs = clock.nowNs() + WAIT_MS * 1e6
  for (;;) {
    const running = await runningNodes(cluster)
    const enough = running.size >= Math.min(wanted, cluster.nodes.length)
    if (enough || clock.nowNs() >= patientNs || left() <= 0) return running
    await new Promise<void>((resolve) => void clock.after(LOOK_MS, resolve))
  }
}
