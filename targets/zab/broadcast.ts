/**
 * Phase 3, broadcast (paper, algorithm 3): a two-phase commit without aborts. The leader proposes transactions in order,
 * followers have them on disk in that order before they acknowledge them, and what a quorum has acknowledged is committed
 * and delivered, in that order, everywhere.
 */

import type {NodeId} from '../../core/node.ts'
import {foldCommand, foldNumber} from '../state-machine/digest.ts'
import {snapshotIfDue} from './compaction.ts'
import {look} from './looking.ts'
import type {Ack, Propose} from './messages.ts'
import type {Peer} from './peer.ts'
import type {Following, Leader} from './role.ts'
import {askAboutReads, confirmSyncs, proposeSyncs, serveReads} from './sync.ts'

/** Sends on what was gathered. */
export function flush(peer: Peer): void {
  peer.flushPending = false
  askAboutReads(peer)
  const {role} = peer
  if (role.name !== 'leading' || role.phase !== 'broadcast') return
  proposeSyncs(peer, role)
  peer.history.sync()
  for (const [node, following] of role.followers) replicate(peer, role, node, following)
  advance(peer, role)
}

/** What a follower has not been sent yet, and how far all is committed. */
export function replicate(peer: Peer, role: Leader, to: NodeId, following: Following): void {
  if (following.acked === undefined || role.epoch === undefined) return
  const {history} = peer
  const prevIndex = Math.max(following.sent, history.baseIndex)
  const entries = history.entriesFrom(prevIndex + 1, Number.MAX_SAFE_INTEGER)
  peer.send(to, {
    type: 'propose',
    join: following.join,
    epoch: role.epoch,
    prevIndex,
    entries,
    commitIndex: peer.delivered,
  })
  following.sent = prevIndex + entries.length
}

export function onPropose(peer: Peer, from: NodeId, message: Propose): void {
  const {role, history} = peer
  const {join, epoch, prevIndex, entries, commitIndex} = message
  if (role.name !== 'following' || role.join !== join || role.phase !== 'broadcast') return
  hearLeader(peer)
  // Earlier proposals may be late: then there is a gap, and the answer says where it begins.
  if (prevIndex <= history.lastIndex && prevIndex + entries.length > history.lastIndex) {
    history.append(entries.slice(history.lastIndex - prevIndex))
    history.sync()
  }
  commitTo(peer, Math.min(commitIndex, history.lastIndex))
  peer.send(from, {type: 'ack', join, epoch, index: history.lastIndex})
}

export function onAck(peer: Peer, from: NodeId, {join, epoch, index}: Ack): void {
  const {role} = peer
  if (role.name !== 'leading' || epoch !== role.epoch) return
  const following = role.followers.get(from)
  if (following?.acked === undefined || following.join !== join) return
  following.silentTicks = 0
  following.acked = Math.max(following.acked, index)
  advance(peer, role)
}

/** Commits what a quorum has on disk. */
function advance(peer: Peer, role: Leader): void {
  if (role.phase !== 'broadcast') return
  const acked = [...role.followers.values()].map((following) => following.acked ?? 0)
  const descending = [peer.history.syncedIndex, ...acked].sort((left, right) => right - left)
  const agreed = descending[peer.quorum - 1] ?? 0
  if (agreed <= peer.delivered) return
  commitTo(peer, agreed)
  for (const [node, following] of role.followers) replicate(peer, role, node, following)
}

/** Everything up to this transaction is committed: delivers it, in order, and answers those that wait. */
export function commitTo(peer: Peer, index: number): void {
  const {role, history, store} = peer
  const waiting = role.name === 'leading' ? role.waiting : undefined
  while (peer.delivered < index) {
    const at = ++peer.delivered
    const {term, command} = history.entryAt(at)
    peer.digest = foldCommand(foldNumber(peer.digest, term), command)
    const answer = store.apply(command)
    snapshotIfDue(peer)
    if (at % peer.settings.eventEntries === 0) {
      peer.env.event({type: 'commit', index: at, term, digest: peer.digest, by: peer.epochs.current})
    }
    const client = waiting?.get(at)
    if (client === undefined) continue
    waiting?.delete(at)
    peer.reply(client, {...answer, index: at})
  }
  if (role.name === 'leading') confirmSyncs(peer, role)
  serveReads(peer)
}

/** Every tick of a leader: pings, sends again what was not acknowledged, and notices that nobody answers. */
export function ping(peer: Peer, role: Leader): void {
  const {settings, quorum, env} = peer
  env.setTimer('tick', settings.tickMs)
  let heard = 1
  for (const [node, following] of role.followers) {
    const silentMs = ++following.silentTicks * settings.tickMs
    if (silentMs > 2 * settings.silenceMs) {
      role.followers.delete(node)
      continue
    }
    if (silentMs <= settings.silenceMs && following.acked !== undefined) heard++
    if (following.acked === undefined || role.phase !== 'broadcast') continue
    if (following.acked === following.ackedBefore) following.sent = following.acked
    following.ackedBefore = following.acked
    replicate(peer, role, node, following)
  }
  role.lonelyTicks = heard >= quorum ? 0 : role.lonelyTicks + 1
  if (role.lonelyTicks * settings.tickMs > settings.silenceMs) look(peer)
}

/** The leader was heard: it is not given up before another while of silence. */
export function hearLeader(peer: Peer): void {
  peer.env.cancelTimer('tick')
  peer.env.setTimer('silence', peer.settings.silenceMs)
}
