/**
 * Failover: a backup that does not hear the primary asks to be promoted. A majority has to agree, each node promises an
 * epoch to one candidate only, and takes no orders of earlier epochs from then on (fencing). Whoever lacks something that a
 * node has is not granted that node's vote, so that what a majority has on disk is never lost.
 */
import type {NodeId} from '../../core/node.ts'
import {NOOP} from '../state-machine/command.ts'
import type {Promote, Promoted} from './messages.ts'
import type {Replica} from './replica.ts'

/** Starts the failure detector anew: the primary was heard, or somebody else was promised the epoch. */
export function expectPrimary(replica: Replica): void {
  const {env, settings} = replica
  env.setTimer('failover', settings.failoverMs * (1 + env.random.next()))
}

/** Is a backup from here on. Clients that wait are told that nobody knows. */
export function stepDown(replica: Replica): void {
  const {role, env} = replica
  replica.role = {name: 'backup'}
  replica.primary = null
  if (role.name === 'primary') {
    for (const client of role.waiting.values()) replica.reply(client, {type: 'deposed', leader: null})
    env.event({type: 'follower', term: replica.fence.epoch, leader: null})
  }
  expectPrimary(replica)
}

/** The primary has not been heard for too long. */
export function suspectPrimary(replica: Replica): void {
  const {env, log, fence, peers} = replica
  replica.primary = null
  replica.raiseFence(fence.epoch + 1, env.id)
  replica.role = {name: 'candidate', granted: new Set([env.id])}
  env.event({type: 'candidate', term: replica.fence.epoch})
  expectPrimary(replica)
  const promote: Promote = {
    type: 'promote',
    epoch: replica.fence.epoch,
    lastIndex: log.lastIndex,
    lastEpoch: log.lastTerm,
  }
  for (const peer of peers) replica.send(peer, promote)
  takeOverIfGranted(replica)
}

export function onPromote(replica: Replica, from: NodeId, {epoch, lastIndex, lastEpoch}: Promote): void {
  const {log} = replica
  if (epoch > replica.fence.epoch) {
    stepDown(replica)
    replica.raiseFence(epoch, null)
  }
  const complete = lastEpoch > log.lastTerm || (lastEpoch === log.lastTerm && lastIndex >= log.lastIndex)
  const {promised} = replica.fence
  const granted = epoch === replica.fence.epoch && (promised === null || promised === from) && complete
  if (granted && promised === null) {
    replica.raiseFence(epoch, from)
    expectPrimary(replica)
  }
  replica.send(from, {type: 'promoted', epoch: replica.fence.epoch, granted})
}

export function onPromoted(replica: Replica, from: NodeId, {epoch, granted}: Promoted): void {
  const {role, fence} = replica
  if (epoch > fence.epoch) {
    replica.raiseFence(epoch, null)
    if (!replica.has('two-primaries')) stepDown(replica)
  }
  if (role.name !== 'candidate' || epoch !== fence.epoch || !granted) return
  role.granted.add(from)
  takeOverIfGranted(replica)
}

/** Is the primary of its epoch from here on, if a majority wants it. */
function takeOverIfGranted(replica: Replica): void {
  const {role, env, log, fence, peers, majority} = replica
  if (role.name !== 'candidate' || role.granted.size < majority) return
  const progress = () => ({matched: 0, next: log.lastIndex + 1, silentBeats: 0})
  replica.role = {name: 'primary', progress: new Map(peers.map((peer) => [peer, progress()])), waiting: new Map()}
  replica.primary = env.id
  env.cancelTimer('failover')
  env.event({type: 'leader', term: fence.epoch})
  // An entry of this epoch: what was inherited is acknowledged together with it.
  log.append([{term: fence.epoch, command: NOOP}])
  env.setTimer('beat', 0)
  replica.flushSoon()
}
