/**
 * Raft, after Ongaro & Ousterhout, "In Search of an Understandable Consensus Algorithm" (extended version, 2014), and
 * Ongaro's thesis, "Consensus: Bridging Theory and Practice" (2014). One rule set a file:
 *
 * - `server.ts`       the state (figure 2), `role.ts` what it is at the moment (figure 4), `messages.ts` the RPCs
 * - `term.ts`         following: newer terms, hearing and losing a leader (5.1)
 * - `election.ts`     pre-vote, votes, becoming leader (5.2, 5.4.1)
 * - `replication.ts`  AppendEntries from both sides, heartbeats, check-quorum (5.3)
 * - `commit.ts`       what is committed, and applying it (5.4.2)
 * - `read-index.ts`   linearizable reads without the log (thesis 6.4)
 * - `lease.ts`        reads by lease, when asked for (thesis 6.4.1)
 * - `membership.ts`   who belongs, and learners (thesis 4), `handover.ts` leadership transfer (thesis 3.10)
 * - `snapshot.ts`     log compaction and InstallSnapshot (7)
 * - `notes.ts`        what a server says of itself, for logs and reports
 * - `requests.ts`     what clients ask; their sessions are in `targets/state-machine/` (thesis 6.3)
 */
import type {Env, Message, Node, NodeId, RequestId} from '../../core/node.ts'
import type {TargetOptions} from '../../core/target.ts'
import type {StoreOptions} from '../state-machine/store.ts'
import {campaign, onPreVote, onPreVoteReply, onTimeoutNow, onVote, onVoteReply} from './election.ts'
import {adopt} from './install-snapshot.ts'
import {endLease} from './lease.ts'
import type {RaftMessage} from './messages.ts'
import {noteBoot} from './notes.ts'
import {onReadIndex, onReadIndexReply} from './read-index.ts'
import {beat, flush, onAppend, onAppendReply, onSnapshot, onSnapshotReply} from './replication.ts'
import {onRequest} from './requests.ts'
import {Server} from './server.ts'
import {becomeFollower, loseLeader, waitForLeader} from './term.ts'

type Handlers = {
  readonly [Type in Exclude<RaftMessage['type'], 'append' | 'append-reply'>]: (
    server: Server,
    from: NodeId,
    message: Extract<RaftMessage, {type: Type}>,
  ) => void
}

const HANDLERS: Handlers = {
  'pre-vote': onPreVote,
  'pre-vote-reply': onPreVoteReply,
  vote: onVote,
  'timeout-now': onTimeoutNow,
  'vote-reply': onVoteReply,
  snapshot: onSnapshot,
  'snapshot-reply': onSnapshotReply,
  'read-index': onReadIndex,
  'read-index-reply': onReadIndexReply,
}

export class RaftNode implements Node {
  /** Public for tests that check invariants. */
  readonly server: Server

  constructor(env: Env, options: TargetOptions, store: StoreOptions = {}) {
    this.server = new Server(env, options, store)
  }

  start(): void {
    const {server} = this
    if (server.snapshot !== undefined) adopt(server, server.snapshot)
    noteBoot(server)
    waitForLeader(server)
  }

  message(from: NodeId, received: Message): void {
    const {server} = this
    const message = received as RaftMessage
    const wantsVote = message.type === 'pre-vote' || (message.type === 'vote' && message.handover !== true)
    // Who has just booted may have promised its leader some quiet, and forgotten it.
    const bound = server.hearsLeader || (server.justBooted && server.settings.leaseReads !== 0)
    if (wantsVote && bound && server.settings.preVote !== 0) return
    if (message.term > server.term) becomeFollower(server, message.term, null)
    // Nearly all messages are these two: a table takes longer to look into.
    if (message.type === 'append') onAppend(server, from, message)
    else if (message.type === 'append-reply') onAppendReply(server, from, message)
    else {
      const handle = HANDLERS[message.type] as (server: Server, from: NodeId, message: RaftMessage) => void
      handle(server, from, message)
    }
  }

  timer(name: string): void {
    const {server} = this
    const {leading} = server
    if (name === 'silence') server.justBooted = false
    if (endLease(name, leading)) return
    if (name === 'flush') flush(server)
    else if (name === 'removed' && leading !== undefined) becomeFollower(server, server.term, null)
    else if (name === 'heartbeat' && leading !== undefined) beat(server, leading)
    else if (name === 'silence' && leading === undefined) loseLeader(server)
    else if (name === 'campaign' && leading === undefined) campaign(server)
  }

  request(request: RequestId, message: Message): void {
    onRequest(this.server, request, message)
  }
}
