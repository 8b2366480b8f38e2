/**
 * A broker of a partitioned, replicated log, after Kafka (Kreps, Narkhede, Rao 2011; KIP-101, KIP-500), with what can be made
 * of such a log: topics with subscribers, a consumer group, work queues. One idea a file:
 *
 * - `metadata.ts`        who leads which partition, in which epoch, with which in-sync replicas; `quorum.ts` keeps it in a Raft
 * - `replica.ts`         replication: fetching, high watermark, epochs; `partition-log.ts` what is on disk
 * - `state.ts`           records that are commands: `work-queue.ts`, `consumer-group.ts`
 * - `session.ts`         producers and consumers
 *
 * This file passes questions on to the leader of their partition, and keeps an eye on the other brokers.
 */
import type {Env, Json, Message, Node, NodeId, RequestId} from '../../core/node.ts'
import type {TargetOptions} from '../../core/target.ts'
import {Broker} from './broker.ts'
import type {Answer, BrokerMessage, Question} from './messages.ts'
import {create, elect, type Metadata, renew, restore} from './metadata.ts'
import {Quorum} from './quorum.ts'
import {Replica} from './replica.ts'

/** A question that was passed on and not answered is forgotten after this time, ms. */
const FORWARD_MS = 1000

export class BrokerNode implements Node {
  readonly #broker: Broker
  readonly #quorum: Quorum
  readonly #replicas = new Map<string, Replica>()
  readonly #heardMs = new Map<NodeId, number>()
  /** When each broker was last taken for dead. */
  readonly #missedMs = new Map<NodeId, number>()
  readonly #forwards = new Map<number, {readonly tell: (answer: Answer) => void; readonly sinceMs: number}>()
  readonly #creating = new Set<string>()
  #electing = false
  /** Whether what this broker led before it booted has a new epoch; until then it takes no notice of metadata. */
  #renewed = false
  #ids: number

  constructor(env: Env, options: TargetOptions) {
    this.#broker = new Broker(env, options)
    this.#ids = this.#broker.boots * 1e9
    this.#quorum = new Quorum(env, this.#broker.boots, (metadata) => this.#learn(metadata, true))
  }

  start(): void {
    const {env} = this.#broker
    env.log(`boot ${this.#broker.boots}`)
    for (const node of env.nodes) this.#heardMs.set(node, env.now())
    this.#quorum.start()
    // The first of all changes, so that the first metadata that the quorum tells is what this has come to.
    this.#quorum.change(renew(env.id))
    this.#tick()
  }

  timer(name: string): void {
    if (name === 'tick') this.#tick()
    else this.#quorum.timer(name)
  }

  request(request: RequestId, message: Message): void {
    const {env} = this.#broker
    if (message.type === 'status') env.reply(request, this.#status())
    if (message.type !== 'ask') return
    const {attempt, question} = message as unknown as {attempt: Json; question: Question}
    this.#route(question, (answer) => env.reply(request, {type: 'answer', attempt, answer: answer as Json}))
  }

  message(from: NodeId, received: Message): void {
    this.#heardMs.set(from, this.#broker.env.now())
    if (this.#quorum.message(from, received)) return
    const message = received as unknown as BrokerMessage
    if (message.type === 'metadata') this.#learn(message.metadata, false)
    else if (message.type === 'forward') {
      const {id, question} = message
      this.#here(question, (answer) => this.#broker.send(from, {type: 'forwarded', id, answer}))
    } else if (message.type === 'forwarded') {
      this.#forwards.get(message.id)?.tell(message.answer)
      this.#forwards.delete(message.id)
    } else if (message.type !== 'alive') {
      const replica = this.#replicas.get(message.key)
      if (message.type === 'fetch') replica?.fetched(from, message)
      else if (message.type === 'records') replica?.take(from, message)
      else if (message.type === 'diverged') replica?.cut(from, message)
      else replica?.fetch()
    }
  }

  // Questions.

  #route(question: Question, tell: (answer: Answer) => void): void {
    const {env, settings} = this.#broker
    const {key} = question
    const leader = this.#broker.partition(key)?.leader
    if (leader === env.id) this.#here(question, tell)
    else if (leader !== undefined && leader !== null) {
      const id = ++this.#ids
      this.#forwards.set(id, {tell, sinceMs: env.now()})
      this.#broker.send(leader, {type: 'forward', id, question})
    } else {
      if (leader === undefined && !this.#creating.has(key)) {
        this.#creating.add(key)
        this.#quorum.change(create([key], env.nodes, settings.replicas), () => this.#creating.delete(key))
      }
      tell({type: 'elsewhere'})
    }
  }

  #here(question: Question, tell: (answer: Answer) => void): void {
    const replica = this.#replicas.get(question.key)
    if (replica === undefined) tell({type: 'elsewhere'})
    else if (question.type === 'append') replica.append(question, tell)
    else replica.read(question, tell)
  }

  // Metadata.

  #learn(metadata: Metadata, first: boolean): void {
    const broker = this.#broker
    this.#renewed ||= first
    if (!this.#renewed || metadata.version <= broker.metadata.version) return
    broker.metadata = metadata
    for (const [key, {replicas}] of Object.entries(metadata.partitions)) {
      if (!replicas.includes(broker.env.id)) continue
      let replica = this.#replicas.get(key)
      if (replica === undefined) {
        replica = new Replica(broker, key, (edit, done) => this.#quorum.change(edit, done))
        this.#replicas.set(key, replica)
      }
      replica.learn()
    }
    if (!first) return
    for (const node of broker.env.nodes) if (node !== broker.env.id) broker.send(node, {type: 'metadata', metadata})
  }

  #tick(): void {
    const {env, settings} = this.#broker
    env.setTimer('tick', settings.tickMs)
    for (const node of env.nodes) if (node !== env.id) this.#broker.send(node, {type: 'alive'})
    for (const [id, {sinceMs}] of this.#forwards) {
      if (env.now() - sinceMs > FORWARD_MS) this.#forwards.delete(id)
    }
    this.#quorum.refresh()
    for (const replica of this.#replicas.values()) replica.tend()
    if (this.#quorum.leads) this.#control()
  }

  /** What the controller does: nobody dead leads, and whoever is back gets back what it led. */
  #control(): void {
    const {env, settings, metadata} = this.#broker
    const nowMs = env.now()
    const alive = new Set<NodeId>()
    for (const node of env.nodes) {
      if (node === env.id || nowMs - (this.#heardMs.get(node) ?? 0) < settings.deadMs) alive.add(node)
      else this.#missedMs.set(node, nowMs)
    }
    const steady = [...alive].filter((node) => nowMs - (this.#missedMs.get(node) ?? 0) > settings.preferMs)
    if (this.#electing) return
    const edits = [elect(alive, this.#broker.has('unclean-election')), restore(new Set(steady))]
    const edit = edits.find((candidate) => candidate(metadata) !== undefined)
    if (edit === undefined) return
    this.#electing = true
    this.#quorum.change(edit, () => {
      this.#electing = false
    })
  }

  #status(): Message {
    const {env, metadata} = this.#broker
    const settled = [...this.#replicas.values()].every((replica) => replica.settled)
    return {
      type: 'status',
      role: 'broker',
      controller: this.#quorum.leads,
      ready: this.#quorum.leader !== null,
      partitions: Object.keys(metadata.partitions).length,
      digest: settled ? `metadata ${metadata.version}, in step` : `${env.id} is not in step`,
    }
  }
}
