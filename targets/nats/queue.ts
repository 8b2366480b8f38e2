/**
 * Queues: a work-queue stream, of which a message is gone once it was acknowledged, and for each key a durable consumer that
 * all clients pull from. What was handed out and not acknowledged within a second is handed out again: at least once.
 */
import {type Client, NotDone} from '../../core/client.ts'
import {messageOf} from '../../core/error.ts'
import type {Key} from '../../core/op.ts'
import {type Connection, decoded, STREAM} from './connection.ts'
import type {Settings} from './settings.ts'

const ACK_WAIT_MS = 1000

/**
 * The durable consumers of all clients of a run. Each is made by one client while the others wait: when several asked for the
 * same one at once, nats-server 2.9.10 was seen to leave it without a leader for over a minute.
 */
export class Consumers {
  readonly #made = new Map<string, Promise<unknown>>()

  /** Resolves once there is one. Rejects where this attempt came to nothing; the next makes another. */
  async open(connection: Connection, key: Key | undefined): Promise<string> {
    const name = `queue-${key}`
    const making = this.#made.get(name) ?? make(connection, name, `queue.${key}`)
    this.#made.set(name, making)
    making.catch(() => this.#made.delete(name))
    await making
    return name
  }
}

async function make(connection: Connection, name: string, subject: string): Promise<unknown> {
  const {AckPolicy} = await import('nats')
  return connection.manage(({consumers}) =>
    consumers.add(STREAM, {
      durable_name: name,
      filter_subject: subject,
      ack_policy: AckPolicy.Explicit,
      ack_wait: ACK_WAIT_MS * 1e6,
    }),
  )
}

export function queue(connection: Connection, {acknowledged}: Settings, consumers: Consumers): Client['operations'] {
  return {
    enqueue: async ({key, value}) => {
      if (acknowledged) await connection.publish(`queue.${key}`, value)
      else await connection.publishUnacknowledged(`queue.${key}`, value)
    },
    /** Fails where nothing came: whatever may have been handed out to nobody is handed out again. */
    dequeue: ({key}) =>
      take(key).catch((error: unknown) => {
        throw error instanceof NotDone ? error : new NotDone(messageOf(error))
      }),
  }

  async function take(key: Key | undefined): Promise<unknown> {
    const name = await consumers.open(connection, key)
    const pull = JSON.stringify({batch: 1, no_wait: true})
    // Shorter than an operation may take: one that was given nothing has failed, and excuses no loss.
    const message = await connection.request(`$JS.API.CONSUMER.MSG.NEXT.${STREAM}.${name}`, pull, connection.limitMs)
    const status = message.headers?.code ?? 0
    if (status === 404) return emptiness(name)
    if (status >= 400) throw new NotDone(`the consumer answers ${status}`)
    const value = decoded(message.data)
    // It was delivered, whatever becomes of the acknowledgement.
    await connection.request(message.reply as string, '+ACK', connection.limitMs).catch(() => {})
    return value
  }

  /** Null where the queue is empty; what somebody else was given and has not acknowledged may come back. */
  async function emptiness(name: string): Promise<null> {
    const {num_pending: left, num_ack_pending: out} = await connection.manage(({consumers}) =>
      consumers.info(STREAM, name),
    )
    if (left + out > 0) throw new NotDone(`nothing now: ${left} left, ${out} handed out`)
    return null
  }
}
