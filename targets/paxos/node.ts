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
import {type Answer, answering, type Command} from '../state-machine/command.ts'
import {foldCommand} from '../state-machine/digest.ts'
import {settingsFrom} from '../state-machine/settings.ts'
import {type Ballot, ballotNumber, type CompareBallots, compareBallots, compareRounds} from './ballot.ts'
import {Candidacy} from './candidacy.ts'
import {Leadership, type Waiting} from './leadership.ts'
import {Log} from './log.ts'
import type {Accept, Accepted, Fetch, Learn, PaxosMessage, Prepare, Promised, Proposal} from './messages.ts'
import {SETTINGS, type Settings} from './settings.ts'

/** How long an unanswered `fetch` stops another, ms. */
const FETCH_MS = 100

export class PaxosNode implements Node {
  readonly #env: Env
  readonly #peers: readonly NodeId[]
  readonly #bugs: readonly string[]
  readonly #settings: Settings
  readonly #compare: CompareBallots
  readonly #quorum: number
  readonly #log: Log

  #candidacy: Candidacy | undefined
  #leadership: Leadership | undefined
  /** Who leads as far as we know, and whether we have heard it lately. */
  #leader: NodeId | null = null
  #loyal = false
  /** The highest round that we know of. */
  #round: number
  #patience = 1
  /** Requests that the leader has not proposed yet. */
  #waiting: {readonly command: Command; readonly client: Waiting}[] = []
  #fetching = false

  constructor(env: Env, {bugs, args}: TargetOptions) {
    this.#env = env
    this.#bugs = bugs
    this.#peers = env.nodes.filter((node) => node !== env.id)
    this.#settings = settingsFrom(SETTINGS, args)
    this.#compare = bugs.includes('reuse-ballot') ? compareRounds : compareBallots
    // Bug `minority-quorum`: half of the nodes, rounded down, counts as a majority.
    this.#quorum = Math.floor(env.nodes.length / 2) + (bugs.includes('minority-quorum') ? 0 : 1)
    this.#log = new Log(env.disk, this.#settings, bugs, this.#compare, (event) => env.event(event))
    this.#round = this.#log.acceptor.promised.round
  }

  start(): void {
    const {applied, votes} = this.#log.state
    this.#env.log(`up: round ${this.#round} promised, ${votes} votes, applied up to ${applied}`)
    this.#awaitLeader()
  }

  request(request: RequestId, message: Message): void {
    if (message.type === 'status') {
      this.#env.reply(request, this.#status())
      return
    }
    const client = {request, attempt: message['attempt'] ?? null}
    if (this.#leadership === undefined) {
      this.#reply(client, {type: 'redirect', leader: this.#leader})
      return
    }
    if (this.#waiting.length === 0) this.#env.setTimer('propose', this.#settings.batchMs)
    this.#waiting.push({command: commandOf(message), client})
  }

  message(from: NodeId, message: Message): void {
    const received = message as unknown as PaxosMessage
    if (received.type === 'prepare') this.#onPrepare(from, received)
    else if (received.type === 'promise') this.#onPromise(from, received)
    else if (received.type === 'accept') this.#onAccept(from, received)
    else if (received.type === 'accepted') this.#onAccepted(from, received)
    else if (received.type === 'reject') this.#onReject(received.promised)
    else if (received.type === 'fetch') this.#onFetch(from, received)
    else if (received.type === 'learn') this.#onLearn(received)
  }

  timer(name: string): void {
    if (name === 'takeover') this.#campaign()
    else if (name === 'heartbeat') this.#heartbeat()
    else if (name === 'propose') this.#proposeWaiting()
    else if (name === 'loyalty') this.#loyal = false
    else if (name === 'fetch') {
      this.#fetching = false
      this.#catchUp()
    }
  }

  // Becoming leader: phase 1.

  /** Waits for a sign of life of some leader, and takes over when there is none. */
  #awaitLeader(): void {
    const {takeoverMs} = this.#settings
    this.#env.setTimer('takeover', takeoverMs * this.#patience * (1 + this.#env.random.next()))
  }

  #campaign(): void {
    this.#resign(null)
    this.#round++
    const ballot = {round: this.#round, node: this.#env.id}
    this.#candidacy = new Candidacy(ballot, this.#bugs)
    this.#awaitLeader()
    this.#patience = Math.min(this.#settings.patience, this.#patience * 2)
    this.#env.event({type: 'candidate', term: this.#term(ballot), to: this.#peers})
    this.#env.log(`prepares round ${ballot.round} from slot ${this.#log.applied + 1}`)
    this.#broadcast({type: 'prepare', ballot, from: this.#log.applied + 1})
  }

  #onPrepare(from: NodeId, {ballot, from: slot}: Prepare): void {
    if (this.#isLoyal(from)) return
    const granted = this.#log.acceptor.prepare(ballot)
    if (from !== this.#env.id) this.#notePromise(from, ballot, granted)
    if (!granted) {
      this.#send(from, {type: 'reject', promised: this.#log.acceptor.promised})
      return
    }
    this.#yieldTo(ballot, null)
    if (this.#leadership === undefined) this.#awaitLeader()
    this.#send(from, {type: 'promise', ballot, ...this.#log.report(slot)})
  }

  /**
   * Whether we hear from a leader, and so let nobody else take over: a node that is cut off, or that cannot hear, would
   * otherwise depose good leaders for nothing. It costs no safety, for an acceptor may stay silent at any time.
   */
  #isLoyal(candidate: NodeId): boolean {
    if (this.#settings.sticky === 0 || candidate === this.#leader || candidate === this.#env.id) return false
    return this.#leadership !== undefined || this.#loyal
  }

  #onPromise(from: NodeId, promised: Promised): void {
    const candidacy = this.#candidacy
    if (candidacy === undefined || !sameBallot(promised.ballot, candidacy.ballot)) return
    if (promised.snapshot !== null) this.#log.install(promised.snapshot)
    candidacy.take(from, promised)
    if (candidacy.promises >= this.#quorum) this.#lead(candidacy)
  }

  #lead(candidacy: Candidacy): void {
    const {ballot} = candidacy
    const agenda = candidacy.agenda(this.#log.applied)
    this.#candidacy = undefined
    this.#leadership = new Leadership(ballot, this.#quorum, agenda)
    this.#leader = this.#env.id
    this.#patience = 1
    this.#env.cancelTimer('takeover')
    this.#env.log(`leads round ${ballot.round} from slot ${agenda.next}, ${agenda.proposals.length} to propose again`)
    this.#env.event({type: 'leader', term: this.#term(ballot), next: agenda.next})
    this.#env.setTimer('heartbeat', this.#settings.heartbeatMs)
    this.#sendAccept(agenda.proposals)
  }

  // Leading: phase 2.

  #proposeWaiting(): void {
    const leadership = this.#leadership
    if (leadership === undefined) return
    const waiting = this.#waiting.splice(0, this.#settings.batchCommands)
    if (this.#waiting.length > 0) this.#env.setTimer('propose', 0)
    this.#sendAccept(waiting.map(({command, client}) => leadership.propose(command, client)))
  }

  /** Proposals, or a sign of life, to everybody. */
  #sendAccept(proposals: readonly Proposal[]): void {
    if (this.#leadership === undefined) return
    const {ballot} = this.#leadership
    for (const {slot, command} of proposals) {
      if (slot % this.#settings.eventSlots === 0) {
        this.#env.event({type: 'proposed', slot, value: foldCommand(0, command)})
      }
    }
    this.#broadcast({type: 'accept', ballot, proposals, chosen: this.#log.applied})
  }

  #heartbeat(): void {
    const leadership = this.#leadership
    if (leadership === undefined) return
    const {heartbeatMs, takeoverMs, resendMs, batchCommands, checkQuorum} = this.#settings
    leadership.tick()
    if (checkQuorum !== 0 && !leadership.hearsMajority((4 * takeoverMs) / heartbeatMs)) {
      this.#env.log(`hears no majority, gives up round ${leadership.ballot.round}`)
      this.#resign(null)
      this.#awaitLeader()
      return
    }
    this.#env.setTimer('heartbeat', heartbeatMs)
    const {ballot} = leadership
    const resendTicks = resendMs / heartbeatMs
    for (const peer of this.#peers) {
      const proposals = leadership.overdue(peer, resendTicks, batchCommands)
      this.#send(peer, {type: 'accept', ballot, proposals, chosen: this.#log.applied})
    }
    leadership.resent(resendTicks)
  }

  #onAccepted(from: NodeId, {ballot, slots}: Accepted): void {
    const leadership = this.#leadership
    if (leadership === undefined || !sameBallot(ballot, leadership.ballot)) return
    leadership.accepted(from, slots)
    for (;;) {
      const landed = leadership.land(this.#log.applied + 1)
      if (landed === undefined) return
      const answer = this.#log.apply(landed.command)
      if (landed.client !== undefined) this.#reply(landed.client, answer)
    }
  }

  // Following.

  #onAccept(from: NodeId, {ballot, proposals, chosen}: Accept): void {
    if (!this.#log.acceptor.accept(ballot, proposals)) {
      this.#send(from, {type: 'reject', promised: this.#log.acceptor.promised})
      return
    }
    const before = this.#leader
    this.#yieldTo(ballot, from)
    if (from !== this.#env.id && this.#leadership === undefined) {
      if (before !== from) this.#noteLeader(from, ballot)
      this.#follow(from)
    }
    this.#send(from, {type: 'accepted', ballot, slots: proposals.map(({slot}) => slot)})
    this.#log.hearChosen(chosen, ballot)
    this.#catchUp()
  }

  #follow(leader: NodeId): void {
    this.#leader = leader
    this.#patience = 1
    this.#loyal = true
    this.#env.setTimer('loyalty', this.#settings.takeoverMs - this.#settings.heartbeatMs)
    this.#awaitLeader()
  }

  /** Somebody has a higher ballot than ours: our time is over. */
  #yieldTo(ballot: Ballot, leader: NodeId | null): void {
    this.#round = Math.max(this.#round, ballot.round)
    const ours = this.#leadership?.ballot ?? this.#candidacy?.ballot
    if (ours === undefined || this.#compare(ballot, ours) <= 0) return
    this.#resign(leader)
    this.#awaitLeader()
  }

  #onReject(promised: Ballot): void {
    this.#round = Math.max(this.#round, promised.round)
    if (this.#leadership === undefined || this.#compare(promised, this.#leadership.ballot) <= 0) return
    this.#resign(null)
    // Somebody has tried to take over in vain: a leader that is followed gets a higher ballot at once, unless loyalty is
    // off and two of us could do this to each other for ever.
    if (this.#settings.sticky !== 0) this.#campaign()
    else this.#awaitLeader()
  }

  /** Leaves office. Whoever waits for a command in flight cannot know what becomes of it. */
  #resign(leader: NodeId | null): void {
    this.#candidacy = undefined
    this.#leader = leader
    const leadership = this.#leadership
    if (leadership === undefined) return
    this.#leadership = undefined
    this.#env.cancelTimer('heartbeat')
    this.#env.event({type: 'deposed', term: this.#term(leadership.ballot)})
    this.#env.log(`leads no more: round ${leadership.ballot.round}${leader === null ? '' : `, follows ${leader}`}`)
    for (const client of leadership.clients()) this.#reply(client, {type: 'deposed', leader})
    for (const {client} of this.#waiting) this.#reply(client, {type: 'redirect', leader})
    this.#waiting = []
  }

  // Learning.

  /** Applies what the leader says is chosen, and asks it for what is missing. A leader has it all in flight itself. */
  #catchUp(): void {
    if (this.#leadership !== undefined || this.#log.catchUp()) return
    if (this.#fetching || this.#leader === null) return
    this.#fetching = true
    this.#env.setTimer('fetch', FETCH_MS)
    this.#send(this.#leader, {type: 'fetch', from: this.#log.applied + 1})
  }

  #onFetch(from: NodeId, {from: slot}: Fetch): void {
    if (slot <= this.#log.applied) this.#send(from, this.#log.teach(slot))
  }

  #onLearn(learn: Learn): void {
    if (this.#leadership !== undefined) return
    this.#log.learn(learn)
    this.#fetching = false
    this.#catchUp()
  }

  // What this node says of itself, in its log and as events: only what is rare.

  #term(ballot: Ballot): number {
    return ballotNumber(ballot, this.#env.nodes)
  }

  #notePromise(to: NodeId, ballot: Ballot, granted: boolean): void {
    const {round, node} = this.#log.acceptor.promised
    this.#env.event({type: 'vote', term: this.#term(ballot), to, granted})
    this.#env.log(
      granted
        ? `promises round ${ballot.round} to ${to}`
        : `refuses ${to} round ${ballot.round}: promised round ${round} to ${node}`,
    )
  }

  #noteLeader(leader: NodeId, ballot: Ballot): void {
    this.#env.event({type: 'follower', term: this.#term(ballot), leader})
    this.#env.log(`follows ${leader} in round ${ballot.round}`)
  }

  // Talking.

  /** To everybody, ourselves first: our own vote counts, and must be on disk before others act on our behalf. */
  #broadcast(message: PaxosMessage): void {
    this.#send(this.#env.id, message)
    for (const peer of this.#peers) this.#send(peer, message)
  }

  #send(to: NodeId, message: PaxosMessage): void {
    if (to === this.#env.id) this.message(to, message as unknown as Message)
    else this.#env.send(to, message as unknown as Message)
  }

  #reply({request, attempt}: Waiting, answer: Answer | {type: 'redirect' | 'deposed'; leader: NodeId | null}): void {
    if (answer.type === 'redirect' || answer.type === 'deposed') {
      this.#env.reply(request, {type: answer.type, leader: answer.leader, attempt})
    } else this.#env.reply(request, answering(answer as Answer, attempt))
  }

  #status(): Message {
    const role = this.#leadership !== undefined ? 'leader' : this.#candidacy !== undefined ? 'candidate' : 'follower'
    return {
      type: 'status',
      role,
      term: this.#term(this.#leadership?.ballot ?? this.#log.acceptor.promised),
      leader: this.#leader,
      inFlight: this.#leadership?.inFlight ?? 0,
      ...this.#log.state,
    }
  }
}

function sameBallot(left: Ballot, right: Ballot): boolean {
  return compareBallots(left, right) === 0
}

/** What a request asks the state machine to do. */
function commandOf(message: Message): Command {
  const {type, session, seq, f, key, value} = message as Message & Record<string, Json>
  if (type === 'open') return {type}
  if (type === 'read') return {type, f: f as string, key: key as string | null}
  return {type: 'call', session, seq, f, key, value} as Command
}
