/**
 * Registers and sets in etcd. A register is a key. A set is a prefix, each element a key under it: adding is one put, removing
 * one delete, and reading the set one range, which etcd answers from a single revision.
 */
import {type Client, NotDone, type Request} from '../../core/client.ts'
import {base64, endOf, type Gateway, type KeyValue, text} from './gateway.ts'
import type {Settings} from './settings.ts'

type Operations = Client['operations']

interface Range {
  readonly kvs?: readonly KeyValue[]
}

export function registers(gateway: Gateway, {serializableReads: serializable}: Settings): Operations {
  return {
    async read({key, signal}) {
      const {kvs} = await gateway.look<Range>('kv/range', {key: nameOf(key), serializable}, signal)
      return kvs === undefined ? null : JSON.parse(text(kvs[0]?.value ?? ''))
    },
    async write({key, value, signal}) {
      await gateway.change('kv/put', {key: nameOf(key), value: base64(JSON.stringify(value))}, signal)
    },
    async cas({key, value, signal}) {
      const [from, to] = value as readonly [unknown, unknown]
      const name = nameOf(key)
      // A register that was never written reads as null.
      const compare =
        from === null
          ? {key: name, target: 'CREATE', result: 'EQUAL', create_revision: '0'}
          : {key: name, target: 'VALUE', result: 'EQUAL', value: base64(JSON.stringify(from))}
      const put = {request_put: {key: name, value: base64(JSON.stringify(to))}}
      const {succeeded} = await gateway.change<{succeeded?: boolean}>(
        'kv/txn',
        {compare: [compare], success: [put]},
        signal,
      )
      // The compare was made once, in the order of all transactions: what it says of the value is the truth.
      if (succeeded !== true) throw new NotDone('value differs')
    },
  }
}

export function sets(gateway: Gateway, {serializableReads: serializable}: Settings): Operations {
  const prefixOf = (request: Request) => `set/${request.key}/`
  const elementOf = (request: Request) => base64(`${prefixOf(request)}${JSON.stringify(request.value)}`)
  return {
    async add(request) {
      await gateway.change('kv/put', {key: elementOf(request), value: ''}, request.signal)
    },
    async remove(request) {
      const {deleted} = await gateway.change<{deleted?: string}>(
        'kv/deleterange',
        {key: elementOf(request)},
        request.signal,
      )
      if (deleted === undefined || deleted === '0') throw new NotDone('not found')
    },
    async read(request) {
      const prefix = prefixOf(request)
      const range = {key: base64(prefix), range_end: base64(endOf(prefix)), keys_only: true, serializable}
      const {kvs = []} = await gateway.look<Range>('kv/range', range, request.signal)
      return kvs.map(({key}) => JSON.parse(text(key).slice(prefix.length)))
    },
  }
}

const nameOf = (key: Request['key']): string => base64(`register/${key}`)
