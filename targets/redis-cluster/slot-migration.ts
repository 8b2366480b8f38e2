/**
 * Membership of Redis Cluster: a member is a node that serves slots. To remove one, all of its slots are moved to the other
 * primaries while clients go on (Redis Cluster specification, "Live reconfiguration"); to add it again, as many are moved back.
 * The node keeps running, knows everybody, and redirects whoever asks it.
 */
import type {MembershipControl} from '../../core/cluster.ts'
import type {NodeId} from '../../core/node.ts'
import type {ProgramCluster} from '../../hosts/program/cluster.ts'
import type {Admin} from './admin.ts'
import {type KnownNode, serves, slotsOf} from './topology.ts'

/** How long moving the keys of a slot may take, ms. */
const MIGRATE_MS = 5000
/** Keys that are moved at a time, and slots whose new place is made known at a time. */
const KEYS_AT_A_TIME = 100
const SLOTS_AT_A_TIME = 1000

export function slotMigration(cluster: ProgramCluster, admin: Admin): MembershipControl {
  const {nodes, services} = cluster
  const endpoint = (node: NodeId) => services[node]?.['client']?.upstream as {host: string; port: number}
  const nameAt = (port: number) => nodes.find((node) => endpoint(node).port === port)
  /** Where the slots of a removed node have gone. */
  const lent = new Map<NodeId, Map<number, NodeId>>()

  /** What all nodes are, as the first that answers and is in order has it. */
  async function topology(): Promise<ReadonlyMap<NodeId, KnownNode>> {
    let problem: unknown = new Error('no node answers')
    for (const node of nodes) {
      try {
        if (!(await admin.text(node, 'CLUSTER INFO')).includes('cluster_state:ok')) continue
        const known = await admin.nodes(node)
        return new Map(known.flatMap((each) => [[nameAt(each.port), each] as const]).filter(isNamed))
      } catch (error) {
        problem = error
      }
    }
    throw problem
  }

  const membersOf = (known: ReadonlyMap<NodeId, KnownNode>) =>
    nodes.filter((node) => known.get(node) !== undefined && serves(known.get(node) as KnownNode))

  /** Moves slots from one primary to another. Those without keys only change hands; the others are moved key by key. */
  async function move(slots: readonly number[], from: NodeId, to: NodeId): Promise<void> {
    const known = await topology()
    const [source, target] = [known.get(from)?.id, known.get(to)?.id]
    if (source === undefined || target === undefined) throw new Error(`${from} and ${to} do not know each other`)
    // Those that serve nothing any more, too: they would go on sending clients to whom they remember.
    const primaries = nodes.filter((node) => isPrimary(known.get(node)))
    const set = (node: NodeId, some: readonly number[], what: string) =>
      admin.order(
        node,
        some.map((slot) => `CLUSTER SETSLOT ${slot} ${what}`),
      )
    // The new owner first, so that nobody sends clients to one who would send them back.
    const handOver = async (some: readonly number[]) => {
      for (const node of new Set([to, from, ...primaries])) await set(node, some, `NODE ${target}`)
    }
    // Whose epoch is highest is believed by those who are told nothing: the replicas.
    await admin.order(to, ['CLUSTER BUMPEPOCH'])
    for (let i = 0; i < slots.length; i += SLOTS_AT_A_TIME) {
      const some = slots.slice(i, i + SLOTS_AT_A_TIME)
      await set(from, some, `MIGRATING ${target}`)
      // From here on a slot without keys stays without: who asks for one is sent to where it will be.
      const counts = await admin.order(
        from,
        some.map((slot) => `CLUSTER COUNTKEYSINSLOT ${slot}`),
      )
      await handOver(some.filter((_, j) => counts[j] === '0'))
      for (const slot of some.filter((_, j) => counts[j] !== '0')) {
        await set(to, [slot], `IMPORTING ${source}`)
        await moveKeys(slot, from, to)
        await handOver([slot])
      }
    }
  }

  async function moveKeys(slot: number, from: NodeId, to: NodeId): Promise<void> {
    const {host, port} = endpoint(to)
    for (;;) {
      const keys = await admin.keys(from, slot, KEYS_AT_A_TIME)
      if (keys.length === 0) return
      await admin.order(from, [`MIGRATE ${host} ${port} "" 0 ${MIGRATE_MS} KEYS ${keys.join(' ')}`])
    }
  }

  async function remove(node: NodeId): Promise<void> {
    const known = await topology()
    const others = membersOf(known).filter((each) => each !== node)
    const slots = slotsOf(known.get(node) as KnownNode)
    const given = new Map<number, NodeId>()
    lent.set(node, given)
    for (const [i, other] of others.entries()) {
      const bound = (of: number) => Math.round((of * slots.length) / others.length)
      const share = slots.slice(bound(i), bound(i + 1))
      for (const slot of share) given.set(slot, other)
      await move(share, node, other)
    }
  }

  async function add(node: NodeId): Promise<void> {
    const given = lent.get(node)
    if (given === undefined) return
    const known = await topology()
    // Whoever has them now: primaries may have changed since.
    for (const holder of membersOf(known).filter((each) => each !== node)) {
      const back = slotsOf(known.get(holder) as KnownNode).filter((slot) => given.has(slot))
      if (back.length > 0) await move(back, holder, node)
    }
    lent.delete(node)
  }

  return {
    members: async () => membersOf(await topology()),
    add,
    remove,
    async restore() {
      for (const node of [...lent.keys()]) await add(node)
    },
  }
}

function isNamed(pair: readonly [NodeId | undefined, KnownNode]): pair is readonly [NodeId, KnownNode] {
  return pair[0] !== undefined
}

function isPrimary(known: KnownNode | undefined): boolean {
  return known !== undefined && known.flags.includes('master') && !known.flags.includes('fail')
}
