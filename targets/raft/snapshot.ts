/** A snapshot on disk: the state as of some index. When one is taken, sent and received: `install-snapshot.ts`. */
import type {Disk, NodeId} from '../../core/node.ts'

const FILE = 'snapshot'

/** The state after applying everything up to `index`, which has term `term`. */
export type Snapshot = {
  readonly index: number
  readonly term: number
  readonly voters: readonly NodeId[]
  readonly digest: number
  /** The store's snapshot as JSON text. */
  readonly text: string
}

/** What has arrived of a snapshot. */
export type Incoming = {readonly index: number; readonly term: number; text: string}

export function loadSnapshot(disk: Disk): Snapshot | undefined {
  const [snapshot] = disk.read<Snapshot>(FILE)
  return snapshot
}

/** Durable when it returns. */
export function saveSnapshot(disk: Disk, snapshot: Snapshot): void {
  disk.replace(FILE, [snapshot])
  disk.sync(FILE)
}
