/** The way back to phase 0, from wherever a peer is: what it led or followed is over, and those who wait are told. */
import type {Peer} from './peer.ts'
import {abandonReads, refuseSyncs} from './sync.ts'

/** Rounds of offers before one is taken, plus up to as many again at random. */
export const ROUNDS = 2

/** Gives up whatever it did, and looks for a leader. */
export function look(peer: Peer): void {
  const {role, env, settings} = peer
  peer.role = {name: 'looking', offers: new Map(), ticks: -env.random.int(ROUNDS + 1)}
  env.event({type: 'candidate', term: peer.epochs.accepted})
  if (role.name === 'leading') {
    for (const client of role.waiting.values()) peer.reply(client, {type: 'deposed', leader: null})
    refuseSyncs(peer, role)
  }
  abandonReads(peer)
  env.setTimer('tick', env.random.int(settings.tickMs))
}
