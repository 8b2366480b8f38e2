/**
 * Locks, with or without fencing tokens.
 *
 * Definition, per lock. `acquire` returns a fencing token (a number) or null; `release` gives it back; `use` is a request to the
 * protected resource with a token, ok where the resource accepted it. A process *holds* the lock from the return of its acquire
 * to the invocation of its release, or for `leaseMs` from the invocation of its acquire.
 *  - *overlapping-holders*: two processes hold it at the same time. A violation unless the lock is `fenced`: leases run out while
 *    their holders sleep, which is what tokens are for (Kleppmann 2016; Burrows 2006 calls them sequencers).
 *  - *token-reused*, *token-went-back*: a token is not greater than those of acquires that had returned before this one began.
 *  - *stale-token-accepted*: the resource accepted a token after it had accepted a greater one. Judged where it matters: at the
 *    resource.
 *
 * Proves: mutual exclusion was broken, or its fencing was. Cannot see: holders whose acquire has an unknown outcome.
 */
import type {Checker} from '../core/checker.ts'
import type {Key, Operation} from '../core/op.ts'
import type {Sequence} from '../core/sequence.ts'
import type {Anomaly} from '../core/verdict.ts'
import {counted, endIndex, verdictOf, witnessOf} from './finding.ts'

export interface LockOptions {
  /** Overlapping holders are expected, and kept apart by tokens. Default: exactly when there are `use`s or a lease. */
  readonly fenced?: boolean
  /** A holder holds no longer than this after it asked. */
  readonly leaseMs?: number
}

/** A stretch during which a process holds the lock, in the order of events and in time. */
interface Hold {
  readonly acquire: Operation
  readonly release: Operation | undefined
  readonly from: number
  readonly to: number
  readonly fromNs: number
  readonly toNs: number
}

export function lock(options: LockOptions = {}): Checker {
  return {
    name: 'lock',
    description: 'mutual exclusion: no two holders at once, and fencing tokens that only grow',
    check(history) {
      const anomalies: Anomaly[] = []
      const fenced = options.fenced ?? history.operations.some(({f}) => f === 'use')
      let holds = 0
      let overlaps = 0
      let uses = 0
      for (const [key, operations] of history.byKey()) {
        const held = holdsOf(operations, options.leaseMs)
        holds += held.length
        const overlapping = overlapsOf(key, held)
        overlaps += overlapping.length
        if (!fenced) anomalies.push(...overlapping)
        anomalies.push(
          ...tokensBackwards(
            key,
            operations.filter(({f}) => f === 'acquire'),
            'acquire',
          ),
        )
        const accepted = operations.filter(({f}) => f === 'use')
        uses += accepted.filter(({outcome}) => outcome === 'ok').length
        anomalies.push(...tokensBackwards(key, accepted, 'use'))
      }
      return verdictOf({
        checker: 'lock',
        property: fenced ? 'fencing tokens exclude each other' : 'mutual exclusion',
        kind: 'safety',
        summary: `${counted(holds, 'acquisition')}${fenced ? `, ${counted(uses, 'use')} accepted` : ''}`,
        anomalies,
        reason: holds === 0 ? 'The lock was never acquired.' : undefined,
        measures: {acquisitions: holds, overlaps},
      })
    },
  }
}

function holdsOf(operations: Sequence<Operation>, leaseMs = Number.POSITIVE_INFINITY): Hold[] {
  const open = new Map<unknown, Operation>()
  const holds: Hold[] = []
  const close = (acquire: Operation, release: Operation | undefined) => {
    const leaseEndNs = acquire.startNs + leaseMs * 1e6
    holds.push({
      acquire,
      release,
      from: endIndex(acquire),
      to: release?.invoke.index ?? Number.POSITIVE_INFINITY,
      fromNs: acquire.endNs,
      toNs: Math.min(leaseEndNs, release?.startNs ?? Number.POSITIVE_INFINITY),
    })
  }
  for (const operation of operations) {
    const {f, outcome, process} = operation
    const held = open.get(process)
    if (f === 'acquire' && outcome === 'ok') {
      if (held !== undefined) close(held, operation)
      open.set(process, operation)
    } else if (f === 'release' && outcome !== 'fail' && held !== undefined) {
      open.delete(process)
      close(held, operation)
    }
  }
  for (const acquire of open.values()) close(acquire, undefined)
  return holds.sort((left, right) => left.from - right.from)
}

/** Each hold against the one, of those before it, that lasts longest. */
function overlapsOf(key: Key | undefined, holds: readonly Hold[]): Anomaly[] {
  const anomalies: Anomaly[] = []
  let longest: Hold | undefined
  for (const hold of holds) {
    if (longest !== undefined && longest.to > hold.from && longest.toNs > hold.fromNs) {
      anomalies.push({
        type: 'overlapping-holders',
        sentence: `Process ${hold.acquire.process} was given the lock${named(key)} while process ${longest.acquire.process} held it.`,
        ...(key === undefined ? {} : {key}),
        witness: witnessOf(longest.acquire, hold.acquire, longest.release),
      })
    }
    if (longest === undefined || hold.toNs > longest.toNs) longest = hold
  }
  return anomalies
}

/** Tokens against the greatest of those that had been answered before the operation began. */
function tokensBackwards(key: Key | undefined, operations: Sequence<Operation>, f: 'acquire' | 'use'): Anomaly[] {
  const good = operations
    .filter(({outcome}) => outcome === 'ok')
    .filter((operation) => tokenOf(operation) !== undefined)
  const byEnd = [...good].sort((left, right) => endIndex(left) - endIndex(right))
  const anomalies: Anomaly[] = []
  const owners = new Map<number | bigint, Operation>()
  let greatest: Operation | undefined
  let next = 0
  for (const operation of good) {
    for (; next < byEnd.length && endIndex(byEnd[next] as Operation) < operation.invoke.index; next++) {
      const candidate = byEnd[next] as Operation
      if (greatest === undefined || (tokenOf(candidate) as number) > (tokenOf(greatest) as number)) greatest = candidate
    }
    const token = tokenOf(operation) as number
    const owner = f === 'acquire' ? owners.get(token) : undefined
    owners.set(token, operation)
    if (owner !== undefined) anomalies.push(told('token-reused', key, operation, owner))
    else if (greatest !== undefined && token < (tokenOf(greatest) as number)) {
      anomalies.push(told(f === 'acquire' ? 'token-went-back' : 'stale-token-accepted', key, operation, greatest))
    }
  }
  return anomalies
}

/** The token that an acquire returned or a use carried. */
function tokenOf(operation: Operation): number | bigint | undefined {
  const value = operation.f === 'acquire' ? operation.output : operation.input
  const token = typeof value === 'object' && value !== null ? (value as {token?: unknown}).token : value
  return typeof token === 'number' || typeof token === 'bigint' ? token : undefined
}

function told(type: string, key: Key | undefined, operation: Operation, other: Operation): Anomaly {
  const [token, earlier] = [tokenOf(operation), tokenOf(other)]
  const who = `Process ${operation.process}`
  const sentence = {
    'token-reused': `${who} was given token ${token}${named(key)}, which process ${other.process} had been given.`,
    'token-went-back': `${who} was given token ${token}${named(key)} after process ${other.process} had been given ${earlier}.`,
    'stale-token-accepted': `The resource accepted token ${token}${named(key)} from process ${operation.process} after it had accepted ${earlier} from process ${other.process}.`,
  }[type] as string
  return {type, sentence, ...(key === undefined ? {} : {key}), witness: witnessOf(other, operation)}
}

function named(key: Key | undefined): string {
  return key === undefined ? '' : ` ${key}`
}
