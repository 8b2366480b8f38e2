/**
 * Phase 1, discovery (paper, algorithm 1): the prospective leader finds an epoch above every one that a quorum has promised
 * to, and has the quorum promise to that. A peer promises each epoch to one leader only, so no two leaders share an epoch;
 * and the best history of the quorum has everything that was ever committed.
 */
import type {NodeId} from '../../core/node.ts'
import {look} from './looking.ts'
import {type AckEpoch, compareStanding, type FollowerInfo, type NewEpoch} from './messages.ts'
import type {Peer} from './peer.ts'
import type {Following, Leader} from './role.ts'
import {synchronise, synchroniseOne} from './synchronisation.ts'

/** Starts to follow: says so, again and again, until the leader answers or silence sets in. */
export function follow(peer: Peer, leader: NodeId): void {
  peer.role = {name: 'following', leader, join: peer.fresh(), phase: 'discovery'}
  peer.env.setTimer('silence', 2 * peer.settings.silenceMs)
  knock(peer)
}

/** Asks to be let in. */
export function knock(peer: Peer): void {
  const {role, epochs} = peer
  if (role.name !== 'following' || role.phase === 'broadcast') return
  const {accepted: acceptedEpoch, acceptedFrom} = epochs
  peer.send(role.leader, {type: 'follower-info', join: role.join, acceptedEpoch, acceptedFrom})
  peer.env.setTimer('tick', peer.settings.tickMs)
}

/** Starts to lead: waits for followers. */
export function lead(peer: Peer): void {
  peer.role = {
    name: 'leading',
    phase: 'discovery',
    followers: new Map(),
    epoch: undefined,
    waiting: new Map(),
    syncs: new Map(),
    asking: [],
    lonelyTicks: 0,
  }
  peer.env.cancelTimer('silence')
  peer.env.setTimer('tick', peer.settings.tickMs)
  chooseEpoch(peer, peer.role)
}

export function onFollowerInfo(peer: Peer, from: NodeId, message: FollowerInfo): void {
  const {role, env} = peer
  const {join, acceptedEpoch, acceptedFrom} = message
  if (role.name === 'looking') {
    // It wants this peer to lead, and waits: what it has offered still stands.
    const offer = role.offers.get(from)
    if (offer !== undefined) role.offers.set(from, {...offer, atMs: env.now()})
  }
  if (role.name !== 'leading') return
  const taken = acceptedEpoch === role.epoch && acceptedFrom !== env.id
  if (role.epoch !== undefined && (acceptedEpoch > role.epoch || taken)) {
    // It has promised this epoch to somebody else, or a later one. Only a new epoch gets everybody together.
    look(peer)
    return
  }
  const known = role.followers.get(from)
  if (known?.join !== join) role.followers.set(from, newcomer(join, acceptedEpoch))
  else if (known.acked !== undefined) return
  if (role.epoch === undefined) chooseEpoch(peer, role)
  else peer.send(from, {type: 'new-epoch', join, epoch: role.epoch})
}

function newcomer(join: string, acceptedEpoch: number): Following {
  return {join, acceptedEpoch, standing: undefined, acked: undefined, sent: 0, ackedBefore: 0, silentTicks: 0}
}

/** Once a quorum would follow: an epoch above all that it has promised to. */
function chooseEpoch(peer: Peer, role: Leader): void {
  const {followers} = role
  if (followers.size + 1 < peer.quorum) return
  const promised = [...followers.values()].map(({acceptedEpoch}) => acceptedEpoch)
  role.epoch = Math.max(peer.epochs.accepted, ...promised) + 1
  peer.setEpochs({accepted: role.epoch, acceptedFrom: peer.env.id})
  for (const [node, {join}] of followers) peer.send(node, {type: 'new-epoch', join, epoch: role.epoch})
  synchroniseIfPromised(peer, role)
}

export function onNewEpoch(peer: Peer, from: NodeId, {join, epoch}: NewEpoch): void {
  const {role, epochs} = peer
  if (role.name !== 'following' || role.join !== join || role.phase === 'broadcast') return
  const free = epoch > epochs.accepted || (epoch === epochs.accepted && epochs.acceptedFrom === from)
  if (!free) {
    look(peer)
    return
  }
  if (epoch > epochs.accepted) peer.setEpochs({accepted: epoch, acceptedFrom: from})
  role.phase = 'synchronisation'
  peer.send(from, {type: 'ack-epoch', join, epoch, delivered: peer.delivered, ...peer.standing})
}

export function onAckEpoch(peer: Peer, from: NodeId, message: AckEpoch): void {
  const {role} = peer
  if (role.name !== 'leading' || message.epoch !== role.epoch) return
  const following = role.followers.get(from)
  if (following === undefined || following.join !== message.join) return
  following.standing = message
  following.silentTicks = 0
  if (role.phase === 'discovery') synchroniseIfPromised(peer, role)
  else synchroniseOne(peer, role, from, following)
}

/** Once a quorum has promised: its best history must be ours, or somebody else has to lead. */
function synchroniseIfPromised(peer: Peer, role: Leader): void {
  const standings = [...role.followers.values()].flatMap(({standing}) => standing ?? [])
  if (standings.length + 1 < peer.quorum) return
  const {standing} = peer
  if (standings.some((other) => compareStanding(other, standing) > 0)) look(peer)
  else synchronise(peer, role)
}
