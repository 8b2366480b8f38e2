/**
 * Following: entering a newer term, hearing a leader, losing one, giving up one's own leadership (section 5.1; thesis,
 * section 6.2 for leaders that find themselves alone).
 */
import type {NodeId} from '../../core/node.ts'
import {abandonChange} from './membership.ts'
import {noteFollowing} from './notes.ts'
import {abandonReads, refuseAskers} from './read-index.ts'
import type {Leader} from './role.ts'
import {FOLLOWER, type Server} from './server.ts'

/** Follows this leader, or nobody yet, in this term, which is not older than ours. */
export function becomeFollower(server: Server, term: number, leader: NodeId | null): void {
  const {leading} = server
  const news = leading !== undefined || term !== server.term || leader !== server.leader
  if (term > server.term) server.enterTerm(term, null)
  server.role = FOLLOWER
  if (leader !== server.leader) {
    server.leader = leader
    abandonReads(server)
  }
  if (leading !== undefined) resign(server, leading)
  if (news) noteFollowing(server, term, leader, leading !== undefined)
}

/** Clients of a deposed leader must not wait for it; whether their calls happen is for its successors to say. */
function resign(server: Server, leading: Leader): void {
  server.env.cancelTimer('heartbeat')
  for (const client of leading.waiting.values()) server.sendAway(client, 'deposed', server.leader)
  refuseAskers(server, leading)
  abandonChange(server, leading)
  waitForLeader(server)
}

/** The leader of the present term was heard. */
export function hearLeader(server: Server, leader: NodeId): void {
  if (server.leader !== leader || server.role.name !== 'follower') becomeFollower(server, server.term, leader)
  waitForLeader(server)
}

/**
 * Starts the election timeout anew. It has two parts: after `electionMs` of silence the leader is taken for lost, which
 * lets this server support somebody else; after a random time on top it campaigns itself.
 */
export function waitForLeader(server: Server): void {
  server.env.cancelTimer('campaign')
  server.env.setTimer('silence', server.settings.electionMs)
}

/** Nothing was heard of the leader for an election timeout. */
export function loseLeader(server: Server): void {
  server.leader = null
  abandonReads(server)
  server.env.setTimer('campaign', server.settings.electionMs * server.env.random.next())
}
