/**
 * Dependencies between transactions on registers: wr from whoever installed the version that was read; ww and rw to those who
 * installed the versions that are known to come next. And the reason for each edge, found again when it must be explained.
 */
import {copyOf, int32, offsetsOf} from '../columns/column.ts'
import {type EdgeList, WR, WW} from './edges.ts'
import type {Reason} from './reason.ts'
import type {RegisterOrder} from './register-order.ts'
import {NONE, READ, type Transactions, UNKNOWN, WRITE, writerOf} from './transactions.ts'

export function addRegisterEdges(transactions: Transactions, order: RegisterOrder, edges: EdgeList): void {
  const {mopKind, mopValue, mopTransaction, versions} = transactions
  const {installer, nextStart, next} = order
  for (let mop = 0; mop < mopKind.length; mop++) {
    if (mopKind[mop] !== READ || mopValue[mop] === UNKNOWN) continue
    const writer = installer[mopValue[mop]!]!
    if (writer !== NONE && writer !== mopTransaction[mop]) edges.add(writer, mopTransaction[mop]!, WR)
  }
  const readers = readersOf(transactions)
  const nextWriters: number[] = []
  const sources: number[] = []
  for (let version = 0; version < versions; version++) {
    if (nextStart[version] === nextStart[version + 1]) continue
    nextWriters.length = 0
    for (let i = nextStart[version]!; i < nextStart[version + 1]!; i++) nextWriters.push(installer[next[i]!]!)
    const writer = installer[version]!
    if (writer !== NONE) for (const after of nextWriters) if (after !== writer) edges.add(writer, after, WW)
    const own = writerOf(transactions, version)
    sources.length = 0
    for (let i = readers.start[version]!; i < readers.start[version + 1]!; i++) {
      const reader = mopTransaction[readers.mops[i]!]!
      if (reader !== own && sources.at(-1) !== reader) sources.push(reader)
    }
    if (sources.length > 0) edges.addAntiDependencies(sources, nextWriters)
  }
}

/** By version, the micro-operations that read it. */
function readersOf({mopKind, mopValue, versions}: Transactions): {start: Int32Array; mops: Int32Array} {
  const counts = int32(versions)
  const isRead = (mop: number) => mopKind[mop] === READ && mopValue[mop] !== UNKNOWN
  for (let mop = 0; mop < mopKind.length; mop++) if (isRead(mop)) counts[mopValue[mop]!]!++
  const start = offsetsOf(counts)
  const cursor = copyOf(start, versions)
  const mops = int32(start[versions]!)
  for (let mop = 0; mop < mopKind.length; mop++) if (isRead(mop)) mops[cursor[mopValue[mop]!]!++] = mop
  return {start, mops}
}

/** Why there is an edge of this kind between two transactions. */
export function registerReason(
  transactions: Transactions,
  order: RegisterOrder,
  from: number,
  to: number,
  kind: number,
): Reason | undefined {
  const {firstMop, mopKind, mopKey, mopValue, versionMop} = transactions
  const holder = kind === WR ? to : from
  const wanted = kind === WW ? WRITE : READ
  for (let mop = firstMop[holder]!; mop < firstMop[holder + 1]!; mop++) {
    const version = mopValue[mop]!
    if (mopKind[mop] !== wanted || version === UNKNOWN) continue
    const key = mopKey[mop]!
    if (kind === WR) {
      if (order.installer[version] !== from) continue
      return {kind: 'wr', key, version, fromMop: versionMop[version]!, toMop: mop}
    }
    if (kind === WW && order.installer[version] !== from) continue
    for (let i = order.nextStart[version]!; i < order.nextStart[version + 1]!; i++) {
      const next = order.next[i]!
      if (writerOf(transactions, next) !== to) continue
      const via = order.sources.filter((source) => says(source, version, next)).map((source) => source.name)
      const shared = {key, version, next, fromMop: mop, toMop: versionMop[next]!}
      return {kind: kind === WW ? 'ww' : 'rw', ...shared, ...(via.length > 0 ? {via} : {})}
    }
  }
  return undefined
}

function says(source: {from: Int32Array; to: Int32Array}, version: number, next: number): boolean {
  for (let i = 0; i < source.from.length; i++) if (source.from[i] === version && source.to[i] === next) return true
  return false
}
