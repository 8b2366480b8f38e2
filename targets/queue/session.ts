/**
 * Producers and consumers. Each asks the broker that it is pinned to, or the next one while that does not answer, with the
 * same number for a retry, so that what was appended once is not appended again.
 *
 * A consumer keeps its own position in each partition. In the group it asks, with every poll, which partitions are its own;
 * one that it has lost it does not take up again before it subscribes anew, since others have gone on from what was committed.
 */
import type {Call, Json, Message, NodeId, Session, SessionEnv} from '../../core/node.ts'
import type {TargetOptions} from '../../core/target.ts'
import {settingsFrom} from '../state-machine/settings.ts'
import type {GroupCommand} from './consumer-group.ts'
import type {Answer, Question} from './messages.ts'
import {SETTINGS} from './settings.ts'
import {KINDS} from './state.ts'
import type {QueueCommand} from './work-queue.ts'

export const PATIENCE = {
  /** An attempt that is unanswered for so long is made again elsewhere, ms. */
  attemptMs: 200,
  /** Wait before another attempt where nobody leads, ms. */
  backoffMs: 40,
  /** A call is given up after this time, ms. */
  giveUpMs: 800,
}

const GROUP = `${KINDS.group}/consumers`

/** By key. */
type Offsets = Readonly<Record<string, number>>

type Then = (answer: Answer | undefined) => void

export class QueueSession implements Session {
  readonly #env: SessionEnv
  readonly #workload: string
  readonly #patience: typeof PATIENCE
  readonly #acks: number
  #target: NodeId
  #seq = 0
  #attempt = 0
  #startMs = 0
  /** What is being asked, and what is to be done with the answer. */
  #asking: {readonly question: Question; readonly then: Then} | undefined
  /** The next offset of each partition that is consumed. */
  #positions = new Map<string, number>()
  #grouped = false
  readonly #lost = new Set<string>()

  constructor(env: SessionEnv, {args}: TargetOptions) {
    this.#env = env
    this.#workload = args['workload'] ?? 'log'
    this.#patience = settingsFrom(PATIENCE, args)
    this.#acks = settingsFrom(SETTINGS, args).acks
    this.#target = env.home
  }

  invoke({f, key, value}: Call): void {
    this.#startMs = this.#env.now()
    const name = key ?? ''
    if (f === 'send') this.#produce(KINDS.log, name, value, (offset) => offset)
    else if (f === 'publish') this.#produce(KINDS.topic, name, value, () => value)
    else if (f === 'enqueue') this.#produce(KINDS.queue, name, put(value), () => value)
    else if (f === 'dequeue') this.#dequeue(`${KINDS.queue}/${name}`)
    else if (f === 'subscribe' && this.#workload === 'pubsub') this.#listen(name)
    else if ((f === 'assign' || f === 'subscribe') && !isNames(value)) this.#env.fail(`${f} wants a list of keys`)
    else if (f === 'assign') this.#assign(value as readonly string[])
    else if (f === 'subscribe') this.#join(value as readonly string[])
    else if (f === 'commit') isOffsets(value) ? this.#store(value) : this.#commit()
    else if (f === 'committed') this.#committed(value as readonly string[])
    else if (f === 'poll' && isOffsets(value)) this.#pollFrom(value)
    else if (f === 'poll') this.#grouped ? this.#pollAsMember() : this.#poll((records) => records)
    else if (f === 'receive') this.#poll((records) => records.map(([, message]) => message))
    else this.#env.fail(`unknown function ${f}`)
  }

  // Producing.

  #produce(kind: string, key: string, value: Json, result: (offset: number) => Json): void {
    const question = this.#append(`${kind}/${key}`, value)
    if (this.#acks === 0) {
      this.#env.send(this.#target, {type: 'ask', attempt: ++this.#attempt, question: question as Json})
      this.#env.ok(null)
      return
    }
    this.#ask(question, (answer) => {
      if (answer?.type === 'appended') this.#env.ok(result(answer.offset))
      else this.#env.unknown('not acknowledged')
    })
  }

  #append(key: string, value: Json | QueueCommand | GroupCommand): Question {
    return {type: 'append', key, producer: this.#env.id, seq: ++this.#seq, value: value as Json}
  }

  // Work queues.

  #dequeue(key: string): void {
    this.#ask(this.#append(key, {kind: 'take'}), (answer) => {
      // Whatever may have been handed out and did not arrive will be handed out again.
      if (answer?.type !== 'appended') {
        this.#env.fail('nothing was handed out')
        return
      }
      const handed = answer.result as {message: number; value: Json} | null
      if (handed === null) {
        this.#env.ok(null)
        return
      }
      const ack = this.#append(key, {kind: 'ack', message: handed.message})
      this.#env.send(this.#target, {type: 'ask', attempt: ++this.#attempt, question: ack as Json})
      this.#env.ok(handed.value)
    })
  }

  // Consuming.

  #assign(keys: readonly string[]): void {
    this.#positions = new Map(keys.map((key) => [`${KINDS.log}/${key}`, 0]))
    if (!this.#grouped) {
      this.#env.ok(keys)
      return
    }
    this.#grouped = false
    this.#ask(this.#append(GROUP, {kind: 'leave'}), () => this.#env.ok(keys))
  }

  #listen(topic: string): void {
    const key = `${KINDS.topic}/${topic}`
    this.#ask({type: 'read', key, offset: null}, (answer) => {
      if (answer?.type !== 'records-read') {
        this.#env.fail('no leader')
        return
      }
      // A second subscription changes nothing: what came since the first is still to be received.
      if (!this.#positions.has(key)) this.#positions.set(key, answer.next)
      this.#env.ok(null)
    })
  }

  #join(keys: readonly string[]): void {
    const command: GroupCommand = {kind: 'join', keys: keys.map((key) => `${KINDS.log}/${key}`)}
    this.#ask(this.#append(GROUP, command), (answer) => {
      if (answer?.type !== 'appended' || answer.result === null) {
        this.#env.unknown('no answer from the group')
        return
      }
      this.#grouped = true
      this.#positions = new Map(Object.entries(answer.result as Record<string, number>))
      this.#lost.clear()
      this.#env.ok(keys)
    })
  }

  #pollAsMember(): void {
    this.#ask(this.#append(GROUP, {kind: 'beat'}), (answer) => {
      if (answer?.type !== 'appended' || answer.result === null) {
        this.#env.fail(answer === undefined ? 'no answer from the group' : 'not in the group any more')
        return
      }
      const own = answer.result as Record<string, number>
      for (const key of this.#positions.keys()) {
        if (Object.hasOwn(own, key)) continue
        this.#positions.delete(key)
        this.#lost.add(key)
      }
      for (const [key, committed] of Object.entries(own)) {
        if (!this.#positions.has(key) && !this.#lost.has(key)) this.#positions.set(key, committed)
      }
      this.#poll((records) => records)
    })
  }

  #commit(): void {
    if (!this.#grouped) {
      this.#env.fail('in no group')
      return
    }
    this.#ask(this.#append(GROUP, {kind: 'commit', offsets: Object.fromEntries(this.#positions)}), (answer) => {
      if (answer?.type !== 'appended') {
        this.#env.unknown('no answer from the group')
        return
      }
      const kept = Object.entries((answer.result ?? {}) as Record<string, number>)
      this.#env.ok(Object.fromEntries(kept.map(([key, offset]) => [bare(key), offset])))
    })
  }

  // Consuming without a memory of one's own: the caller says where.

  #pollFrom(offsets: Offsets): void {
    this.#positions = new Map(Object.entries(prefixed(offsets)))
    this.#poll((records) => records)
  }

  #store(offsets: Offsets): void {
    this.#ask(this.#append(GROUP, {kind: 'store', offsets: prefixed(offsets)}), (answer) => {
      if (answer?.type === 'appended') this.#env.ok(null)
      else this.#env.unknown('no answer from the group')
    })
  }

  #committed(keys: readonly string[]): void {
    const command: GroupCommand = {kind: 'committed', keys: keys.map((key) => `${KINDS.log}/${key}`)}
    this.#ask(this.#append(GROUP, command), (answer) => {
      if (answer?.type !== 'appended') {
        this.#env.fail('no answer from the group')
        return
      }
      const kept = Object.entries((answer.result ?? {}) as Offsets)
      this.#env.ok(Object.fromEntries(kept.map(([key, offset]) => [bare(key), offset])))
    })
  }

  /** Reads on in each partition, one after the other. */
  #poll(show: (records: readonly (readonly [number, Json])[]) => Json): void {
    const found: Record<string, Json> = {}
    const keys = [...this.#positions.keys()]
    if (keys.length === 0) {
      // Who has been given nothing gets nothing.
      this.#env.ok({})
      return
    }
    let unread = 0
    const next = (i: number): void => {
      const key = keys[i]
      if (key === undefined) {
        if (unread > 0 && Object.keys(found).length === 0) this.#env.fail(`${unread} partitions have no leader`)
        else this.#env.ok(found)
        return
      }
      this.#ask({type: 'read', key, offset: this.#positions.get(key) as number}, (answer) => {
        if (answer?.type !== 'records-read') unread++
        else {
          const records = answer.values as unknown as readonly (readonly [number, Json])[]
          if (records.length > 0) found[bare(key)] = show(records)
          this.#positions.set(key, answer.next)
        }
        next(i + 1)
      })
    }
    next(0)
  }

  // Asking, again and again.

  #ask(question: Question, then: Then): void {
    this.#asking = {question, then}
    this.#try()
  }

  #try(): void {
    const asking = this.#asking
    if (asking === undefined) return
    if (this.#env.now() - this.#startMs >= this.#patience.giveUpMs) {
      this.#answered(undefined)
      return
    }
    this.#env.setTimer('attempt', this.#patience.attemptMs)
    this.#env.send(this.#target, {type: 'ask', attempt: ++this.#attempt, question: asking.question as Json})
  }

  message(_from: NodeId, message: Message): void {
    if (message['attempt'] !== this.#attempt) return
    const answer = message['answer'] as unknown as Answer
    if (answer.type !== 'elsewhere') this.#answered(answer)
    else this.#env.setTimer('attempt', this.#patience.backoffMs)
  }

  timer(): void {
    const {nodes} = this.#env
    this.#target = nodes[(nodes.indexOf(this.#target) + 1) % nodes.length] as NodeId
    this.#try()
  }

  #answered(answer: Answer | undefined): void {
    const asking = this.#asking
    this.#asking = undefined
    this.#env.cancelTimer('attempt')
    asking?.then(answer)
  }
}

function put(value: Json): Json {
  return {kind: 'put', value} satisfies QueueCommand
}

function isNames(value: Json): boolean {
  return Array.isArray(value) && value.every((name) => typeof name === 'string')
}

function isOffsets(value: Json): value is Offsets {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function prefixed(offsets: Offsets): Offsets {
  return Object.fromEntries(Object.entries(offsets).map(([key, offset]) => [`${KINDS.log}/${key}`, offset]))
}

/** A key without what it is for. */
function bare(key: string): string {
  return key.slice(key.indexOf('/') + 1)
}
