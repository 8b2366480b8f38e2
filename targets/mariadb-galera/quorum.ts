/**
 * What an operator does where all nodes of a Galera cluster see each other and none serves: nodes that were all started again, or
 * parted, while no primary component was left do not make one by themselves ("No nodes coming from primary view, primary view is
 * not possible"). The node that has come furthest is told to (Galera's documentation, *Resetting the Quorum*).
 */
import {sleep} from '../../core/clock.ts'
import type {NodeId} from '../../core/node.ts'
import type {ProgramCluster} from '../../hosts/program/cluster.ts'
import {upstream} from '../../hosts/program/services.ts'
import {Connection} from './connection.ts'

/** How long nodes may take to find each other, and a primary component by themselves, ms. */
const FIND_LIMIT_MS = 30_000
/** So long they must have seen each other without one, ms. */
const IN_VAIN_MS = 3000
const LOOK_MS = 500
const ASK_LIMIT_MS = 2000

export interface Standing {
  readonly primary: boolean
  /** How many nodes its component has. */
  readonly size: number
  /** How far it has come: the number of its last write; -1 where it cannot tell. */
  readonly seqno: number
}

/** Whom to tell to make a primary component; undefined while somebody may still make one, or somebody is missing. */
export function furthest(standings: ReadonlyMap<NodeId, Standing | undefined>): NodeId | undefined {
  const known = [...standings].flatMap(([node, standing]) => (standing === undefined ? [] : [{node, ...standing}]))
  const complete = known.length === standings.size && known.every(({size}) => size === standings.size)
  if (!complete || known.some(({primary}) => primary)) return undefined
  return known.reduce((best, each) => (each.seqno > best.seqno ? each : best)).node
}

/** `positions`: where nodes that were started again stood by their own files, as `uuid:seqno`. */
export async function resetQuorum(
  {nodes, services, context}: ProgramCluster,
  positions: ReadonlyMap<NodeId, string>,
): Promise<void> {
  const {clock, signal} = context
  const untilNs = clock.nowNs() + FIND_LIMIT_MS * 1e6
  let inVainSinceNs: number | undefined
  while (!signal.aborted && clock.nowNs() < untilNs) {
    const found = await Promise.all(nodes.map(async (node) => [node, await standing(node)] as const))
    if (found.some(([, each]) => each?.primary)) return
    const best = furthest(new Map(found))
    if (best === undefined) inVainSinceNs = undefined
    else inVainSinceNs ??= clock.nowNs()
    if (best !== undefined && clock.nowNs() - (inVainSinceNs as number) >= IN_VAIN_MS * 1e6) {
      context.warn(`No primary component was left: ${best} is told to make one, as an operator would (pc.bootstrap).`)
      await asked(best, "SET GLOBAL wsrep_provider_options='pc.bootstrap=YES'")
      return
    }
    await sleep(clock, LOOK_MS)
  }

  async function standing(node: NodeId): Promise<Standing | undefined> {
    const rows = await asked(node, "SHOW STATUS WHERE Variable_name LIKE 'wsrep_%'").catch(() => undefined)
    if (rows === undefined) return undefined
    const values = new Map(rows.map((row) => [row['Variable_name'], String(row['Value'])]))
    const recovered = Number(positions.get(node)?.split(':').at(-1) ?? -1)
    const committed = Number(values.get('wsrep_last_committed') ?? -1)
    return {
      primary: values.get('wsrep_cluster_status') === 'Primary',
      size: Number(values.get('wsrep_cluster_size')),
      // Where it knows nothing it says the largest number that there is.
      seqno: Math.max(recovered, committed < 2 ** 63 ? committed : -1),
    }
  }

  async function asked(node: NodeId, question: string) {
    const connection = await Connection.open(upstream(services, node, 'client'), ASK_LIMIT_MS)
    try {
      return await connection.query(question, [], AbortSignal.timeout(ASK_LIMIT_MS))
    } finally {
      connection.close()
    }
  }
}
