/**
 * What the brokers agree on: who leads each partition, in which epoch, and which replicas are in sync. One value, kept by a
 * Raft quorum (`quorum.ts`) and changed by compare-and-set only, so that of two changes based on one state one fails.
 *
 * The in-sync set is Kafka's (Kreps et al. 2011; KIP-101 for epochs), whose rule is that of PacificA (Lin et al. 2008): a
 * leader acknowledges what every in-sync replica has, and only an in-sync replica may lead next.
 */
import type {NodeId} from '../../core/node.ts'

export type Partition = {
  /** Null while no in-sync replica lives. */
  readonly leader: NodeId | null
  /** Grows with every change of leader. */
  readonly epoch: number
  readonly isr: readonly NodeId[]
  readonly replicas: readonly NodeId[]
}

export type Metadata = {readonly version: number; readonly partitions: {readonly [key: string]: Partition}}

export const NO_METADATA: Metadata = {version: 0, partitions: {}}

/** A new state, or undefined where nothing is to be changed. */
export type Edit = (metadata: Metadata) => Metadata | undefined

function changed(metadata: Metadata, partitions: Readonly<Record<string, Partition>>): Metadata | undefined {
  if (Object.keys(partitions).length === 0) return undefined
  return {version: metadata.version + 1, partitions: {...metadata.partitions, ...partitions}}
}

/** Partitions that do not exist yet come into being, each on the next brokers around the circle. */
export function create(keys: readonly string[], nodes: readonly NodeId[], replicas: number): Edit {
  return (metadata) => {
    const fresh = keys.filter((key) => !Object.hasOwn(metadata.partitions, key))
    let count = Object.keys(metadata.partitions).length
    return changed(
      metadata,
      Object.fromEntries(
        fresh.map((key) => {
          const first = count++
          const copies = Array.from(
            {length: Math.min(replicas, nodes.length)},
            (_, i) => nodes[(first + i) % nodes.length] as NodeId,
          )
          return [key, {leader: copies[0] as NodeId, epoch: 1, isr: copies, replicas: copies}]
        }),
      ),
    )
  }
}

/**
 * Partitions whose leader is dead are led by a living in-sync replica from now on. Bug `unclean-election`: where there is
 * none, by any replica that lives.
 */
export function elect(alive: ReadonlySet<NodeId>, unclean: boolean): Edit {
  return (metadata) => {
    const elected: Record<string, Partition> = {}
    for (const [key, partition] of Object.entries(metadata.partitions)) {
      const {leader, isr, replicas, epoch} = partition
      if (leader !== null && alive.has(leader)) continue
      const clean = isr.find((node) => alive.has(node))
      const next = clean ?? (unclean ? replicas.find((node) => alive.has(node)) : undefined)
      if (next === undefined) continue
      const inSync = clean === undefined ? [next] : isr.filter((node) => node !== leader || node === next)
      elected[key] = {...partition, leader: next, epoch: epoch + 1, isr: inSync}
    }
    return changed(metadata, elected)
  }
}

/** Partitions go back to their first replica, which is where they were meant to be, once that is in sync and steady. */
export function restore(steady: ReadonlySet<NodeId>): Edit {
  return (metadata) => {
    const restored: Record<string, Partition> = {}
    for (const [key, partition] of Object.entries(metadata.partitions)) {
      const [preferred] = partition.replicas as [NodeId]
      if (partition.leader === preferred || !partition.isr.includes(preferred) || !steady.has(preferred)) continue
      restored[key] = {...partition, leader: preferred, epoch: partition.epoch + 1}
    }
    return changed(metadata, restored)
  }
}

/**
 * A broker that has booted leads in new epochs. What it asked for before it crashed may still be on its way, and would change
 * the in-sync set of a leader that no longer knows of that: based on an old state, it comes to nothing now. However often
 * this is tried, each epoch that it finds at first is left once.
 */
export function renew(node: NodeId): Edit {
  let found: Metadata['partitions'] | undefined
  return (metadata) => {
    found ??= metadata.partitions
    const renewed: Record<string, Partition> = {}
    for (const [key, partition] of Object.entries(metadata.partitions)) {
      const {leader, epoch} = partition
      if (leader === node && found[key]?.epoch === epoch) renewed[key] = {...partition, epoch: epoch + 1}
    }
    return changed(metadata, renewed)
  }
}

/** The leader of this epoch takes replicas into the in-sync set or out of it. */
export function resize(key: string, epoch: number, isr: readonly NodeId[]): Edit {
  return (metadata) => {
    const partition = metadata.partitions[key]
    if (partition === undefined || partition.epoch !== epoch || partition.isr.join() === isr.join()) return undefined
    return changed(metadata, {[key]: {...partition, isr}})
  }
}
