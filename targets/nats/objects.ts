/**
 * Registers and sets in a stream. A register is the last message of a subject, compare-and-set a publish that expects a
 * sequence; a set is the list of subjects below one.
 *
 * Nothing is removed from sets: that would be a purge of one subject, and nodes of nats-server 2.9.10 that were killed and started
 * again after such purges came back with few or none of the other messages, which are lost once one of them leads
 * (seen in `/jsz` as well: 8 messages of 78 on two replicas that their leader called current).
 */
import {type Client, NotDone, type Request} from '../../core/client.ts'
import {type Connection, STREAM} from './connection.ts'
import {readMessage} from './reading.ts'
import type {Settings} from './settings.ts'

export function registers(connection: Connection, settings: Settings): Client['operations'] {
  const last = ({key}: Request) => readMessage(connection, settings, {last_by_subj: `kv.${key}`})
  return {
    read: async (request) => (await last(request))?.value ?? null,
    write: async ({key, value}) => {
      await connection.publish(`kv.${key}`, value)
    },
    cas: async (request) => {
      const [from, to] = request.value as readonly unknown[]
      const found = await last(request)
      if (JSON.stringify(found?.value ?? null) !== JSON.stringify(from)) throw new NotDone('value differs')
      await connection.publish(`kv.${request.key}`, to, found?.sequence ?? 0)
    },
  }
}

export function sets(connection: Connection): Client['operations'] {
  const element = ({key, value}: Request) => `set.${key}.${value}`
  return {
    add: async (request) => {
      await connection.publish(element(request), request.value)
    },
    read: async ({key}) => {
      const {state} = await connection.manage(({streams}) => streams.info(STREAM, {subjects_filter: `set.${key}.>`}))
      return Object.keys(state.subjects ?? {}).map((subject) => Number(subject.split('.').at(-1)))
    },
  }
}
