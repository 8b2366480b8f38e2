/**
 * Locks, with or without fencing tokens.
 *
 *     0  |acquire 1|                            |use 1|     accepted, although
 *     1                |acquire 2|  |use 2|                 token 2 had been used before
 *
 * Definition, per lock. `acquire` returns a fencing token (a number) or null; `release` gives it back; `use` is a request to the
 * protected resource with a token, ok where the resource accepted it. A process *holds* the lock from the return of its acquire
 * to the invocation of its release, or for `leaseMs` from the invocation of its acquire, or until it asks for it anew and is
 * given it. One whose release has an unknown outcome may have given it back.
 *  - *overlapping-holders*: two processes hold it at the same time. A violation unless the lock is `fenced`: leases run out while
 *    their holders sleep, which is what tokens are for (Kleppmann 2016; Burrows 2006 calls them sequencers).
 *  - *token-reused*, *token-went-back*: a token is not greater than those of acquires that had returned before this one began.
 *  - *stale-token-accepted*: the resource accepted a token after it had accepted a greater one. Judged where it matters: at the
 *    resource.
 *
 * Proves: mutual exclusion was broken, or its fencing was. Cannot see: holders whose acquire has an unknown outcome, tokens
 * that are no numbers (where tokens are all that keeps holders apart, the verdict is then *unknown*), and whether a token that
 * was used had ever been given out. Each overlap is told once, against the holder of before who holds it longest.
 */

import type {Checker} from '../../core/checker.ts'
import type {History} from '../../core/history.ts'
import type {Key, Op, Operation, ProcessId} from '../../core/op.ts'
import {counted} from '../../core/quantities.ts'
import type {Sequence} from '../../core/sequence.ts'
import {valueKey} from '../../core/value.ts'
import type {Anomaly} from '../../core/verdict.ts'
import {endIndex, firstPlace, ofKey, verdictOf, witnessOf} from '../findings/finding.ts'

export interface LockOptions {
  /** Overlapping holders are expected, and kept apart by tokens. Default: exactly when there are `use`s. */
  readonly fenced?: boolean
  /** A holder holds no longer than this after it asked. */
  readonly leaseMs?: number
}

/** A stretch during which a process holds the lock, in the order of events. */
interface Hold {
  readonly acquire: Operation
  readonly release: Operation | undefined
  readonly from: number
  readonly to: number
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
      let ungraded: Operation | undefined
      for (const [key, operations] of history.byKey()) {
        const held = holdsOf(operations, (acquire) => leaseEnd(history, acquire, options.leaseMs))
        holds += held.length
        const overlapping = overlapsOf(key, held)
        overlaps += overlapping.length
        if (!fenced) for (const overlap of overlapping) anomalies.push(overlap)
        const acquires = operations.filter(({f, outcome}) => f === 'acquire' && outcome === 'ok')
        for (const f of ['acquire', 'use'] as const) {
          const succeeded = operations.filter((operation) => operation.f === f && operation.outcome === 'ok')
          const graded = succeeded.filter((operation) => tokenOf(operation) !== undefined)
          if (f === 'use') uses += succeeded.length
          if (f === 'use' || fenced) ungraded ??= succeeded.find((operation) => tokenOf(operation) === undefined)
          for (const found of tokensBackwards(key, graded, f, acquires)) anomalies.push(found)
        }
      }
      return verdictOf({
        checker: 'lock',
        property: fenced ? 'fencing tokens exclude each other' : 'mutual exclusion',
        kind: 'safety',
        summary: `${counted(holds, 'acquisition')}${fenced ? `, ${counted(uses, 'use')} accepted` : ''}`,
        anomalies,
        reason:
          holds === 0
            ? 'The lock was never acquired.'
            : ungraded === undefined
              ? undefined
              : `Tokens are numbers, but ${ungraded.f} #${ungraded.invoke.index} has none.`,
        measures: {acquisitions: holds, overlaps},
      })
    },
  }
}

/** The index of the first op at which the lease of an acquire has run out. */
function leaseEnd({ops}: History, {startNs}: Operation, leaseMs = Number.POSITIVE_INFINITY): number {
  if (leaseMs === Number.POSITIVE_INFINITY) return Number.POSITIVE_INFINITY
  const place = firstPlace(ops.length, (at) => (ops.at(at) as Op).timeNs >= startNs + leaseMs * 1e6)
  return ops.at(place)?.index ?? Number.POSITIVE_INFINITY
}

function holdsOf(operations: Sequence<Operation>, lastsUntil: (acquire: Operation) => number): Hold[] {
  const open = new Map<unknown, Operation>()
  const holds: Hold[] = []
  const close = (acquire: Operation, release: Operation | undefined) => {
    const to = Math.min(release?.invoke.index ?? Number.POSITIVE_INFINITY, lastsUntil(acquire))
    holds.push({acquire, release, from: endIndex(acquire), to})
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
    // A lease may have run out before its holder heard of it.
    if (hold.to <= hold.from) continue
    if (longest !== undefined && longest.to > hold.from) {
      anomalies.push({
        type: 'overlapping-holders',
        sentence: overlapSentence(key, hold.acquire.process, longest.acquire.process),
        ...(key === undefined ? {} : {key}),
        witness: witnessOf(longest.acquire, hold.acquire, longest.release),
        why: [heldUntil(longest)],
      })
    }
    if (longest === undefined || hold.to > longest.to) longest = hold
  }
  return anomalies
}

/** From when until when somebody held a lock, in words. */
function heldUntil({acquire, release, to}: Hold): string {
  const since = `Process ${acquire.process} held it since #${acquire.invoke.index} was answered`
  if (release !== undefined && release.invoke.index === to) {
    return release.f === 'release'
      ? `${since}, until it began to give it back in #${to}.`
      : `${since}; it was given it again in #${to}.`
  }
  if (to === Number.POSITIVE_INFINITY) return `${since}, and never gave it back.`
  return `${since}; its lease, which began when it asked, ran out before #${to}.`
}

/** Tokens against the greatest of those that had been answered before the operation began. */
function tokensBackwards(
  key: Key | undefined,
  operations: Sequence<Operation>,
  f: 'acquire' | 'use',
  acquires: Sequence<Operation>,
): Anomaly[] {
  const byEnd = [...operations].sort((left, right) => endIndex(left) - endIndex(right))
  const anomalies: Anomaly[] = []
  const owners = new Map<number | bigint, Operation>()
  let greatest: Operation | undefined
  let next = 0
  for (const operation of operations) {
    for (; next < byEnd.length && endIndex(byEnd[next] as Operation) < operation.invoke.index; next++) {
      const candidate = byEnd[next] as Operation
      if (greatest === undefined || (tokenOf(candidate) as number) > (tokenOf(greatest) as number)) greatest = candidate
    }
    const token = tokenOf(operation) as number
    const owner = f === 'acquire' ? owners.get(token) : undefined
    owners.set(token, operation)
    if (owner !== undefined) anomalies.push(reported('token-reused', key, operation, owner))
    else if (greatest !== undefined && token < (tokenOf(greatest) as number)) {
      const type = f === 'acquire' ? 'token-went-back' : 'stale-token-accepted'
      const found = reported(type, key, operation, greatest)
      const why = f === 'acquire' ? [] : [greatest, operation].flatMap((use) => giftOf(tokenOf(use), acquires))
      anomalies.push(why.length === 0 ? found : {...found, why})
    }
  }
  return anomalies
}

/** Who was given a token, in words; nothing where nobody is known to have been. */
function giftOf(token: number | bigint | undefined, acquires: Sequence<Operation>): string[] {
  const gift = acquires.find((acquire) => tokenOf(acquire) === token)
  return gift === undefined ? [] : [`Token ${token} was given to process ${gift.process} by #${gift.invoke.index}.`]
}

/** The token that an acquire returned or a use carried; a client that remembers its token says so in the answer. */
export function tokenOf(operation: Operation): Token | undefined {
  const value = operation.f === 'acquire' ? operation.output : (operation.input ?? operation.output)
  const token = typeof value === 'object' && value !== null ? (value as {token?: unknown}).token : value
  return typeof token === 'number' || typeof token === 'bigint' ? (valueKey(token) as Token) : undefined
}

function reported(type: TokenAnomaly, key: Key | undefined, operation: Operation, other: Operation): Anomaly {
  const sentence = tokenSentence(type, operation, [tokenOf(other) as Token, other.process])
  return {type, sentence, ...(key === undefined ? {} : {key}), witness: witnessOf(other, operation)}
}

export type TokenAnomaly = 'token-reused' | 'token-went-back' | 'stale-token-accepted'
export type Token = number | bigint

/** What is wrong with the token of an operation, against an earlier one and whose it was. */
export function tokenSentence(
  type: TokenAnomaly,
  operation: Operation,
  [earlier, owner]: readonly [Token, ProcessId],
): string {
  const {process, key} = operation
  const token = tokenOf(operation)
  return {
    'token-reused': `Process ${process} was given token ${token}${ofKey(key)}, which process ${owner} had been given.`,
    'token-went-back': `Process ${process} was given token ${token}${ofKey(key)} after process ${owner} had been given ${earlier}.`,
    'stale-token-accepted': `The resource${named(key)} accepted token ${token} from process ${process} after it had accepted ${earlier} from process ${owner}.`,
  }[type]
}

export function overlapSentence(key: Key | undefined, process: ProcessId, holder: ProcessId): string {
  return `Process ${process} was given the lock${named(key)} while process ${holder} held it.`
}

function named(key: Key | undefined): string {
  return key === undefined ? '' : ` ${key}`
}
