/**
 * A node of `paxos`: proposer, acceptor and learner in one ("Paxos Made Simple", Lamport 2001, section 3; "Paxos Made
 * Live", Chandra, Griesemer, Redstone 2007). One node at a time leads, having done phase 1 for all slots to come; commands
 * then take phase 2 only, one round trip to a majority.
 *
 *     follower ──silence──► candidate ──promises of a majority──► leader
 *        ▲                      │ a higher ballot                   │ a higher ballot, or no majority answers
 *        └──────────────────────┴───────────────────────────────────┘
 *
 * Reads are commands like any other: they go through the log.
 */
import type {Env, Json, Message, Node, NodeId, RequestId} from '../../core/node.ts'
import type {TargetOptions} from '../../core/target.ts'
import type {Command} from '../state-machine/command.ts'
import {onAccept, onReject} from './following.ts'
import {catchUp, onFetch, onLearn} from './learning.ts'
import type {PaxosMessage} from './messages.ts'
import {Office} from './office.ts'
import {campaign, onPrepare, onPromise} from './phase-one.ts'
import {heartbeat, onAccepted, proposeWaiting} from './phase-two.ts'

export class PaxosNode implements Node {
  readonly #office: Office

  constructor(env: Env, options: TargetOptions) {
    this.#office = new Office(env, options, (from, message) => this.message(from, message))
  }

  start(): void {
    const {env, round, log} = this.#office
    const {applied, votes} = log.state
    env.log(`up: round ${round} promised, ${votes} votes, applied up to ${applied}`)
    this.#office.awaitLeader()
  }

  request(request: RequestId, message: Message): void {
    const office = this.#office
    if (message.type === 'status') {
      office.env.reply(request, office.status())
      return
    }
    const client = {request, attempt: message['attempt'] ?? null}
    if (office.leadership === undefined) {
      office.reply(client, {type: 'redirect', leader: office.leader})
      return
    }
    if (office.waiting.length === 0) office.env.setTimer('propose', office.settings.batchMs)
    office.waiting.push({command: commandOf(message), client})
  }

  message(from: NodeId, message: Message): void {
    const office = this.#office
    const received = message as unknown as PaxosMessage
    if (received.type === 'prepare') onPrepare(office, from, received)
    else if (received.type === 'promise') onPromise(office, from, received)
    else if (received.type === 'accept') onAccept(office, from, received)
    else if (received.type === 'accepted') onAccepted(office, from, received)
    else if (received.type === 'reject') onReject(office, received.promised)
    else if (received.type === 'fetch') onFetch(office, from, received)
    else if (received.type === 'learn') onLearn(office, received)
  }

  timer(name: string): void {
    const office = this.#office
    if (name === 'takeover') campaign(office)
    else if (name === 'heartbeat') heartbeat(office)
    else if (name === 'propose') proposeWaiting(office)
    else if (name === 'loyalty') office.loyal = false
    else if (name === 'fetch') {
      office.fetching = false
      catchUp(office)
    }
  }
}

/** What a request asks the state machine to do. */
function commandOf(message: Message): Command {
  const {type, session, seq, f, key, value} = message as Message & Record<string, Json>
  if (type === 'open') return {type}
  if (type === 'read') return {type, f: f as string, key: key as string | null}
  return {type: 'call', session, seq, f, key, value} as Command
}
