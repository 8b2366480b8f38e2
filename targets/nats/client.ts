/**
 * A client of one server of NATS. Registers are the last messages of subjects, compare-and-set is a publish that expects a
 * sequence, a set is the list of subjects below one. The library's reconnecting is off: what it had not sent would be sent
 * later, and what was under way be lost in silence.
 */
import type {Msg, NatsConnection} from 'nats'
import {type Client, NotDone, type Request} from '../../core/client.ts'
import {messageOf} from '../../core/error.ts'
import type {Endpoint} from '../../core/links.ts'
import {codeOf, isDefinite} from './errors.ts'
import type {Settings} from './settings.ts'

/** Functions that it speaks, all workloads together. */
export const FUNCTIONS: readonly string[] = ['read', 'write', 'cas', 'add', 'remove']

/** The stream that holds everything. */
export const STREAM = 'chaos'
const NOT_FOUND = 10037
const WRONG_SEQUENCE = 10071

export async function connectTo({host, port}: Endpoint, limitMs: number): Promise<NatsConnection> {
  const {connect} = await import('nats')
  return connect({
    servers: `${host}:${port}`,
    timeout: limitMs,
    reconnect: false,
    ignoreClusterUpdates: true,
    maxPingOut: 2,
    pingInterval: 10_000,
  })
}

/** A message that is kept, and its place in the stream. */
interface Stored {
  readonly value: unknown
  readonly sequence: number
}

export class NatsClient implements Client {
  readonly operations: Client['operations']
  readonly #address: Endpoint
  readonly #settings: Settings
  readonly #limitMs: number
  #connection: NatsConnection | undefined

  constructor(address: Endpoint, settings: Settings, workload: string | undefined, limitMs: number) {
    this.#address = address
    this.#settings = settings
    this.#limitMs = limitMs
    this.operations = workload === 'set' ? this.#sets() : this.#registers()
  }

  /** Rejects where the server does not answer: nothing was asked of it then. */
  async connect(): Promise<void> {
    await this.#open()
  }

  async close(): Promise<void> {
    // It waits for a server that may never answer.
    void this.#connection?.close().catch(() => {})
  }

  #registers(): Client['operations'] {
    const subject = ({key}: Request) => `kv.${key}`
    return {
      read: async (request) => (await this.#last(subject(request)))?.value ?? null,
      write: async (request) => {
        await this.#publish(subject(request), request.value)
      },
      cas: async (request) => {
        const [from, to] = request.value as readonly unknown[]
        const found = await this.#last(subject(request))
        if (JSON.stringify(found?.value ?? null) !== JSON.stringify(from)) throw new NotDone('value differs')
        await this.#publish(subject(request), to, found?.sequence ?? 0)
      },
    }
  }

  #sets(): Client['operations'] {
    const prefix = ({key}: Request) => `set.${key}`
    return {
      add: async (request) => {
        await this.#publish(`${prefix(request)}.${request.value}`, request.value)
      },
      remove: async (request) => {
        const purged = await this.#ask(async (connection) => {
          const manager = await connection.jetstreamManager({timeout: this.#patienceMs, checkAPI: false})
          return manager.streams.purge(STREAM, {filter: `${prefix(request)}.${request.value}`})
        })
        if (purged.purged === 0) throw new NotDone('not found')
      },
      read: async (request) => {
        const info = await this.#ask(async (connection) => {
          const manager = await connection.jetstreamManager({timeout: this.#patienceMs, checkAPI: false})
          return manager.streams.info(STREAM, {subjects_filter: `${prefix(request)}.>`})
        })
        return Object.keys(info.state.subjects ?? {}).map((subject) => Number(subject.split('.').at(-1)))
      },
    }
  }

  async #last(subject: string): Promise<Stored | undefined> {
    const question = JSON.stringify({last_by_subj: subject})
    return this.#ask(async (connection) => {
      if (this.#settings.directReads) {
        const timeout = this.#patienceMs
        return directAnswer(await connection.request(`$JS.API.DIRECT.GET.${STREAM}`, question, {timeout}))
      }
      const manager = await connection.jetstreamManager({timeout: this.#patienceMs, checkAPI: false})
      try {
        const {data, seq} = await manager.streams.getMessage(STREAM, {last_by_subj: subject})
        return {value: JSON.parse(Buffer.from(data).toString()), sequence: seq}
      } catch (error) {
        if (codeOf(error) === NOT_FOUND) return undefined
        throw error
      }
    })
  }

  async #publish(subject: string, value: unknown, expected?: number): Promise<void> {
    const expect = expected === undefined ? {} : {expect: {lastSubjectSequence: expected}}
    await this.#ask(async (connection) => {
      const stream = connection.jetstream({timeout: this.#patienceMs})
      return stream.publish(subject, Buffer.from(JSON.stringify(value)), {timeout: this.#patienceMs, ...expect})
    })
  }

  /** Throws NotDone where certainly nothing was stored. */
  async #ask<T>(question: (connection: NatsConnection) => Promise<T>): Promise<T> {
    const connection = await this.#open().catch((error: unknown) => {
      throw new NotDone(messageOf(error))
    })
    return question(connection).catch((error: unknown) => {
      if (codeOf(error) === WRONG_SEQUENCE) throw new NotDone('value differs')
      throw isDefinite(error) ? new NotDone(messageOf(error)) : error
    })
  }

  async #open(): Promise<NatsConnection> {
    if (this.#connection === undefined || this.#connection.isClosed()) {
      this.#connection = await connectTo(this.#address, this.#limitMs)
    }
    return this.#connection
  }

  /** Longer than an operation may take: the harness's own deadline decides. */
  get #patienceMs(): number {
    return this.#limitMs * 4
  }
}

/** What a replica answers: the message itself with its sequence in a header, or a status. */
function directAnswer({data, headers}: Msg): Stored | undefined {
  if (headers?.code === 404) return undefined
  if (headers === undefined || headers.code >= 400) throw new Error(`a direct get ended with ${headers?.code}`)
  return {value: JSON.parse(Buffer.from(data).toString()), sequence: Number(headers.get('Nats-Sequence'))}
}
