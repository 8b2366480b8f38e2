/**
 * The gossip node: answers clients from its own replica, whoever else is reachable, and spreads updates in two ways
 * (Demers et al., "Epidemic Algorithms for Replicated Database Maintenance", 1987):
 *
 * - *rumour mongering* (§1.4): a node that hears something new tells a few random peers, once ("infect and die"). Fast and
 *   cheap, but some nodes may never hear. A rumour says who was told, and nobody tells these again: five nodes pass on each
 *   update six times, where it was nine and a few had to wait for anti-entropy.
 * - *anti-entropy* (§1.3), push-pull: from time to time a node compares digests with a random peer, and each gives the other
 *   what it lacks. Slow and sure. What has been here for less than the time between two exchanges is left out: rumours are
 *   telling it.
 *
 *       A                          B
 *       │── digest(A's vector) ───►│
 *       │◄── delta(what A lacks) ──│   with B's vector
 *       │── delta(what B lacks) ──►│
 *
 * Rumours go to members that live, as SWIM has it (`swim/`); digests to anybody, since to be sure is what they are for.
 *
 * An update is on this node's disk before anybody hears of it: the client its acknowledgement, a peer the update itself
 * (else its number could be given twice), and a digest (else what peers conclude from it could become untrue).
 */
import type {Call, Env, Json, Message, Node, NodeId, RequestId} from '../../core/node.ts'
import type {TargetOptions} from '../../core/target.ts'
import {Hearing} from '../state-machine/hearing.ts'
import {settingsFrom} from '../state-machine/settings.ts'
import type {Vector} from './causal-context.ts'
import {Journal} from './journal.ts'
import {type Covers, isEmpty} from './live-updates.ts'
import {Replica} from './replica.ts'
import {SETTINGS} from './swim/settings.ts'
import {Swim} from './swim/swim.ts'
import type {Update} from './update.ts'

/** Peers that a rumour is told to. */
const FANOUT = 2
/** How long rumours are gathered before they are told, ms: many updates, one message. */
const RUMOUR_MS = 10
/** Time between two exchanges of digests that one node starts, ms; plus up to as much at random. */
const ANTI_ENTROPY_MS = 100
/** Updates in one delta. The rest follows at once. */
const DELTA_UPDATES = 1000

/** A peer that was not heard while so many exchanges were started is taken note of: some 3 s. */
const SILENT_EXCHANGES = 20
/** An exchange that brings so many updates at once is no routine: the two had lost touch. */
const CAUGHT_UP_UPDATES = 20

type Answer = {readonly type: 'ok'; readonly value: Json} | {readonly type: 'failed'; readonly error: string}

/** Updates that are to be told to others, and who was told them already, as far as this node knows. */
type Heard = {readonly told: readonly NodeId[]; readonly updates: Update[]}

type Rumour = {readonly type: 'rumour'} & Heard
type Digest = {readonly type: 'digest'; readonly vector: Vector}
type Delta = {
  readonly type: 'delta'
  readonly updates: readonly Update[]
  readonly covers: Covers
  readonly more: boolean
  /** The sender's own vector when it wants an answer, else null. */
  readonly vector: Vector | null
}
type PeerMessage = Rumour | Digest | Delta

export class GossipNode implements Node {
  readonly #env: Env
  readonly #hearing: Hearing
  readonly #peers: readonly NodeId[]
  readonly #bugs: readonly string[]
  readonly #replica: Replica
  readonly #journal: Journal
  readonly #swim: Swim
  /** How often this node has booted, and the ids that it has given since. */
  readonly #boots: number
  #ids = 0
  /** Heard, and not told yet; by the names of those who were told. */
  readonly #hot = new Map<string, Heard>()
  /** The greatest vector that each peer has sent: it has seen at least that. */
  readonly #known = new Map<NodeId, Vector>()
  /** What this node had seen when it last started an exchange, and at the time before. */
  #seen: Vector
  #settled: Vector
  /** Exchanges started since each peer was heard last. */
  readonly #silence = new Map<NodeId, number>()

  constructor(env: Env, {bugs, args}: Pick<TargetOptions, 'bugs' | 'args'>) {
    this.#env = env
    this.#hearing = new Hearing(env)
    env.disk.append('boots', '')
    env.disk.sync('boots')
    this.#boots = env.disk.read('boots').length
    this.#bugs = bugs
    this.#peers = env.nodes.filter((node) => node !== env.id)
    this.#replica = new Replica(env.id, () => env.now(), bugs)
    this.#journal = new Journal(env.disk, this.#replica)
    this.#seen = this.#replica.context.reached()
    this.#settled = this.#seen
    this.#swim = new Swim(env, settingsFrom(SETTINGS, args), bugs)
  }

  start(): void {
    this.#env.log(`up with ${this.#replica.size} live updates`)
    this.#scheduleAntiEntropy()
    this.#swim.start()
  }

  request(request: RequestId, message: Message): void {
    if (message.type === 'status') this.#env.reply(request, this.#status())
    if (message.type !== 'call') return
    const answer = this.#call(message as unknown as Call)
    this.#env.reply(request, {...answer, call: message['call'] as number})
  }

  message(from: NodeId, message: Message): void {
    const received = message as unknown as PeerMessage
    this.#noteHeard(from)
    if (this.#swim.message(from, message)) return
    if (received.type === 'rumour') this.#hearRumour(received)
    else if (received.type === 'digest') this.#answerDigest(from, received)
    else if (received.type === 'delta') this.#takeDelta(from, received)
  }

  timer(name: string): void {
    if (this.#swim.timer(name)) return
    if (name === 'rumour') this.#tellRumours()
    if (name === 'anti-entropy') this.#startAntiEntropy()
  }

  // Clients.

  #call({f, key, value}: Call): Answer {
    const replica = this.#replica
    const name = key ?? ''
    switch (f) {
      case 'read':
        return {type: 'ok', value: replica.registers.read(name)}
      case 'read-set':
        return {type: 'ok', value: replica.sets.read(name)}
      case 'read-counter':
        return {type: 'ok', value: replica.counters.read(name)}
      case 'members':
        return {type: 'ok', value: this.#swim.living}
      case 'write':
        return this.#publish(replica.write(name, value), value)
      case 'add':
        if (!isScalar(value)) return {type: 'failed', error: 'elements are numbers, strings, booleans or null'}
        return this.#publish(replica.add(name, value), value)
      case 'remove':
        return this.#publish(replica.remove(name, value), value)
      case 'increment':
        if (typeof value !== 'number') return {type: 'failed', error: 'not a number'}
        return this.#publish(replica.count(name, value), value)
      case 'generate':
        return {type: 'ok', value: this.#newId()}
      default:
        return {type: 'failed', error: `unknown function ${f}`}
    }
  }

  /** Nobody is asked: the node, its life, and how many it has given in it. */
  #newId(): Json {
    // Bug `clock-ids`: the time alone.
    if (this.#bugs.includes('clock-ids')) return Math.floor(this.#env.now())
    return `${this.#env.id}.${this.#boots}.${++this.#ids}`
  }

  /** A local update: to disk, then to the world. */
  #publish(update: Update | undefined, value: Json): Answer {
    if (update === undefined) return {type: 'failed', error: 'not found'}
    this.#journal.note([update])
    this.#journal.sync()
    this.#heat([update], [this.#env.id])
    return {type: 'ok', value}
  }

  // Rumour mongering.

  #heat(updates: readonly Update[], told: readonly NodeId[]): void {
    if (this.#peers.every((peer) => told.includes(peer))) return
    if (this.#hot.size === 0) this.#env.setTimer('rumour', RUMOUR_MS)
    const names = told.join()
    const heard = this.#hot.get(names)
    if (heard === undefined) this.#hot.set(names, {told, updates: [...updates]})
    else for (const update of updates) heard.updates.push(update)
  }

  #tellRumours(): void {
    const fanout = this.#bugs.includes('told-once') ? 1 : FANOUT
    const {living} = this.#swim
    // One order for all: then there are few to write to.
    const peers = this.#env.random.shuffle(this.#peers.filter((peer) => living.includes(peer)))
    for (const {told, updates} of this.#hot.values()) {
      const next = peers.filter((peer) => !told.includes(peer)).slice(0, fanout)
      const rumour: Rumour = {type: 'rumour', told: [...told, ...next], updates}
      for (const peer of next) this.#send(peer, rumour)
    }
    this.#hot.clear()
  }

  #hearRumour({told, updates}: Rumour): void {
    const news = updates.filter((update) => this.#replica.apply(update))
    if (news.length === 0) return
    this.#journal.note(news)
    this.#heat(news, told)
  }

  // Anti-entropy.

  #scheduleAntiEntropy(): void {
    this.#env.setTimer('anti-entropy', ANTI_ENTROPY_MS + this.#env.random.int(ANTI_ENTROPY_MS))
  }

  #startAntiEntropy(): void {
    this.#scheduleAntiEntropy()
    this.#noteSilence()
    this.#settled = this.#seen
    this.#seen = this.#replica.context.reached()
    this.#replica.forgetRemoves((origin) => this.#everybodyHas(origin))
    if (this.#peers.length > 0) this.#sendDigest(this.#env.random.pick(this.#peers))
  }

  #sendDigest(peer: NodeId): void {
    this.#send(peer, {type: 'digest', vector: this.#replica.context.vector()})
  }

  #answerDigest(peer: NodeId, {vector}: Digest): void {
    // Bug `one-way`: gossip is push only; what peers say they lack is ignored.
    if (this.#bugs.includes('one-way') || this.#bugs.includes('told-once')) return
    this.#learn(peer, vector)
    const mine = this.#replica.context
    const wanted = Object.entries(vector).some(([origin, upTo]) => upTo > mine.upTo(origin))
    const missing = this.#replica.since(vector, DELTA_UPDATES, this.#settled)
    if (!wanted && isEmpty(missing)) return
    this.#send(peer, {type: 'delta', ...missing, vector: wanted ? mine.vector() : null})
  }

  #takeDelta(peer: NodeId, {updates, covers, more, vector}: Delta): void {
    const news = updates.filter((update) => this.#replica.apply(update))
    const progress = this.#replica.cover(covers) || news.length > 0
    if (progress) this.#journal.note(news, covers)
    if (news.length >= CAUGHT_UP_UPDATES) this.#noteCaughtUp(peer, news.length)
    if (vector !== null) {
      this.#learn(peer, vector)
      const missing = this.#replica.since(vector, DELTA_UPDATES, this.#settled)
      if (!isEmpty(missing)) this.#send(peer, {type: 'delta', ...missing, vector: null})
    }
    // Without progress it was a repetition, and the first copy has been followed up already.
    if (more && progress) this.#sendDigest(peer)
  }

  // What this node says of itself, in its log and as events: only what is rare.

  #noteSilence(): void {
    for (const peer of this.#peers) {
      const exchanges = (this.#silence.get(peer) ?? 0) + 1
      this.#silence.set(peer, exchanges)
      if (exchanges < SILENT_EXCHANGES || !this.#hearing.missed(peer)) continue
      this.#env.log(`has not heard of ${peer} for ${exchanges} exchanges`)
    }
  }

  #noteHeard(peer: NodeId): void {
    if (this.#hearing.heard(peer)) this.#env.log(`hears ${peer} again`)
    this.#silence.set(peer, 0)
  }

  #noteCaughtUp(peer: NodeId, updates: number): void {
    this.#env.event({type: 'caught-up', from: peer, updates})
    this.#env.log(`learns ${updates} updates at once from ${peer}`)
  }

  #learn(peer: NodeId, vector: Vector): void {
    const known = this.#known.get(peer) ?? {}
    const greatest = {...known}
    for (const [origin, upTo] of Object.entries(vector)) greatest[origin] = Math.max(known[origin] ?? 0, upTo)
    this.#known.set(peer, greatest)
  }

  /** Up to which of this origin's updates everybody is known to have all. */
  #everybodyHas(origin: NodeId): number {
    let upTo = this.#replica.context.upTo(origin)
    for (const peer of this.#peers) upTo = Math.min(upTo, this.#known.get(peer)?.[origin] ?? 0)
    return upTo
  }

  #send(peer: NodeId, message: PeerMessage): void {
    this.#journal.sync()
    this.#env.send(peer, message as unknown as Message)
  }

  #status(): Message {
    const {context, size, fingerprint} = this.#replica
    const {living} = this.#swim
    // Copies are the same, and so is what is known of who lives.
    const digest = `${fingerprint} ${living.join(' ')}`
    return {type: 'status', role: 'peer', digest, updates: size, vector: context.vector(), living}
  }
}

function isScalar(value: Json): boolean {
  return typeof value !== 'object' || value === null
}
