/** A partitioned log: a key is a subject, an offset the sequence in the stream, and whoever polls reads on from where he was. */
import type {Client} from '../../core/client.ts'
import type {Key} from '../../core/op.ts'
import type {Connection} from './connection.ts'
import {readMessage} from './reading.ts'
import type {Settings} from './settings.ts'

/** Records of one key in one poll, at most. */
const BATCH = 10

type Sent = readonly [offset: number, value: unknown]

export function log(connection: Connection, settings: Settings): Client['operations'] {
  /** The sequence from which each key that was assigned is read on. */
  const next = new Map<Key, number>()
  return {
    send: ({key, value}) => connection.publish(`log.${key}`, value),
    assign: async ({value}) => {
      const keys = value as readonly Key[]
      next.clear()
      for (const key of keys) next.set(key, 1)
    },
    poll: async () => {
      const read = new Map<Key, readonly Sent[]>()
      for (const [key, from] of next) read.set(key, await batch(key, from))
      // Only what is answered has been read.
      for (const [key, records] of read) next.set(key, (records.at(-1)?.[0] ?? (next.get(key) as number) - 1) + 1)
      return Object.fromEntries(read)
    },
  }

  async function batch(key: Key, from: number): Promise<readonly Sent[]> {
    const records: Sent[] = []
    for (let seq = from; records.length < BATCH; ) {
      const found = await readMessage(connection, settings, {next_by_subj: `log.${key}`, seq})
      if (found === undefined) break
      records.push([found.sequence, found.value])
      seq = found.sequence + 1
    }
    return records
  }
}
