/**
 * What a node is at the moment (following, standing for leader, or leading) and how it talks. The rules, each in a file of its
 * own, change this state and nothing else: phase one, phase two, following, learning.
 */
import type {Env, Message, NodeId} from '../../core/node.ts'
import type {TargetOptions} from '../../core/target.ts'
import {type Answer, answering, type Command} from '../state-machine/command.ts'
import {settingsFrom} from '../state-machine/settings.ts'
import {type Ballot, ballotNumber, type CompareBallots, compareBallots, compareRounds} from './ballot.ts'
import type {Candidacy} from './candidacy.ts'
import type {Leadership, Waiting} from './leadership.ts'
import {Log} from './log.ts'
import type {PaxosMessage} from './messages.ts'
import {SETTINGS, type Settings} from './settings.ts'

export class Office {
  readonly env: Env
  readonly peers: readonly NodeId[]
  readonly bugs: readonly string[]
  readonly settings: Settings
  readonly compare: CompareBallots
  readonly quorum: number
  readonly log: Log
  /** Hands a message of our own to ourselves. */
  readonly deliver: (from: NodeId, message: Message) => void

  candidacy: Candidacy | undefined
  leadership: Leadership | undefined
  /** Who leads as far as we know, and whether we have heard it lately. */
  leader: NodeId | null = null
  loyal = false
  /** The highest round that we know of. */
  round: number
  patience = 1
  /** Requests that the leader has not proposed yet. */
  waiting: {readonly command: Command; readonly client: Waiting}[] = []
  fetching = false

  constructor(env: Env, {bugs, args}: TargetOptions, deliver: (from: NodeId, message: Message) => void) {
    this.env = env
    this.bugs = bugs
    this.deliver = deliver
    this.peers = env.nodes.filter((node) => node !== env.id)
    this.settings = settingsFrom(SETTINGS, args)
    this.compare = bugs.includes('reuse-ballot') ? compareRounds : compareBallots
    // Bug `minority-quorum`: half of the nodes, rounded down, counts as a majority.
    this.quorum = Math.floor(env.nodes.length / 2) + (bugs.includes('minority-quorum') ? 0 : 1)
    this.log = new Log(env.disk, this.settings, bugs, this.compare, (event) => env.event(event))
    this.round = this.log.acceptor.promised.round
  }

  /** Waits for a sign of life of some leader, and takes over when there is none. */
  awaitLeader(): void {
    const {takeoverMs} = this.settings
    this.env.setTimer('takeover', takeoverMs * this.patience * (1 + this.env.random.next()))
  }

  /** Somebody has a higher ballot than ours: our time is over. */
  yieldTo(ballot: Ballot, leader: NodeId | null): void {
    this.round = Math.max(this.round, ballot.round)
    const ours = this.leadership?.ballot ?? this.candidacy?.ballot
    if (ours === undefined || this.compare(ballot, ours) <= 0) return
    this.resign(leader)
    this.awaitLeader()
  }

  /** Leaves office. Whoever waits for a command in flight cannot know what becomes of it. */
  resign(leader: NodeId | null): void {
    this.candidacy = undefined
    this.leader = leader
    const leadership = this.leadership
    if (leadership === undefined) return
    this.leadership = undefined
    this.env.cancelTimer('heartbeat')
    this.env.event({type: 'deposed', term: this.term(leadership.ballot)})
    this.env.log(`leads no more: round ${leadership.ballot.round}${leader === null ? '' : `, follows ${leader}`}`)
    for (const client of leadership.clients()) this.reply(client, {type: 'deposed', leader})
    for (const {client} of this.waiting) this.reply(client, {type: 'redirect', leader})
    this.waiting = []
  }

  term(ballot: Ballot): number {
    return ballotNumber(ballot, this.env.nodes)
  }

  /** To everybody, ourselves first: our own vote counts, and must be on disk before others act on our behalf. */
  broadcast(message: PaxosMessage): void {
    this.send(this.env.id, message)
    for (const peer of this.peers) this.send(peer, message)
  }

  send(to: NodeId, message: PaxosMessage): void {
    if (to === this.env.id) this.deliver(to, message as unknown as Message)
    else this.env.send(to, message as unknown as Message)
  }

  reply({request, attempt}: Waiting, answer: Answer | {type: 'redirect' | 'deposed'; leader: NodeId | null}): void {
    if (answer.type === 'redirect' || answer.type === 'deposed') {
      this.env.reply(request, {type: answer.type, leader: answer.leader, attempt})
    } else this.env.reply(request, answering(answer as Answer, attempt))
  }

  status(): Message {
    const role = this.leadership !== undefined ? 'leader' : this.candidacy !== undefined ? 'candidate' : 'follower'
    return {
      type: 'status',
      role,
      term: this.term(this.leadership?.ballot ?? this.log.acceptor.promised),
      leader: this.leader,
      inFlight: this.leadership?.inFlight ?? 0,
      ...this.log.state,
    }
  }
}
