/** Taking snapshots, which lets the history before them be forgotten, and going on from one. */

import {type Snapshot, saveSnapshot} from '../state-machine/snapshot.ts'
import type {StoreSnapshot} from '../state-machine/store.ts'
import type {Peer} from './peer.ts'

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
  saveSnapshot(peer.env.disk, peer.snapshot)
  history.compact(delivered - settings.retainedEntries)
  peer.env.event({type: 'snapshot', index: delivered, term: peer.snapshot.epoch, digest: peer.digest})
}

/** Makes a snapshot this peer's state: at boot, or when one was received. */
export function adopt(peer: Peer, snapshot: Snapshot): void {
  if (peer.snapshot !== snapshot) saveSnapshot(peer.env.disk, snapshot)
  peer.snapshot = snapshot
  peer.store.restore(JSON.parse(snapshot.text) as StoreSnapshot)
  peer.digest = snapshot.digest
  peer.delivered = snapshot.index
  if (peer.history.termAt(snapshot.index) !== snapshot.epoch) peer.history.reset(snapshot.index, snapshot.epoch)
}
