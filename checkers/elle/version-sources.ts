/**
 * Where an order of a register's versions can be learnt, besides that every version follows the initial one.
 *
 * - *writes follow reads*: what a transaction read of a key precedes what it wrote to it. True of any single-copy store.
 * - *sequential keys*: each key by itself is sequentially consistent, so a process sees its versions in order.
 * - *linearizable keys*: each key by itself is linearizable, so real time orders its versions.
 * - *transaction order*: the store itself told in which order transactions were committed.
 */
import {Int32List} from '../columns/int32-list.ts'
import type {Observations} from './observations.ts'
import {eventsOf} from './order-edges.ts'
import type {VersionSource} from './register-order.ts'
import type {Touches} from './touches.ts'
import {NEVER, type Transactions, WRITE} from './transactions.ts'

class Pairs {
  readonly #from = new Int32List()
  readonly #to = new Int32List()
  readonly #before = new Int32List()
  readonly #after = new Int32List()

  /** `before` met the version `from`, and then `after` met `to`. */
  add(from: number, to: number, before: number, after: number): void {
    if (from === to) return
    this.#from.push(from)
    this.#to.push(to)
    this.#before.push(before)
    this.#after.push(after)
  }

  /** What one touch left precedes what a later one met. */
  addBetween({first, last, transaction}: Touches, earlier: number, later: number): void {
    this.add(last[earlier]!, first[later]!, transaction[earlier]!, transaction[later]!)
  }

  /** A transaction that met one version and left another has put them in order. */
  addWithin({first, last, transaction}: Touches): this {
    for (let touch = 0; touch < first.length; touch++) {
      this.add(first[touch]!, last[touch]!, transaction[touch]!, transaction[touch]!)
    }
    return this
  }

  source(name: string): VersionSource {
    const [from, to, before, after] = [this.#from.view(), this.#to.view(), this.#before.view(), this.#after.view()]
    return {name, from, to, before, after}
  }
}

export function writesFollowReads(transactions: Transactions, observations: Observations): VersionSource {
  const {mopKind, mopValue, mopTransaction} = transactions
  const pairs = new Pairs()
  for (let mop = 0; mop < mopKind.length; mop++) {
    if (mopKind[mop] !== WRITE || observations.isFinal[mop] === 0) continue
    let first = mop
    while (observations.previousMop[first] !== -1) first = observations.previousMop[first]!
    if (mopKind[first] !== WRITE && mopValue[first]! >= 0) {
      pairs.add(mopValue[first]!, mopValue[mop]!, mopTransaction[mop]!, mopTransaction[mop]!)
    }
  }
  return pairs.source('writes-follow-reads')
}

export function sequentialKeys(transactions: Transactions, touches: Touches): VersionSource {
  const pairs = new Pairs().addWithin(touches)
  const latest = new Map<number, number>()
  for (let t = 0; t < transactions.count; t++) {
    for (let touch = touches.start[t]!; touch < touches.start[t + 1]!; touch++) {
      const place = transactions.process[t]! * transactions.keys.length + touches.key[touch]!
      const before = latest.get(place)
      if (before !== undefined) pairs.addBetween(touches, before, touch)
      latest.set(place, touch)
    }
  }
  return pairs.source('sequential-keys')
}

/**
 * Per key, each touch follows those that completed before it began, but for those already followed by one of them: at most
 * as many as there are transactions on that key at a time.
 */
export function linearizableKeys(transactions: Transactions, touches: Touches): VersionSource {
  const pairs = new Pairs().addWithin(touches)
  const {invoked, completed, keys} = transactions
  const latest: number[][] = keys.map(() => [])
  for (const event of eventsOf(transactions)) {
    if (event === 0) continue
    const t = Math.abs(event) - 1
    for (let touch = touches.start[t]!; touch < touches.start[t + 1]!; touch++) {
      const key = touches.key[touch]!
      if (event < 0) {
        for (const before of latest[key]!) pairs.addBetween(touches, before, touch)
      } else if (completed[t] !== NEVER) {
        const still = latest[key]!.filter((before) => completed[touches.transaction[before]!]! > invoked[t]!)
        still.push(touch)
        latest[key] = still
      }
    }
  }
  return pairs.source('linearizable-keys')
}

/** `positionOf` gives a committed transaction's place by the index of its completion; those without one are left out. */
export function transactionOrder(
  transactions: Transactions,
  touches: Touches,
  positionOf: (completionIndex: number) => number | undefined,
): VersionSource {
  const pairs = new Pairs()
  const placed: {t: number; position: number}[] = []
  for (let t = 0; t < transactions.count; t++) {
    const position = positionOf(transactions.completeIndex[t]!)
    if (position !== undefined) placed.push({t, position})
  }
  placed.sort((left, right) => left.position - right.position)
  const latest = new Map<number, {readonly version: number; readonly t: number}>()
  for (const {t} of placed) {
    for (let touch = touches.start[t]!; touch < touches.start[t + 1]!; touch++) {
      const version = touches.last[touch]!
      const write = transactions.versionMop[version]!
      if (write === -1 || transactions.mopTransaction[write] !== t) continue // it only read
      const key = touches.key[touch]!
      const before = latest.get(key)
      if (before !== undefined) pairs.add(before.version, version, before.t, t)
      latest.set(key, {version, t})
    }
  }
  return pairs.source('transaction-order')
}
