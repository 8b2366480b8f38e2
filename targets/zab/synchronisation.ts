/**
 * Phase 2, synchronisation (paper, algorithm 2): every follower's history becomes the leader's, on disk, before anything
 * new is broadcast. Once a quorum has it, the whole of it is committed.
 *
 * What a follower has delivered is committed, hence in the leader's history too: the leader sends what comes after that,
 * or its snapshot where that is gone. Whatever else the follower has there was never committed, and goes.
 */
import type {NodeId} from '../../core/node.ts'
import type {Entry} from '../raft/messages.ts'
import {commitTo, hearLeader, replicate} from './broadcast.ts'
import {adopt} from './compaction.ts'
import type {AckLeader, NewLeader} from './messages.ts'
import type {Peer} from './peer.ts'
import type {Following, Leader} from './role.ts'

/** Begins the epoch, with everybody that has promised to it so far. */
export function synchronise(peer: Peer, role: Leader): void {
  role.phase = 'synchronisation'
  peer.setEpochs({current: role.epoch as number})
  for (const [node, following] of role.followers) synchroniseOne(peer, role, node, following)
  if (peer.has('skip-sync')) broadcast(peer, role)
  establishIfSynchronised(peer, role)
}

export function synchroniseOne(peer: Peer, role: Leader, to: NodeId, {join, standing}: Following): void {
  if (standing === undefined || role.epoch === undefined) return
  const {history, snapshot} = peer
  const beyond = standing.delivered < history.baseIndex
  const after = beyond ? (snapshot?.index ?? 0) : standing.delivered
  peer.send(to, {
    type: 'new-leader',
    join,
    epoch: role.epoch,
    snapshot: beyond ? (snapshot ?? null) : null,
    after,
    entries: history.entriesFrom(after + 1, Number.MAX_SAFE_INTEGER),
    commitIndex: role.phase === 'broadcast' ? peer.delivered : 0,
  })
}

export function onNewLeader(peer: Peer, from: NodeId, message: NewLeader): void {
  const {role, history, epochs} = peer
  const {join, epoch, snapshot, after, entries, commitIndex} = message
  if (role.name !== 'following' || role.join !== join || epoch !== epochs.accepted) return
  if (role.phase === 'synchronisation') {
    if (!peer.has('skip-sync')) {
      if (snapshot !== null && snapshot.index > peer.delivered) adopt(peer, snapshot)
      replaceAfter(peer, after, entries)
    }
    peer.setEpochs({current: epoch})
    role.phase = 'broadcast'
    peer.env.event({type: 'follower', term: epoch, leader: from})
    hearLeader(peer)
    commitTo(peer, Math.min(commitIndex, history.lastIndex))
  }
  peer.send(from, {type: 'ack-leader', join, epoch, index: history.lastIndex})
}

/** Makes the history after this transaction exactly this. Entries that are there already stay: they may have been counted. */
function replaceAfter(peer: Peer, after: number, entries: readonly Entry[]): void {
  const {history} = peer
  const first = entries.findIndex(
    ({term}, i) => after + 1 + i > history.baseIndex && history.termAt(after + 1 + i) !== term,
  )
  const firstWrong = first < 0 ? after + entries.length + 1 : after + 1 + first
  if (peer.has('keep-uncommitted')) {
    history.append(entries.slice(Math.max(0, history.lastIndex - after)))
  } else {
    if (firstWrong <= history.lastIndex) history.truncateFrom(firstWrong)
    if (first >= 0) history.append(entries.slice(first))
  }
  history.sync()
}

export function onAckLeader(peer: Peer, from: NodeId, {join, epoch, index}: AckLeader): void {
  const {role} = peer
  if (role.name !== 'leading' || epoch !== role.epoch) return
  const following = role.followers.get(from)
  if (following === undefined || following.join !== join || following.acked !== undefined) return
  following.acked = index
  following.sent = index
  following.silentTicks = 0
  if (role.phase === 'broadcast') replicate(peer, role, from, following)
  else establishIfSynchronised(peer, role)
}

function establishIfSynchronised(peer: Peer, role: Leader): void {
  if (role.phase === 'broadcast') return
  const synchronised = [...role.followers.values()].filter(({acked}) => acked !== undefined)
  if (synchronised.length + 1 >= peer.quorum) broadcast(peer, role)
}

/** A quorum has the history: it is committed, and clients are served. */
function broadcast(peer: Peer, role: Leader): void {
  role.phase = 'broadcast'
  peer.env.event({type: 'leader', term: role.epoch as number, lastIndex: peer.history.lastIndex})
  commitTo(peer, peer.history.lastIndex)
  for (const [node, following] of role.followers) replicate(peer, role, node, following)
}
