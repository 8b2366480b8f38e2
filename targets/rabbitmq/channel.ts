/**
 * One connection of amqplib with one channel on it that confirms. Whatever goes wrong, both are given up: a channel that was
 * opened while a queue had no leader goes on refusing messages long after there is one, and a `get` whose connection ends
 * between the answer's header and its body is never settled.
 */
import type {ChannelModel, ConfirmChannel, GetMessage} from 'amqplib'
import type {Endpoint} from '../../core/links.ts'

/** How often either side says that it is there, s: after two silent intervals the connection counts as dead. */
const HEARTBEAT_S = 2

/** The queue does not exist: nobody has the message. */
export class Returned extends Error {
  override name = 'Returned'
}

export class Channel {
  readonly #connection: ChannelModel
  readonly #channel: ConfirmChannel
  readonly #declared = new Set<string>()
  #broken = false
  #why = new Error('the connection was closed')
  #returned = false

  private constructor(connection: ChannelModel, channel: ConfirmChannel) {
    this.#connection = connection
    this.#channel = channel
    const broken = (error: Error) => {
      this.#why = error
      this.#broken = true
    }
    connection.on('error', broken)
    channel.on('error', broken)
    channel.on('close', () => (this.#broken = true))
    channel.on('return', () => (this.#returned = true))
  }

  /** Rejects where the broker does not open one within the limit: nothing was asked of it then. */
  static async open({host, port}: Endpoint, limitMs: number): Promise<Channel> {
    const {connect} = await import('amqplib')
    const login = {protocol: 'amqp', hostname: host, port, username: 'guest', password: 'guest', heartbeat: HEARTBEAT_S}
    const connection = await connect(login, {timeout: limitMs, noDelay: true})
    connection.on('error', () => {})
    const late = AbortSignal.timeout(limitMs)
    const hangUp = () => destroy(connection)
    late.addEventListener('abort', hangUp, {once: true})
    try {
      return new Channel(connection, await connection.createConfirmChannel())
    } catch (error) {
      hangUp()
      throw error
    } finally {
      late.removeEventListener('abort', hangUp)
    }
  }

  get broken(): boolean {
    return this.#broken
  }

  /** Makes the queue, unless this channel has seen it already. */
  async declare(queue: string, durable: boolean, queueArguments: Readonly<Record<string, unknown>>): Promise<void> {
    if (this.#declared.has(queue)) return
    await this.#settled(this.#channel.assertQueue(queue, {durable, arguments: queueArguments}))
    this.#declared.add(queue)
  }

  /** Resolves once it is confirmed. Rejects with Returned where there was no queue for it. */
  async publish(queue: string, body: string, persistent: boolean): Promise<void> {
    this.#returned = false
    await this.#settled(
      new Promise<void>((resolve, reject) => {
        const confirmed = (error: unknown) => (error === null ? resolve() : reject(error as Error))
        // Not mandatory, a message without a queue would be confirmed and dropped.
        this.#channel.publish('', queue, Buffer.from(body), {persistent, mandatory: true}, confirmed)
      }),
    )
    if (this.#returned) throw new Returned(`there is no queue ${queue}`)
  }

  /** Hands it to the connection and looks back no more. */
  send(queue: string, body: string, persistent: boolean): void {
    this.#channel.publish('', queue, Buffer.from(body), {persistent})
  }

  /** The next message, which counts as processed at once or when `acknowledge` says so; undefined where there is none. */
  async take(queue: string, automatic: boolean): Promise<GetMessage | undefined> {
    const message = await this.#settled(this.#channel.get(queue, {noAck: automatic}))
    return message === false ? undefined : message
  }

  /** Not answered: where it does not arrive the message is delivered again. */
  acknowledge(message: GetMessage): void {
    if (!this.#broken) this.#channel.ack(message)
  }

  close(): void {
    this.#broken = true
    destroy(this.#connection)
  }

  /** As the promise, or rejected once the channel closes. */
  #settled<T>(promise: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const closed = () => reject(this.#why)
      this.#channel.once('close', closed)
      promise.then(resolve, reject).finally(() => this.#channel.off('close', closed))
    })
  }
}

/** Its own `close` waits for a broker that may never answer. */
function destroy(connection: ChannelModel): void {
  const {stream} = (connection as unknown as {connection: {stream: {destroy(): void}}}).connection
  stream.destroy()
}
