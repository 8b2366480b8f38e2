/**
 * Zab, after Junqueira, Reed & Serafini, "Zab: High-performance broadcast for primary-backup systems" (DSN 2011): the atomic
 * broadcast under ZooKeeper. One phase a file:
 *
 * - `peer.ts`             the state, `role.ts` what a peer is at the moment, `messages.ts` what peers say
 * - `election.ts`         phase 0: who should lead
 * - `discovery.ts`        phase 1: a new epoch, promised by a quorum
 * - `synchronisation.ts`  phase 2: the leader's history becomes everybody's
 * - `broadcast.ts`        phase 3: proposals, acknowledgements, commits
 * - `sync.ts`             reads, local or after a `sync`
 */
import type {Env, Message, Node, NodeId, RequestId} from '../../core/node.ts'
import type {TargetOptions} from '../../core/target.ts'
import {commandOf} from '../state-machine/requests.ts'
import {flush, onAck, onPropose, ping} from './broadcast.ts'
import {adopt} from './compaction.ts'
import {knock, onAckEpoch, onFollowerInfo, onNewEpoch} from './discovery.ts'
import {giveUpLeader, lookAround, onLeading, onLooking} from './election.ts'
import {look} from './looking.ts'
import type {ZabMessage} from './messages.ts'
import {Peer} from './peer.ts'
import {propose} from './proposal.ts'
import type {Client} from './role.ts'
import {onSync, onSyncReply, readHere} from './sync.ts'
import {onAckLeader, onNewLeader} from './synchronisation.ts'

type Handlers = {
  readonly [Type in ZabMessage['type']]: (peer: Peer, from: NodeId, message: Extract<ZabMessage, {type: Type}>) => void
}

const HANDLERS: Handlers = {
  looking: onLooking,
  leading: onLeading,
  'follower-info': onFollowerInfo,
  'new-epoch': onNewEpoch,
  'ack-epoch': onAckEpoch,
  'new-leader': onNewLeader,
  'ack-leader': onAckLeader,
  propose: onPropose,
  ack: onAck,
  sync: onSync,
  'sync-reply': onSyncReply,
}

export class ZabNode implements Node {
  /** Public for tests that check invariants. */
  readonly peer: Peer

  constructor(env: Env, options: TargetOptions) {
    this.peer = new Peer(env, options)
  }

  start(): void {
    const {peer} = this
    if (peer.snapshot !== undefined) adopt(peer, peer.snapshot)
    peer.env.log(`boot ${peer.boots}: epoch ${peer.epochs.current}, history ends at ${peer.history.lastIndex}`)
    look(peer)
  }

  message(from: NodeId, received: Message): void {
    const message = received as unknown as ZabMessage
    const handle = HANDLERS[message.type] as (peer: Peer, from: NodeId, message: ZabMessage) => void
    handle(this.peer, from, message)
  }

  timer(name: string): void {
    const {peer} = this
    const {role} = peer
    if (name === 'flush') flush(peer)
    else if (name === 'silence') giveUpLeader(peer)
    else if (name === 'tick') {
      if (role.name === 'leading') ping(peer, role)
      else if (role.name === 'following') knock(peer)
      else {
        peer.env.setTimer('tick', peer.settings.tickMs)
        lookAround(peer)
      }
    }
  }

  request(request: RequestId, message: Message): void {
    const {peer} = this
    const {role, leader} = peer
    const client: Client = {request, attempt: message['attempt'] ?? null}
    const command = commandOf(message)
    if (message.type === 'status') peer.env.reply(request, status(peer))
    else if (command === undefined) peer.reply(client, {type: 'failed', error: `unknown request ${message.type}`})
    else if (command.type === 'read') {
      readHere(peer, {client, f: command.f, key: command.key}, Number(message['seen'] ?? 0))
    } else if (role.name === 'leading' && role.phase === 'broadcast') propose(peer, role, command, client)
    else peer.reply(client, {type: 'redirect', leader})
  }
}

/** What this peer says of itself, for the report and for waiting until the cluster can serve. */
function status({role, epochs, leader, delivered, history, snapshot, digest}: Peer): Message {
  const names = {looking: 'candidate', following: 'follower', leading: 'leader'} as const
  return {
    type: 'status',
    role: leader === null ? 'candidate' : names[role.name],
    term: epochs.current,
    leader,
    lastApplied: delivered,
    lastIndex: history.lastIndex,
    snapshotIndex: snapshot?.index ?? 0,
    digest,
  }
}
