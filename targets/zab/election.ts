/**
 * Phase 0: who should lead. Any answer is safe (phase 1 makes sure of that); a good one is a peer with the best history
 * that a quorum can hear, as in ZooKeeper's fast leader election. Peers that look tell each other what they could offer;
 * after a few rounds the best of those heard is followed, and one that finds itself the best leads. One that is heard but
 * hears nobody would be followed in vain, for ever: whoever has tried passes its offers over for a while, unless they say
 * that it hears whoever tries. Peers that pass different others over would each follow somebody else, again and again.
 *
 * One that leads, or has begun to, says so to whoever still looks, as in ZooKeeper: else those who decide a moment later than others
 * decide otherwise, nobody gets a quorum, and all are out of step in the next attempt too.
 */
import type {NodeId} from '../../core/node.ts'
import {follow, lead} from './discovery.ts'
import {look, ROUNDS} from './looking.ts'
import {compareStanding, type Looking} from './messages.ts'
import type {Peer} from './peer.ts'

/** How long somebody is passed over, in times of silence. */
const PASSED_OVER = 10
/** How long somebody counts as heard, in times of silence: longer than an attempt to follow in vain. */
const HEARD = 4

/** The leader that was followed has not answered for too long. */
export function giveUpLeader(peer: Peer): void {
  const {role, env, settings, passedOver} = peer
  if (role.name !== 'following') return
  if (role.phase === 'discovery' && !peer.hearsUs.has(role.leader))
    passedOver.set(role.leader, env.now() + PASSED_OVER * settings.silenceMs)
  look(peer)
}

/** One round of offers. */
export function lookAround(peer: Peer): void {
  const {role, others, env, settings, heardMs} = peer
  if (role.name !== 'looking') return
  if (++role.ticks > ROUNDS && settle(peer)) return
  const sinceMs = env.now() - HEARD * settings.silenceMs
  const hears = others.filter((other) => (heardMs.get(other) ?? Number.NEGATIVE_INFINITY) >= sinceMs)
  for (const other of others) peer.send(other, {type: 'looking', ...peer.standing, hears})
}

/** Takes the best offer, if a quorum makes offers. */
function settle(peer: Peer): boolean {
  const {role, env, settings, quorum, hearsUs} = peer
  if (role.name !== 'looking') return false
  const recent = [...role.offers].filter(([, {atMs}]) => env.now() - atMs <= 4 * settings.tickMs)
  if (recent.length + 1 < quorum) return false
  let best: NodeId = env.id
  let standing = peer.standing
  for (const [node, offer] of recent) {
    if (!hearsUs.has(node) && env.now() < (peer.passedOver.get(node) ?? 0)) continue
    const order = compareStanding(offer.standing, standing) || (node > best ? 1 : -1)
    if (order > 0) [best, standing] = [node, offer.standing]
  }
  if (best === env.id) lead(peer)
  else follow(peer, best)
  return true
}

export function onLooking(peer: Peer, from: NodeId, {currentEpoch, lastEpoch, lastIndex, hears}: Looking): void {
  const {role, env, heardMs, hearsUs} = peer
  const standing = {currentEpoch, lastEpoch, lastIndex}
  heardMs.set(from, env.now())
  if (hears.includes(env.id)) hearsUs.add(from)
  else hearsUs.delete(from)
  if (role.name === 'looking') role.offers.set(from, {standing, atMs: env.now()})
  else if (role.name === 'leading' && (role.phase === 'broadcast' || compareStanding(peer.standing, standing) >= 0)) {
    // One with a better history than a leader still without a quorum would come in vain.
    peer.send(from, {type: 'leading'})
  }
}

/** Only the leader itself is believed: others may not have noticed yet that it is gone. */
export function onLeading(peer: Peer, from: NodeId): void {
  if (peer.role.name !== 'looking') return
  peer.hearsUs.add(from)
  follow(peer, from)
}
