/**
 * Dependencies between transactions on lists: ww to the next version's writer, wr from the version read, rw to whoever
 * appended next after what was read. And the reason for each edge, found again when it must be explained.
 */
import type {AppendOrder} from './append-order.ts'
import {type EdgeList, RW, WR, WW} from './edges.ts'
import type {Observations} from './observations.ts'
import type {Reason} from './reason.ts'
import {lastElementOf, NONE, READ, type Transactions, UNKNOWN, WRITE, writerOf} from './transactions.ts'

export function addAppendEdges(
  transactions: Transactions,
  observations: Observations,
  order: AppendOrder,
  edges: EdgeList,
): void {
  const {mopKind, mopValue, mopKey, mopTransaction, initial, keys} = transactions
  for (let key = 0; key < keys.length; key++) {
    let before: number = NONE
    for (let v = order.committedAfter[initial[key]!]!; v !== NONE; v = order.committedAfter[v]!) {
      const writer = writerOf(transactions, v)
      if (before !== NONE && before !== writer) edges.add(before, writer, WW)
      before = writer
    }
  }
  const readers = new Map<number, number[]>()
  for (let mop = 0; mop < mopKind.length; mop++) {
    if (mopKind[mop] !== READ || mopValue[mop] === UNKNOWN) continue
    const reader = mopTransaction[mop]!
    const read = lastElementOf(transactions, mop)
    const source = sourceOf(transactions, observations, order, read)
    if (source !== NONE && source !== reader) edges.add(source, reader, WR)
    const after = order.committedAfter[read]!
    const key = mopKey[mop]!
    if (after !== NONE) {
      const writer = writerOf(transactions, after)
      if (writer !== reader) edges.add(reader, writer, RW)
    } else if (order.position[read] !== NONE && order.unseenHead[key] !== NONE) {
      const others = readers.get(key)
      if (others === undefined) readers.set(key, [reader])
      else others.push(reader)
    }
  }
  for (let key = 0; key < keys.length; key++) addUnseen(transactions, order, edges, key, readers.get(key) ?? [])
}

/** Appends that nobody saw come after the last version: after its writer, and after whoever read it. */
function addUnseen(
  transactions: Transactions,
  order: AppendOrder,
  edges: EdgeList,
  key: number,
  readers: readonly number[],
): void {
  const targets: number[] = []
  for (let mop = order.unseenHead[key]!; mop !== NONE; mop = order.unseenNext[mop]!) {
    const writer = transactions.mopTransaction[mop]!
    if (targets.at(-1) !== writer) targets.push(writer)
  }
  if (targets.length === 0) return
  const last = order.committedUntil[order.last[key]!]!
  const lastWriter = last === NONE ? NONE : writerOf(transactions, last)
  if (lastWriter !== NONE) for (const target of targets) if (target !== lastWriter) edges.add(lastWriter, target, WW)
  edges.addAntiDependencies(readers, targets)
}

/** Whose append a read that ends in this version depends on: the latest committed one in it. */
function sourceOf(transactions: Transactions, observations: Observations, order: AppendOrder, read: number): number {
  if (order.position[read] !== NONE) {
    const version = order.committedUntil[read]!
    return version === NONE ? NONE : writerOf(transactions, version)
  }
  const writer = writerOf(transactions, read)
  return writer !== NONE && observations.committed[writer] === 1 ? writer : NONE
}

/** Why there is an edge of this kind between two transactions. */
export function appendReason(
  transactions: Transactions,
  observations: Observations,
  order: AppendOrder,
  from: number,
  to: number,
  kind: number,
): Reason | undefined {
  const {firstMop, mopKind, mopKey, mopValue} = transactions
  const reader = kind === RW ? from : to
  if (kind === WR || kind === RW) {
    for (let mop = firstMop[reader]!; mop < firstMop[reader + 1]!; mop++) {
      if (mopKind[mop] !== READ || mopValue[mop] === UNKNOWN) continue
      const read = lastElementOf(transactions, mop)
      if (kind === WR && sourceOf(transactions, observations, order, read) === from) {
        const version = order.position[read] === NONE ? read : order.committedUntil[read]!
        return {kind: 'wr', key: mopKey[mop]!, version, fromMop: transactions.versionMop[version]!, toMop: mop}
      }
      if (kind !== RW || order.position[read] === NONE) continue
      const write = writeAfter(transactions, order, read, mopKey[mop]!, to)
      if (write === NONE) continue
      return {kind: 'rw', key: mopKey[mop]!, version: read, next: mopValue[write]!, fromMop: mop, toMop: write}
    }
    return undefined
  }
  if (kind !== WW) return undefined
  for (let mop = firstMop[from]!; mop < firstMop[from + 1]!; mop++) {
    if (mopKind[mop] !== WRITE || order.position[mopValue[mop]!] === NONE) continue
    const version = mopValue[mop]!
    const write = writeAfter(transactions, order, version, mopKey[mop]!, to)
    if (write === NONE) continue
    const shown = {kind: 'ww', key: mopKey[mop]!, version, next: mopValue[write]!, fromMop: mop, toMop: write} as const
    const reader = readerOf(transactions, order, write)
    return reader === NONE ? shown : {...shown, shownBy: reader}
  }
  return undefined
}

/** The first transaction after an append that read it where the order has it, or the first of all; NONE if nobody saw it. */
function readerOf(transactions: Transactions, order: AppendOrder, write: number): number {
  const {mopKind, mopKey, mopValue, mopTransaction} = transactions
  const place = order.position[mopValue[write]!]!
  if (place === NONE) return NONE
  const shows = (mop: number) => mopKind[mop] === READ && mopKey[mop] === mopKey[write] && mopValue[mop]! >= place
  for (let mop = write + 1; mop < mopKind.length; mop++) if (shows(mop)) return mopTransaction[mop]!
  for (let mop = 0; mop < write; mop++) if (shows(mop)) return mopTransaction[mop]!
  return NONE
}

/** The write by which `writer` appended next after a version: in the order, or unseen after its end. NONE if another did. */
function writeAfter(
  transactions: Transactions,
  order: AppendOrder,
  version: number,
  key: number,
  writer: number,
): number {
  const after = order.committedAfter[version]!
  if (after !== NONE) return writerOf(transactions, after) === writer ? transactions.versionMop[after]! : NONE
  for (let mop = order.unseenHead[key]!; mop !== NONE; mop = order.unseenNext[mop]!) {
    if (transactions.mopTransaction[mop] === writer) return mop
  }
  return NONE
}
