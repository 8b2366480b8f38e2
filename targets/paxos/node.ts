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
import type {Answer, Command} from '../state-machine/command.ts'
import {settingsFrom} from '../state-machine/settings.ts'
import {Acceptor} from './acceptor.ts'
import {type Ballot, ballotNumber, type CompareBallots, compareBallots, compareRounds, NO_BALLOT} from './ballot.ts'
import {Candidacy} from './candidacy.ts'
import {Leadership, type Waiting} from './leadership.ts'
import {Learner} from './learner.ts'
import type {Accept, Accepted, Fetch, Learn, PaxosMessage, Prepare, Promised, Proposal, Slot} from './messages.ts'
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
  readonly #learner: Learner
  readonly #acceptor: Acceptor

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
  /** Told to be chosen, in the ballot of the leader that told so. */
  #chosen: {readonly upTo: Slot; readonly ballot: Ballot} = {upTo: 0, ballot: NO_BALLOT}
  #fetching = false

  constructor(env: Env, {bugs, args}: TargetOptions) {
    this.#env = env
    this.#bugs = bugs
    this.#peers = env.nodes.filter((node) => node !== env.id)
    this.#settings = settingsFrom(SETTINGS, args)
    this.#compare = bugs.includes('reuse-ballot') ? compareRounds : compareBallots
    // Bug `minority-quorum`: half of the nodes, rounded down, counts as a majority.
    this.#quorum = Math.floor(env.nodes.length / 2) + (bugs.includes('minority-quorum') ? 0 : 1)
    this.#learner = new Learner(env.disk, this.#settings.sessions)
    this.#acceptor = new Acceptor(env.disk, this.#learner.applied, bugs)
    this.#round = this.#acceptor.promised.round
  }

  start(): void {
    const {promised, size} = this.#acceptor
    this.#env.log(`up: round ${promised.round} promised, ${size} votes, applied up to ${this.#learner.applied}`)
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
    this.#broadcast({type: 'prepare', ballot, from: this.#learner.applied + 1})
  }

  #onPrepare(from: NodeId, {ballot, from: slot}: Prepare): void {
    if (this.#isLoyal(from)) return
    if (!this.#acceptor.prepare(ballot)) {
      this.#send(from, {type: 'reject', promised: this.#acceptor.promised})
      return
    }
    this.#yieldTo(ballot, null)
    if (this.#leadership === undefined) this.#awaitLeader()
    const {applied} = this.#learner
    const votes = this.#acceptor.votesInARow(slot, applied)
    const complete = slot + votes.length > applied
    const open = this.#acceptor.votesFrom(Math.max(slot, applied + 1))
    this.#send(from, {
      type: 'promise',
      ballot,
      votes: complete ? [...votes, ...open] : open,
      snapshot: complete ? null : this.#learner.snapshot(),
    })
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
    if (promised.snapshot !== null) this.#install(promised.snapshot)
    candidacy.take(from, promised)
    if (candidacy.promises >= this.#quorum) this.#lead(candidacy)
  }

  #lead(candidacy: Candidacy): void {
    const {ballot} = candidacy
    const agenda = candidacy.agenda(this.#learner.applied)
    this.#candidacy = undefined
    this.#leadership = new Leadership(ballot, this.#quorum, agenda)
    this.#leader = this.#env.id
    this.#patience = 1
    this.#env.cancelTimer('takeover')
    this.#env.log(`leads round ${ballot.round} from slot ${agenda.next}, ${agenda.proposals.length} to propose again`)
    this.#env.event({type: 'leader', term: ballotNumber(ballot, this.#env.nodes), next: agenda.next})
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
    this.#broadcast({type: 'accept', ballot, proposals, chosen: this.#learner.applied})
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
      this.#send(peer, {type: 'accept', ballot, proposals, chosen: this.#learner.applied})
    }
    leadership.resent(resendTicks)
  }

  #onAccepted(from: NodeId, {ballot, slots}: Accepted): void {
    const leadership = this.#leadership
    if (leadership === undefined || !sameBallot(ballot, leadership.ballot)) return
    leadership.accepted(from, slots)
    for (;;) {
      const landed = leadership.land(this.#learner.applied + 1)
      if (landed === undefined) return
      const answer = this.#apply(landed.command)
      if (landed.client !== undefined) this.#reply(landed.client, answer)
    }
  }

  // Following.

  #onAccept(from: NodeId, {ballot, proposals, chosen}: Accept): void {
    if (!this.#acceptor.accept(ballot, proposals)) {
      this.#send(from, {type: 'reject', promised: this.#acceptor.promised})
      return
    }
    this.#yieldTo(ballot, from)
    if (from !== this.#env.id && this.#leadership === undefined) this.#follow(from)
    this.#send(from, {type: 'accepted', ballot, slots: proposals.map(({slot}) => slot)})
    if (chosen >= this.#chosen.upTo) this.#chosen = {upTo: chosen, ballot}
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
    this.#env.event({type: 'deposed', term: ballotNumber(leadership.ballot, this.#env.nodes)})
    for (const client of leadership.clients()) this.#reply(client, {type: 'deposed', leader})
    for (const {client} of this.#waiting) this.#reply(client, {type: 'redirect', leader})
    this.#waiting = []
  }

  // Learning.

  /**
   * Applies what the leader says is chosen, as far as we voted for it in the leader's own ballot: a vote in an older ballot
   * may be for something else. What is missing we ask for.
   */
  #catchUp(): void {
    if (this.#leadership !== undefined) return
    const {upTo, ballot} = this.#chosen
    for (let slot = this.#learner.applied + 1; slot <= upTo; slot++) {
      const vote = this.#acceptor.vote(slot)
      if (vote === undefined || this.#compare(vote.ballot, ballot) !== 0) {
        this.#fetch()
        return
      }
      this.#apply(vote.command)
    }
  }

  #fetch(): void {
    if (this.#fetching || this.#leader === null || this.#leader === this.#env.id) return
    this.#fetching = true
    this.#env.setTimer('fetch', FETCH_MS)
    this.#send(this.#leader, {type: 'fetch', from: this.#learner.applied + 1})
  }

  #onFetch(from: NodeId, {from: slot}: Fetch): void {
    const {applied} = this.#learner
    if (slot > applied) return
    const votes = this.#acceptor.votesInARow(slot, Math.min(applied, slot + this.#settings.batchCommands))
    this.#send(from, {type: 'learn', votes, snapshot: votes.length > 0 ? null : this.#learner.snapshot()})
  }

  #onLearn({votes, snapshot}: Learn): void {
    // A leader has everything that it does not know to be chosen in flight.
    if (this.#leadership !== undefined) return
    if (snapshot !== null) this.#install(snapshot)
    for (const vote of votes) {
      if (vote.slot !== this.#learner.applied + 1) continue
      this.#acceptor.learn(vote)
      this.#apply(vote.command)
    }
    this.#fetching = false
    this.#catchUp()
  }

  #apply(command: Command): Answer {
    const answer = this.#learner.apply(command)
    const {applied, saved} = this.#learner
    if (applied - saved >= this.#settings.snapshotSlots) {
      this.#learner.save()
      this.#acceptor.forget(applied - this.#settings.retainedSlots)
      this.#env.event({type: 'snapshot', slot: applied, digest: this.#learner.digest, votes: this.#acceptor.size})
    }
    return answer
  }

  #install(snapshot: Parameters<Learner['install']>[0]): void {
    if (!this.#learner.install(snapshot)) return
    this.#acceptor.forget(snapshot.slot)
    this.#env.log(`took over the state as of slot ${snapshot.slot}`)
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
    this.#env.reply(request, {...answer, attempt} as Message)
  }

  #status(): Message {
    const role = this.#leadership !== undefined ? 'leader' : this.#candidacy !== undefined ? 'candidate' : 'follower'
    const {applied, saved, digest} = this.#learner
    return {
      type: 'status',
      role,
      term: ballotNumber(this.#leadership?.ballot ?? this.#acceptor.promised, this.#env.nodes),
      leader: this.#leader,
      applied,
      snapshot: saved,
      votes: this.#acceptor.size,
      inFlight: this.#leadership?.inFlight ?? 0,
      digest,
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
