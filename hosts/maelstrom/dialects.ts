/**
 * What the operations of a history are in Maelstrom's requests, a workload each. Returning is *ok*; the errors of nodes are
 * thrown by the client as what they mean.
 */
import {NotDone, type Request} from '../../core/client.ts'
import {messageOf} from '../../core/error.ts'
import type {MaelstromClient} from './client.ts'
import {type MaelstromWorkload, RPCS} from './rpcs.ts'

export type Operations = Readonly<Record<string, (request: Request) => Promise<unknown>>>

/** One process's way to talk. `call` names a request and gives its fields. */
type Dialect = (call: (type: string, fields?: object) => Promise<Readonly<Record<string, unknown>>>) => Operations

const COUNTER: Dialect = (call) => ({
  add: async ({value}) => void (await call('add', {delta: value})),
  read: async () => (await call('read'))['value'],
})

/** Reads of lists: nothing stands for none. */
const listOf = (value: unknown): unknown => value ?? []

const DIALECTS: Readonly<Record<MaelstromWorkload, Dialect>> = {
  echo: (call) => ({echo: async ({value}) => (await call('echo', {echo: value}))['echo']}),
  'unique-ids': (call) => ({generate: async () => (await call('generate'))['id']}),
  broadcast: (call) => ({
    broadcast: async ({value}) => void (await call('broadcast', {message: value})),
    read: async () => listOf((await call('read'))['messages']),
  }),
  'g-set': (call) => ({
    add: async ({value}) => void (await call('add', {element: value})),
    read: async () => listOf((await call('read'))['value']),
  }),
  'g-counter': COUNTER,
  'pn-counter': COUNTER,
  'lin-kv': (call) => ({
    // That a key does not exist is what the read has seen, not a failure: otherwise a store could forget everything.
    read: ({key}) =>
      call('read', {key}).then(
        ({value}) => value,
        (error: unknown) => {
          if (error instanceof NotDone && error.message.startsWith('key-does-not-exist')) return null
          throw error
        },
      ),
    write: async ({key, value}) => void (await call('write', {key, value})),
    cas: async ({key, value}) => {
      const [from, to] = value as [unknown, unknown]
      await call('cas', {key, from, to})
      return value
    },
  }),
  'txn-list-append': (call) => ({
    txn: async ({value}) => {
      const {txn} = await call('txn', {txn: value})
      return (txn as [string, unknown, unknown][]).map(([f, key, seen]) => [f, key, f === 'r' ? listOf(seen) : seen])
    },
  }),
  'txn-rw-register': (call) => ({txn: async ({value}) => (await call('txn', {txn: value}))['txn']}),
  kafka: (call) => kafka(call),
}

/** A consumer: it keeps its own place in each of its keys, and commits what it has polled. */
const kafka: Dialect = (call) => {
  const places = new Map<string, number>()
  return {
    send: async ({key, value}) => Number((await call('send', {key: String(key), msg: value}))['offset']),
    assign: async ({value}) => {
      const keys = value as string[]
      await call('list_committed_offsets', {keys})
      places.clear()
      for (const key of keys) places.set(key, 0)
      return keys
    },
    poll: async () => {
      if (places.size === 0) return {}
      const {msgs} = await call('poll', {offsets: Object.fromEntries(places)})
      const records = msgs as Readonly<Record<string, readonly (readonly [number, unknown])[]>>
      const polled = Object.fromEntries(
        Object.entries(records)
          .map(([key, list]): [string, number] => [key, Math.max(...list.map(([offset]) => Number(offset)))])
          .filter(([, offset]) => Number.isFinite(offset)),
      )
      for (const [key, offset] of Object.entries(polled)) places.set(key, Math.max(offset + 1, places.get(key) ?? 0))
      // What was polled is known, whatever becomes of this.
      if (Object.keys(polled).length > 0) await call('commit_offsets', {offsets: polled}).catch(() => {})
      return records
    },
  }
}

/** Functions that change nothing: where they are not answered, they have not happened. */
const IDEMPOTENT: Partial<Record<MaelstromWorkload, readonly string[]>> = {
  broadcast: ['read'],
  'lin-kv': ['read'],
  kafka: ['assign'],
}

/** The operations of one process under a workload. `limitMs` is how long one may take. */
export function operationsOf(
  workload: MaelstromWorkload,
  client: MaelstromClient,
  after: (ms: number, wake: () => void) => () => void,
  limitMs: number,
): Operations {
  const operations = DIALECTS[workload]((type, fields) => client.call(RPCS[workload], type, fields))
  const safe = IDEMPOTENT[workload] ?? []
  return Object.fromEntries(
    Object.entries(operations).map(([f, operation]) => [
      f,
      safe.includes(f) ? (request: Request) => failing(operation(request), after, limitMs) : operation,
    ]),
  )
}

/** Whatever goes wrong is a failure. */
async function failing(
  answer: Promise<unknown>,
  after: (ms: number, wake: () => void) => () => void,
  limitMs: number,
): Promise<unknown> {
  let cancel = () => {}
  const late = new Promise<never>((_, reject) => {
    cancel = after(limitMs, () => reject(new NotDone('timeout')))
  })
  try {
    return await Promise.race([answer, late])
  } catch (error) {
    throw error instanceof NotDone ? error : new NotDone(messageOf(error))
  } finally {
    cancel()
  }
}
