/**
 * What a client of one server of NATS can ask, each request once. The library's reconnecting is off: what it had not sent
 * would be sent later, and what was under way be lost in silence.
 */
import type {JetStreamManager, Msg, NatsConnection} from 'nats'
import {NotDone} from '../../core/client.ts'
import {messageOf} from '../../core/error.ts'
import type {Endpoint} from '../../core/links.ts'
import {CODES, codeOf, isDefinite} from './errors.ts'

/** The stream that holds everything. */
export const STREAM = 'chaos'

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

export class Connection {
  readonly #address: Endpoint
  /** How long connecting may take, ms. */
  readonly limitMs: number
  #connection: NatsConnection | undefined

  constructor(address: Endpoint, limitMs: number) {
    this.#address = address
    this.limitMs = limitMs
  }

  /** Rejects where the server does not answer: nothing was asked of it then. */
  async connect(): Promise<void> {
    await this.#open()
  }

  close(): void {
    // It waits for a server that may never answer.
    void this.#connection?.close().catch(() => {})
  }

  /** Stores a message and resolves to its sequence, on condition of the last sequence of its subject where one is given. */
  async publish(subject: string, value: unknown, expected?: number): Promise<number> {
    const expect = expected === undefined ? {} : {expect: {lastSubjectSequence: expected}}
    return this.ask(async (connection) => {
      const stream = connection.jetstream({timeout: this.#patienceMs})
      const {seq} = await stream.publish(subject, encoded(value), {timeout: this.#patienceMs, ...expect})
      return seq
    })
  }

  /** Sends a message and asks nobody whether it was stored. */
  async publishUnacknowledged(subject: string, value: unknown): Promise<void> {
    await this.ask(async (connection) => {
      connection.publish(subject, encoded(value))
      await connection.flush()
    })
  }

  manage<T>(work: (manager: JetStreamManager) => Promise<T>): Promise<T> {
    return this.ask(async (connection) =>
      work(await connection.jetstreamManager({timeout: this.#patienceMs, checkAPI: false})),
    )
  }

  /**
   * One question in NATS's own words; `limitMs` where the answer is not worth waiting for longer. Each has a subscription of
   * its own: a message of a stream comes under its own subject, by which the library's shared one does not find the question.
   */
  request(subject: string, question: string, limitMs: number = this.#patienceMs): Promise<Msg> {
    return this.ask((connection) => connection.request(subject, question, {timeout: limitMs, noMux: true}))
  }

  /** Throws NotDone where certainly nothing was stored. */
  async ask<T>(question: (connection: NatsConnection) => Promise<T>): Promise<T> {
    const connection = await this.#open().catch((error: unknown) => {
      throw new NotDone(messageOf(error))
    })
    return question(connection).catch((error: unknown) => {
      if (codeOf(error) === CODES.wrongLastSequence) throw new NotDone('value differs')
      throw isDefinite(error) ? new NotDone(messageOf(error)) : error
    })
  }

  async #open(): Promise<NatsConnection> {
    if (this.#connection === undefined || this.#connection.isClosed()) {
      this.#connection = await connectTo(this.#address, this.limitMs)
    }
    return this.#connection
  }

  /** Longer than an operation may take: the harness's own deadline decides. */
  get #patienceMs(): number {
    return this.limitMs * 4
  }
}

export const encoded = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value))
export const decoded = (data: Uint8Array): unknown => JSON.parse(Buffer.from(data).toString())
