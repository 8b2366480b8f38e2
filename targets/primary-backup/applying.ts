/** From the log to the state: applying entries in order, snapshots, and taking back what a failover has undone. */
import {foldCommand, foldNumber} from '../state-machine/digest.ts'
import {dropSnapshot, type Snapshot, saveSnapshot} from '../state-machine/snapshot.ts'
import type {StoreSnapshot} from '../state-machine/store.ts'
import {Store} from '../state-machine/store.ts'
import type {Replica} from './replica.ts'

/** How many entries lie between two `commit` events. */
const EVENT_ENTRIES = 64

/** Applies everything up to this entry, and answers those that wait. */
export function applyTo(replica: Replica, index: number): void {
  const {log, role, env} = replica
  const waiting = role.name === 'primary' ? role.waiting : undefined
  while (replica.applied < index) {
    const at = ++replica.applied
    const {term: epoch, command} = log.entryAt(at)
    replica.digest = foldCommand(foldNumber(replica.digest, epoch), command)
    const answer = replica.store.apply(command)
    snapshotIfDue(replica)
    if (at % EVENT_ENTRIES === 0) env.event({type: 'commit', index: at, term: epoch, digest: replica.digest})
    const client = waiting?.get(at)
    if (client === undefined) continue
    waiting?.delete(at)
    replica.reply(client, answer)
  }
}

function snapshotIfDue(replica: Replica): void {
  const {settings, log, applied, env} = replica
  if (applied - (replica.snapshot?.index ?? 0) < settings.snapshotEntries) return
  replica.snapshot = {
    index: applied,
    epoch: log.termAt(applied) as number,
    digest: replica.digest,
    text: JSON.stringify(replica.store.snapshot()),
  }
  saveSnapshot(env.disk, replica.snapshot)
  log.compact(applied - settings.retainedEntries)
  env.event({type: 'snapshot', index: applied, term: replica.snapshot.epoch, digest: replica.digest})
}

/** Makes a snapshot this replica's state: at boot, or when one was received. */
export function adopt(replica: Replica, snapshot: Snapshot): void {
  if (replica.snapshot !== snapshot) saveSnapshot(replica.env.disk, snapshot)
  replica.snapshot = snapshot
  replica.store.restore(JSON.parse(snapshot.text) as StoreSnapshot)
  replica.digest = snapshot.digest
  replica.applied = snapshot.index
  if (replica.log.termAt(snapshot.index) !== snapshot.epoch) replica.log.reset(snapshot.index, snapshot.epoch)
}

/**
 * Forgets this entry and all after it. Where some of them had been applied (a primary that answered before its backups had
 * heard, and was replaced), the state is made anew from before. False where that is gone: everything has to be sent again.
 */
export function takeBack(replica: Replica, from: number): boolean {
  const {log, snapshot, settings, env} = replica
  if (from > replica.applied) {
    log.truncateFrom(from)
    return true
  }
  env.log(`entries from ${from} on were applied here and are taken back`)
  const back = replica.applied
  replica.store = new Store({sessions: settings.sessions})
  replica.applied = 0
  replica.digest = 0
  if (from > log.baseIndex + 1 && (snapshot?.index ?? 0) < from) {
    log.truncateFrom(from)
    if (snapshot !== undefined) adopt(replica, snapshot)
    applyTo(replica, Math.min(back, from - 1))
    return true
  }
  replica.snapshot = undefined
  dropSnapshot(env.disk)
  log.reset(0, 0)
  return false
}
