/** The delivered state as of some transaction, standing in for the history up to there. */
import type {Disk} from '../../core/node.ts'
import type {StoreSnapshot} from '../state-machine/store.ts'
import type {Peer} from './peer.ts'

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

/** After every so many delivered transactions. */
export function snapshotIfDue(peer: Peer): void {
  const {settings, history, delivered} = peer
  if (delivered - (peer.snapshot?.index ?? 0) < settings.snapshotEntries) return
  peer.snapshot = {
    index: delivered,
    epoch: history.termAt(delivered) as number,
    digest: peer.digest,
    text: JSON.stringify(peer.store.snapshot()),
  }
  save(peer, peer.snapshot)
  history.compact(delivered - settings.retainedEntries)
  peer.env.event({type: 'snapshot', index: delivered, term: peer.snapshot.epoch, digest: peer.digest})
}

/** Makes a snapshot this peer's state: at boot, or when one was received. */
export function adopt(peer: Peer, snapshot: Snapshot): void {
  if (peer.snapshot !== snapshot) save(peer, snapshot)
  peer.snapshot = snapshot
  peer.store.restore(JSON.parse(snapshot.text) as StoreSnapshot)
  peer.digest = snapshot.digest
  peer.delivered = snapshot.index
  if (peer.history.termAt(snapshot.index) !== snapshot.epoch) peer.history.reset(snapshot.index, snapshot.epoch)
}

function save({env}: Peer, snapshot: Snapshot): void {
  env.disk.replace(FILE, [JSON.stringify(snapshot)])
  env.disk.sync(FILE)
}
