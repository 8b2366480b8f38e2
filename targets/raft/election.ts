/**
 * Elections (section 5.2), with the log check that keeps committed entries (section 5.4.1) and a round of asking first, so
 * that a server which cannot win does not disturb those which do well (pre-vote: thesis, section 9.6).
 *
 * A server that hears a leader takes no part: `node.ts` drops requests for votes there (thesis, section 4.2.3).
 */
import type {NodeId} from '../../core/node.ts'
import {NOOP} from '../state-machine/command.ts'
import {commitTo} from './commit.ts'
import {wanted} from './handover.ts'
import type {Candidacy, PreVote, PreVoteReply, TimeoutNow, Vote, VoteReply} from './messages.ts'
import {noteCandidacy, noteElected, notePreVote, noteVote} from './notes.ts'
import {abandonReads} from './read-index.ts'
import {flush} from './replication.ts'
import {Progress} from './role.ts'
import type {Server} from './server.ts'
import {waitForLeader} from './term.ts'

/** No leader for an election timeout: asks whether an election could be won, and again if this comes to nothing. */
export function campaign(server: Server): void {
  const {env, settings, term} = server
  env.setTimer('campaign', settings.electionMs * (1 + env.random.next()))
  // Who was removed for certain has no business here. As long as that is not committed, it may be needed (thesis, 4.2.2).
  if (!server.membersAt(server.commitIndex).includes(env.id)) return
  if (settings.preVote === 0) {
    standForElection(server)
    return
  }
  server.role = {name: 'pre-candidate', granted: new Set([env.id])}
  notePreVote(server)
  for (const peer of server.peers) {
    server.send(peer, {type: 'pre-vote', nextTerm: term + 1, ...candidacy(server)})
  }
  standIfSupported(server)
}

function candidacy({term, log}: Server): Candidacy {
  return {term, lastIndex: log.lastIndex, lastTerm: log.lastTerm}
}

export function onPreVote(server: Server, from: NodeId, message: PreVote): void {
  const {nextTerm} = message
  const granted = nextTerm > server.term && isUpToDate(server, message)
  server.send(from, {type: 'pre-vote-reply', term: server.term, nextTerm, granted})
}

export function onPreVoteReply(server: Server, from: NodeId, {nextTerm, granted}: PreVoteReply): void {
  const {role, term} = server
  if (role.name !== 'pre-candidate' || nextTerm !== term + 1 || !granted) return
  role.granted.add(from)
  standIfSupported(server)
}

function standIfSupported(server: Server): void {
  const {role, configuration} = server
  if (role.name === 'pre-candidate' && configuration.isQuorum((voter) => role.granted.has(voter))) {
    standForElection(server)
  }
}

/** The leader hands over to this server. */
export function onTimeoutNow(server: Server, from: NodeId, message: TimeoutNow): void {
  if (wanted(server, from, message)) standForElection(server, {handover: true})
}

/** Enters the next term as a candidate, with one's own vote. */
function standForElection(server: Server, wish: {readonly handover?: true} = {}): void {
  const {env} = server
  server.enterTerm(server.term + 1, env.id)
  server.role = {name: 'candidate', granted: new Set([env.id])}
  noteCandidacy(server)
  server.env.setTimer('campaign', server.settings.electionMs * (1 + env.random.next()))
  for (const peer of server.peers) server.send(peer, {type: 'vote', ...candidacy(server), ...wish})
  leadIfElected(server)
}

/** One vote a term, for a candidate whose log has everything that ours has; on disk before it is given. */
export function onVote(server: Server, from: NodeId, message: Vote): void {
  const free = server.vote === null || server.vote === from
  const granted = message.term === server.term && free && isUpToDate(server, message)
  if (granted) {
    if (server.vote === null) server.enterTerm(server.term, from)
    waitForLeader(server)
  }
  noteVote(server, from, granted, message)
  server.send(from, {type: 'vote-reply', term: server.term, granted})
}

/** Section 5.4.1: the log with the later last term is more up to date; of equal last terms, the longer one. */
function isUpToDate(server: Server, {lastTerm, lastIndex}: Candidacy): boolean {
  const {log} = server
  if (server.has('vote-any-log')) return true
  return lastTerm > log.lastTerm || (lastTerm === log.lastTerm && lastIndex >= log.lastIndex)
}

export function onVoteReply(server: Server, from: NodeId, {term, granted}: VoteReply): void {
  const {role} = server
  if (role.name !== 'candidate' || term !== server.term || !granted) return
  role.granted.add(from)
  leadIfElected(server)
}

function leadIfElected(server: Server): void {
  const {role, configuration, env, log, term, settings} = server
  if (role.name !== 'candidate' || !configuration.isQuorum((voter) => role.granted.has(voter))) return
  server.role = {
    name: 'leader',
    progress: new Map(server.peers.map((peer) => [peer, new Progress(log.lastIndex + 1)])),
    change: undefined,
    handover: undefined,
    mayHaveHandedOver: false,
    waiting: new Map(),
    round: 0,
    lease: {sentMs: new Map(), endedRound: 0},
    asking: [],
    rounds: [],
  }
  server.leader = env.id
  abandonReads(server)
  env.cancelTimer('campaign')
  env.setTimer('heartbeat', settings.heartbeatMs)
  noteElected(server, role.granted)
  if (server.has('commit-old-term')) commitTo(server, log.lastIndex)
  // An entry of this term: only through it can earlier ones be committed (section 5.4.2) and reads be served.
  server.append([{term, command: NOOP}])
  flush(server)
}
