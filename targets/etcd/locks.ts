/**
 * Locks in etcd, as its documentation and `etcdctl lock` have them: a key that is bound to a lease, made by a transaction on
 * condition that there is none. Its create revision is the fencing token: it only grows, and whoever uses the resource makes
 * it a condition that the lock still has it (`IsOwner` in client/v3/concurrency/mutex.go). A lease alone excludes nobody
 * whose holder slept longer than it lasts ("Jepsen: etcd 3.4.3", Kingsbury 2020, section 3.2, "Locks aren't real").
 */
import {type Client, NotDone, type Request} from '../../core/client.ts'
import {messageOf} from '../../core/error.ts'
import {base64, type Gateway} from './gateway.ts'
import type {Settings} from './settings.ts'

interface Txn {
  readonly header: {readonly revision: string}
  readonly succeeded?: boolean
}

export function locks(gateway: Gateway, {fencing}: Settings): Client['operations'] {
  /** The token under which this client was given each lock. */
  const tokens = new Map<Request['key'], string>()
  const lockOf = (key: Request['key']) => base64(`lock/${key}`)
  const useOf = (key: Request['key'], token: string) => ({
    request_put: {key: base64(`resource/${key}`), value: base64(token)},
  })
  /** Does this while the lock is still the one that was given under this token. */
  const whileHeld = async (key: Request['key'], token: string, step: object, signal: AbortSignal, refusal: string) => {
    const compare = {key: lockOf(key), target: 'CREATE', result: 'EQUAL', create_revision: token}
    const {succeeded} = await gateway.change<Txn>('kv/txn', {compare: [compare], success: [step]}, signal)
    if (succeeded !== true) throw new NotDone(refusal)
  }
  const tokenFor = (key: Request['key']): string => {
    const token = tokens.get(key)
    if (token === undefined) throw new NotDone('not held')
    return token
  }
  return {
    async acquire({key, value, signal}) {
      tokens.delete(key)
      // Whole seconds; etcd makes it at least one and a half election timeouts.
      const ttl = Math.max(1, Math.ceil(Number(value) / 1000))
      const {ID: lease} = await gateway
        .change<{ID: string}>('lease/grant', {TTL: ttl}, signal)
        .catch((error: unknown) => {
          // A lease on which nothing hangs locks nothing.
          throw new NotDone(messageOf(error))
        })
      const free = {key: lockOf(key), target: 'CREATE', result: 'EQUAL', create_revision: '0'}
      const take = {request_put: {key: lockOf(key), value: '', lease}}
      const {header, succeeded} = await gateway.change<Txn>('kv/txn', {compare: [free], success: [take]}, signal)
      if (succeeded !== true) throw new NotDone('held')
      tokens.set(key, header.revision)
      return Number(header.revision)
    },
    async use({key, signal}) {
      const token = tokenFor(key)
      if (fencing) await whileHeld(key, token, useOf(key, token), signal, 'stale token')
      else await gateway.change('kv/txn', {success: [useOf(key, token)]}, signal)
      return Number(token)
    },
    async release({key, signal}) {
      const token = tokenFor(key)
      tokens.delete(key)
      await whileHeld(key, token, {request_delete_range: {key: lockOf(key)}}, signal, 'not held')
      return Number(token)
    },
  }
}
