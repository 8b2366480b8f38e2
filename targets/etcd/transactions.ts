/**
 * Transactions of micro-operations as single transactions of etcd: no compare, no retry, executed at one revision, in order.
 *
 * A list is a prefix, each element a key under it, in the order in which the keys were created; elements of one transaction
 * are created at one revision, so each remembers its place. A register is a key: etcd takes one put of a key in a
 * transaction, so only the last write of each is sent, and what the transaction reads of its own writes it knows itself.
 */
import type {Client} from '../../core/client.ts'
import {base64, endOf, type Gateway, type KeyValue, text} from './gateway.ts'
import type {Settings} from './settings.ts'

type Micro = readonly [f: string, key: unknown, value: unknown]

interface TxnAnswer {
  readonly responses?: readonly {readonly response_range?: {readonly kvs?: readonly KeyValue[]}}[]
}

/** What is sent for one micro-operation, and what its answer means. */
interface Step {
  readonly send?: object
  read(kvs: readonly KeyValue[]): unknown
}

export function transactions(gateway: Gateway, settings: Settings, kind: 'lists' | 'registers'): Client['operations'] {
  const plan = kind === 'lists' ? listSteps : registerSteps
  return {
    async txn({value, signal}) {
      const micro = value as readonly Micro[]
      const steps = plan(micro, settings.serializableReads)
      const sent = steps.flatMap(({send}) => send ?? [])
      const changes = micro.some(([f]) => f !== 'r')
      const call = changes ? gateway.change<TxnAnswer> : gateway.look<TxnAnswer>
      const {responses = []} = sent.length === 0 ? {} : await call.call(gateway, 'kv/txn', {success: sent}, signal)
      let next = 0
      return micro.map(([f, key], i) => {
        const step = steps[i] as Step
        const kvs = step.send === undefined ? [] : (responses[next++]?.response_range?.kvs ?? [])
        return [f, key, step.read(kvs)]
      })
    },
  }
}

function listSteps(micro: readonly Micro[], serializable: boolean): Step[] {
  return micro.map(([f, key, value], place) => {
    const prefix = `list/${key}/`
    if (f === 'append') {
      const put = {key: base64(`${prefix}${JSON.stringify(value)}`), value: base64(String(place))}
      return {send: {request_put: put}, read: () => value}
    }
    const range = {key: base64(prefix), range_end: base64(endOf(prefix)), serializable}
    return {
      send: {request_range: range},
      read: (kvs) => [...kvs].sort(byBirth).map((kv) => JSON.parse(text(kv.key).slice(prefix.length))),
    }
  })
}

function byBirth(left: KeyValue, right: KeyValue): number {
  const apart = BigInt(left.create_revision) - BigInt(right.create_revision)
  if (apart !== 0n) return apart < 0n ? -1 : 1
  return Number(text(left.value ?? '')) - Number(text(right.value ?? ''))
}

function registerSteps(micro: readonly Micro[], serializable: boolean): Step[] {
  const own = new Map<unknown, unknown>()
  return micro.map(([f, key, value], place) => {
    const name = base64(`register/${key}`)
    if (f === 'w') {
      own.set(key, value)
      const last = !micro.some(([g, other], later) => later > place && g === 'w' && other === key)
      const put = {key: name, value: base64(JSON.stringify(value))}
      return {...(last ? {send: {request_put: put}} : {}), read: () => value}
    }
    if (own.has(key)) {
      const mine = own.get(key)
      return {read: () => mine}
    }
    return {
      send: {request_range: {key: name, serializable}},
      read: ([kv]) => (kv === undefined ? null : JSON.parse(text(kv.value ?? ''))),
    }
  })
}
