/**
 * What an operator does where no node of a Galera cluster serves although they see each other: nodes that were all parted, or started
 * again, while no primary component was left do not make one by themselves ("No nodes coming from primary view, primary view is not
 * possible"). The node that has come furthest begins (Galera's documentation, *Resetting the Quorum* and *Restarting the Cluster*): it
 * is told to, or, where it was started again and therefore lets nobody in before it has joined, it is started as the first of a cluster.
 */
import {sleep} from '../../core/clock.ts'
import type {Endpoint} from '../../core/links.ts'
import type {NodeId} from '../../core/node.ts'
import type {ProgramCluster} from '../../hosts/program/cluster.ts'
import {upstream} from '../../hosts/program/services.ts'
import type {Row} from '../sql/session.ts'
import {Connection} from './connection.ts'

/** How long nodes may take to find each other, and a primary component by themselves, ms. */
const FIND_LIMIT_MS = 40_000
/** So long nothing has come of it, ms: where nodes say so themselves, and where none lets anybody in. */
const IN_VAIN_MS = {told: 3000, silent: 12_000} as const
const LOOK_MS = 500
const ASK_LIMIT_MS = 2000

export interface Standing {
  /** Whether it lets clients in. */
  readonly answers: boolean
  readonly primary: boolean
  /** How many nodes its component has; 0 where it does not say. */
  readonly size: number
  /** How far it has come: the number of its last write; -1 where that is not known. */
  readonly seqno: number
}

export interface Remedy {
  readonly node: NodeId
  readonly by: 'order' | 'start'
  readonly afterMs: number
}

/** Who is to begin, and how; undefined while somebody serves, or may still be missing. */
export function remedy(standings: ReadonlyMap<NodeId, Standing>): Remedy | undefined {
  const all = [...standings].map(([node, standing]) => ({node, ...standing}))
  if (all.some(({primary}) => primary)) return undefined
  const answering = all.filter(({answers}) => answers)
  // Who is parted from another knows nothing of what that one has.
  if (answering.some(({size}) => size < all.length)) return undefined
  const best = all.reduce((one, other) =>
    other.seqno > one.seqno || (other.seqno === one.seqno && other.answers && !one.answers) ? other : one,
  )
  const afterMs = answering.length > 0 ? IN_VAIN_MS.told : IN_VAIN_MS.silent
  return {node: best.node, by: best.answers ? 'order' : 'start', afterMs}
}

export interface QuorumOptions {
  /** Where nodes that were started again stood by their own files, as `uuid:seqno`. */
  readonly positions: ReadonlyMap<NodeId, string>
  /** Starts the cluster again, this node first. */
  begin(node: NodeId): Promise<void>
}

export async function resetQuorum(
  {nodes, services, context}: ProgramCluster,
  {positions, begin}: QuorumOptions,
): Promise<void> {
  const {clock, signal} = context
  const untilNs = clock.nowNs() + FIND_LIMIT_MS * 1e6
  let sinceNs: number | undefined
  while (!signal.aborted && clock.nowNs() < untilNs) {
    const found = await Promise.all(nodes.map(async (node) => [node, await standing(node)] as const))
    if (found.some(([, {primary}]) => primary)) return
    const next = remedy(new Map(found))
    if (next === undefined) sinceNs = undefined
    else sinceNs ??= clock.nowNs()
    if (next !== undefined && clock.nowNs() - (sinceNs as number) >= next.afterMs * 1e6) {
      const how = next.by === 'order' ? 'is told to make one (pc.bootstrap)' : 'is started again, before the others'
      context.warn(
        `No primary component was left: ${next.node}, which has come furthest, ${how}, as an operator would.`,
      )
      if (next.by === 'order') {
        const order = "SET GLOBAL wsrep_provider_options='pc.bootstrap=YES'"
        await asked(upstream(services, next.node, 'client'), order, ASK_LIMIT_MS)
      } else await begin(next.node)
      return
    }
    await sleep(clock, LOOK_MS)
  }

  async function standing(node: NodeId): Promise<Standing> {
    const values = await galeraStatus(upstream(services, node, 'client'), ASK_LIMIT_MS).catch(() => undefined)
    const recovered = Number(positions.get(node)?.split(':').at(-1) ?? -1)
    const committed = Number(values?.get('wsrep_last_committed') ?? -1)
    return {
      answers: values !== undefined,
      primary: values?.get('wsrep_cluster_status') === 'Primary',
      size: Number(values?.get('wsrep_cluster_size') ?? 0),
      // Where it knows nothing it says the largest number that there is.
      seqno: Math.max(recovered, committed < 2 ** 63 ? committed : -1),
    }
  }
}

/** What a node says of itself as a member of a Galera cluster, by the names of its status variables. */
export async function galeraStatus(address: Endpoint, limitMs: number): Promise<ReadonlyMap<unknown, string>> {
  const rows = await asked(address, "SHOW STATUS WHERE Variable_name LIKE 'wsrep_%'", limitMs)
  return new Map(rows.map((row) => [row['Variable_name'], String(row['Value'])]))
}

async function asked(address: Endpoint, question: string, limitMs: number): Promise<readonly Row[]> {
  const connection = await Connection.open(address, limitMs)
  try {
    return await connection.query(question, [], AbortSignal.timeout(limitMs))
  } finally {
    connection.close()
  }
}
