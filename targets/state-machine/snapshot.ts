/** The applied state as of some entry, standing in for the log or history up to there (primary-backup, ZAB). */
import type {Disk} from '../../core/node.ts'

const FILE = 'snapshot'

export type Snapshot = {
  readonly index: number
  readonly epoch: number
  readonly digest: number
  /** The store's snapshot as JSON text. */
  readonly text: string
}

export function loadSnapshot(disk: Disk): Snapshot | undefined {
  const [text] = disk.read(FILE)
  return text === undefined ? undefined : (JSON.parse(text) as Snapshot)
}

export function saveSnapshot(disk: Disk, snapshot: Snapshot): void {
  disk.replace(FILE, [JSON.stringify(snapshot)])
  disk.sync(FILE)
}

/** Forgets it: what comes next starts from nothing. */
export function dropSnapshot(disk: Disk): void {
  disk.replace(FILE, [])
  disk.sync(FILE)
}
