/**
 * Phase 0: who should lead. Any answer is safe (phase 1 makes sure of that); a good one is a peer with the best history
 * that a quorum can hear, as in ZooKeeper's fast leader election. Peers that look tell each other what they could offer;
 * after a few rounds the best of those heard is followed, and one that finds itself the best leads. One that is heard but
 * hears nobody would be followed in vain, for ever: whoever has tried passes its offers over for a while.
 */
import type {NodeId} from '../../core/node.ts'
import {follow, lead} from './discovery.ts'
import {look, ROUNDS} from './looking.ts'
import {compareStanding, type Looking} from './messages.ts'
import type {Peer} from './peer.ts'

/** How long somebody is passed over, in times of silence. */
const PASSED_OVER = 10

/** The leader that was followed has not answered for too long. */
export function giveUpLeader(peer: Peer): void {
  const {role, env, settings, passedOver} = peer
  if (role.name !== 'following') return
  if (role.phase === 'discovery') passedOver.set(role.leader, env.now() + PASSED_OVER * settings.silenceMs)
  look(peer)
}

/** One round of offers. */
export function lookAround(peer: Peer): void {
  const {role, others} = peer
  if (role.name !== 'looking') return
  if (++role.ticks > ROUNDS && settle(peer)) return
  for (const other of others) peer.send(other, {type: 'looking', ...peer.standing})
}

/** Takes the best offer, if a quorum makes offers. */
function settle(peer: Peer): boolean {
  const {role, env, settings, quorum} = peer
  if (role.name !== 'looking') return false
  const recent = [...role.offers].filter(([, {atMs}]) => env.now() - atMs <= 4 * settings.tickMs)
  if (recent.length + 1 < quorum) return false
  let best: NodeId = env.id
  let standing = peer.standing
  for (const [node, offer] of recent) {
    if (env.now() < (peer.passedOver.get(node) ?? 0)) continue
    const order = compareStanding(offer.standing, standing) || (node > best ? 1 : -1)
    if (order > 0) [best, standing] = [node, offer.standing]
  }
  if (best === env.id) lead(peer)
  else follow(peer, best)
  return true
}

export function onLooking(peer: Peer, from: NodeId, {currentEpoch, lastEpoch, lastIndex}: Looking): void {
  const {role, env, leader} = peer
  if (role.name === 'looking') {
    role.offers.set(from, {standing: {currentEpoch, lastEpoch, lastIndex}, atMs: env.now()})
  } else if (leader !== null && leader !== from) peer.send(from, {type: 'leader-is', leader})
}

export function onLeaderIs(peer: Peer, _from: NodeId, {leader}: {readonly leader: NodeId}): void {
  if (peer.role.name === 'looking' && leader !== peer.env.id) follow(peer, leader)
}
