/**
 * Changes of membership, one server at a time (thesis, chapter 4). The members are an entry of the log, in force from the
 * moment it is in there, and gone with it if it is cut off. Of two sets of members that differ by one, any two majorities
 * share a server; so there must never be two changes at once, and, which the first version of the algorithm had missed
 * (Ongaro, "bug in single-server membership changes", raft-dev 2015), none before an entry of the leader's own term is
 * committed: a change that an earlier leader has left uncommitted somewhere would be the other one.
 *
 * Who is added is a learner first, which is sent everything and counts for nothing, until it has caught up (4.2.1). A leader
 * that is to go hands over first (`handover.ts`).
 */
import type {NodeId, RequestId} from '../../core/node.ts'
import {handOver} from './handover.ts'
import {type Leader, Progress} from './role.ts'
import type {Server} from './server.ts'

/** Heartbeats within which a learner has to catch up. */
const PATIENCE = 40

/** An operator says who is to be a member from now on. */
export function onReconfigure(server: Server, request: RequestId, voters: readonly NodeId[]): void {
  const {leading, env, log, configuration} = server
  const reason = refusal(server, voters)
  if (leading === undefined || reason !== undefined) {
    env.reply(request, {type: 'refused', reason: reason ?? 'does not lead'})
    return
  }
  const [learner] = without(voters, configuration.voters)
  const [leaver] = without(configuration.voters, voters)
  if (learner === undefined && leaver === undefined) {
    env.reply(request, {type: 'reconfigured', members: configuration.voters})
    return
  }
  if (leaver === env.id) {
    handOver(server, leading)
    env.reply(request, {type: 'refused', reason: 'hands over its leadership first'})
    return
  }
  leading.change = {request, voters, learner, beats: 0}
  if (learner === undefined) {
    enact(server)
    return
  }
  leading.progress.set(learner, new Progress(log.lastIndex + 1))
  env.log(`${learner} learns, to become a member`)
  server.flushSoon()
}

/** Why these cannot become the members now. */
function refusal(server: Server, voters: readonly NodeId[]): string | undefined {
  const {leading, env, log, configuration, commitIndex} = server
  const {voters: present} = configuration
  if (leading === undefined) return 'does not lead'
  if (voters.length === 0) return 'nobody would be left'
  if (without(voters, env.nodes).length > 0) return `only ${env.nodes.join(', ')} can be members`
  const changes = without(voters, present).length + without(present, voters).length
  if (changes > 1) return 'one member at a time'
  if (server.has('joint-skip')) return undefined
  if (leading.change !== undefined || server.membersAt(commitIndex) !== present) return 'another change is under way'
  return changes > 0 && log.termAt(commitIndex) !== server.term ? 'has committed nothing in its term yet' : undefined
}

function without(some: readonly NodeId[], others: readonly NodeId[]): NodeId[] {
  return some.filter((node) => !others.includes(node))
}

/** Puts the change into the log: it is in force from here on. */
function enact(server: Server): void {
  const {leading, env, term} = server
  const change = leading?.change
  if (leading === undefined || change === undefined) return
  server.append([{term, command: {type: 'members', voters: change.voters}}])
  env.event({type: 'members', term, members: change.voters, index: server.log.lastIndex})
  env.log(`members from entry ${server.log.lastIndex} on: ${change.voters.join(', ')}`)
  server.flushSoon()
  if (server.has('joint-skip')) answer(server)
}

/** A peer's log has grown. */
export function promoteIfCaughtUp(server: Server, peer: NodeId, progress: Progress): void {
  const change = server.leading?.change
  if (change?.learner !== peer || progress.matchIndex < server.commitIndex) return
  change.learner = undefined
  enact(server)
}

/** A learner that does not catch up is not waited for any longer. */
export function checkLearner(server: Server): void {
  const {leading, env} = server
  const change = leading?.change
  if (leading === undefined || change?.learner === undefined || ++change.beats < PATIENCE) return
  leading.progress.delete(change.learner)
  leading.change = undefined
  env.reply(change.request, {type: 'refused', reason: `${change.learner} does not catch up`})
}

/** A change is committed: those who left are sent nothing any more. False where it was the leader that left. */
export function membersCommitted(server: Server, voters: readonly NodeId[]): boolean {
  const {leading, env, configuration} = server
  if (leading === undefined) return true
  const change = leading.change
  if (change?.voters === voters) answer(server)
  for (const peer of leading.progress.keys()) {
    if (!configuration.voters.includes(peer) && peer !== leading.change?.learner) leading.progress.delete(peer)
  }
  return configuration.voters.includes(env.id)
}

function answer(server: Server): void {
  const {leading, env} = server
  const change = leading?.change
  if (leading === undefined || change === undefined) return
  leading.change = undefined
  env.reply(change.request, {type: 'reconfigured', members: change.voters})
}

/** A leader that leads no more does not know what becomes of its change. */
export function abandonChange({env}: Server, {change}: Leader): void {
  if (change !== undefined) env.reply(change.request, {type: 'refused', reason: 'leads no more'})
}
