/** The primary's log becomes the backups', and what enough of them have is acknowledged. How many is enough, the mode says. */
import type {NodeId} from '../../core/node.ts'
import {adopt, applyTo, takeBack} from './applying.ts'
import {expectPrimary, stepDown} from './failover.ts'
import type {Install, Replicate, Replicated} from './messages.ts'
import type {Primary, Progress, Replica} from './replica.ts'

/** Writes down what was gathered, and sends it on. */
export function flush(replica: Replica): void {
  replica.flushPending = false
  const {role} = replica
  if (role.name !== 'primary') return
  writeDown(replica)
  for (const [peer, progress] of role.progress) sendTo(replica, peer, progress)
  acknowledge(replica, role)
}

/** The log to disk: at once, or (a bug) some time later. */
function writeDown(replica: Replica): void {
  if (replica.has('ack-then-write')) replica.env.setTimer('write', 100)
  else replica.log.sync()
}

/** Every heartbeat: what was lost is sent again, and a primary that hears no majority notices. */
export function beat(replica: Replica, role: Primary): void {
  const {env, settings, majority} = replica
  env.setTimer('beat', settings.heartbeatMs)
  for (const [peer, progress] of role.progress) {
    progress.silentBeats++
    progress.next = progress.matched + 1
    sendTo(replica, peer, progress)
  }
  if (settings.mode !== 'sync' || replica.has('two-primaries') || replica.has('async-as-sync')) return
  const heard = [...role.progress.values()].filter(
    ({silentBeats}) => silentBeats * settings.heartbeatMs <= 2 * settings.failoverMs,
  )
  if (heard.length + 1 < majority) stepDown(replica)
}

function sendTo(replica: Replica, to: NodeId, progress: Progress): void {
  const {log, fence, applied, snapshot} = replica
  const prevIndex = progress.next - 1
  if (prevIndex < log.baseIndex && snapshot !== undefined) {
    replica.send(to, {type: 'install', epoch: fence.epoch, snapshot})
    return
  }
  const entries = log.entriesFrom(progress.next, Number.MAX_SAFE_INTEGER)
  const prevEpoch = log.termAt(prevIndex) as number
  replica.send(to, {type: 'replicate', epoch: fence.epoch, prevIndex, prevEpoch, entries, commitIndex: applied})
  progress.next += entries.length
}

/** Whether orders of this epoch are taken. A newer one raises the fence. */
function obeys(replica: Replica, from: NodeId, epoch: number): boolean {
  if (epoch < replica.fence.epoch && !replica.has('two-primaries')) return false
  if (replica.role.name === 'primary' && replica.has('two-primaries')) return false
  if (epoch > replica.fence.epoch) replica.raiseFence(epoch, from)
  if (replica.role.name !== 'backup') stepDown(replica)
  if (replica.primary !== from) replica.env.event({type: 'follower', term: epoch, leader: from})
  replica.primary = from
  expectPrimary(replica)
  return true
}

export function onReplicate(replica: Replica, from: NodeId, message: Replicate): void {
  const {epoch, prevIndex, prevEpoch, entries, commitIndex} = message
  const {log} = replica
  const answer = (index: number | null, hint = 0) =>
    replica.send(from, {type: 'replicated', epoch: replica.fence.epoch, index, hint})
  if (!obeys(replica, from, epoch)) {
    answer(null)
    return
  }
  const known = prevIndex <= log.baseIndex || log.termAt(prevIndex) === prevEpoch
  if (!known) {
    answer(null, Math.max(1, Math.min(log.lastIndex + 1, log.firstOfTerm(Math.min(prevIndex, log.lastIndex)))))
    return
  }
  const first = entries.findIndex(
    ({term}, i) => prevIndex + 1 + i > log.baseIndex && log.termAt(prevIndex + 1 + i) !== term,
  )
  if (first >= 0) {
    const at = prevIndex + 1 + first
    if (at <= log.lastIndex && !takeBack(replica, at)) {
      answer(null, 1)
      return
    }
    log.append(entries.slice(first))
  }
  writeDown(replica)
  const index = prevIndex + entries.length
  applyTo(replica, Math.min(commitIndex, index))
  answer(index)
}

export function onInstall(replica: Replica, from: NodeId, {epoch, snapshot}: Install): void {
  if (!obeys(replica, from, epoch)) {
    replica.send(from, {type: 'replicated', epoch: replica.fence.epoch, index: null, hint: 0})
    return
  }
  if (snapshot.index > replica.applied) adopt(replica, snapshot)
  replica.send(from, {type: 'replicated', epoch, index: snapshot.index, hint: 0})
}

export function onReplicated(replica: Replica, from: NodeId, {epoch, index, hint}: Replicated): void {
  const {role, fence} = replica
  if (epoch > fence.epoch && !replica.has('two-primaries')) {
    replica.raiseFence(epoch, null)
    stepDown(replica)
    return
  }
  const progress = role.name === 'primary' ? role.progress.get(from) : undefined
  if (role.name !== 'primary' || progress === undefined || (epoch !== fence.epoch && !replica.has('two-primaries')))
    return
  progress.silentBeats = 0
  if (index === null) {
    progress.matched = Math.min(progress.matched, Math.max(0, hint - 1))
    progress.next = Math.max(1, hint)
    if (hint > 0) sendTo(replica, from, progress)
    return
  }
  progress.matched = Math.max(progress.matched, index)
  progress.next = Math.max(progress.next, progress.matched + 1)
  acknowledge(replica, role)
}

/** Applies and answers what enough replicas have. */
function acknowledge(replica: Replica, role: Primary): void {
  const {log, settings, majority, fence} = replica
  const own = replica.has('ack-then-write') ? log.lastIndex : log.syncedIndex
  const others = [...role.progress.values()].map(({matched}) => matched).sort((left, right) => right - left)
  const needed = {sync: majority - 1, 'semi-sync': Math.min(1, others.length), async: 0}[settings.mode]
  const backups = replica.has('async-as-sync') ? 0 : needed
  const index = Math.min(own, backups === 0 ? own : (others[backups - 1] as number))
  // What was inherited may still be lost with us, until an entry of this epoch is safe after it.
  if (index <= replica.applied || log.termAt(index) !== fence.epoch) return
  applyTo(replica, index)
  for (const [peer, progress] of role.progress) sendTo(replica, peer, progress)
}
