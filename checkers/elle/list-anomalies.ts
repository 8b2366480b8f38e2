/**
 * What is wrong with lists as such: an element twice, two reads that no single order of appends explains, and a read that
 * has a transaction's own appends in another order than it made them (no cycle can show that: it would be of one).
 */

import {int32} from '../columns/column.ts'
import type {AppendOrder} from './append-order.ts'
import type {Describe} from './describe.ts'
import type {Findings} from './findings.ts'
import type {Observations} from './observations.ts'
import {NONE, READ, type Transactions, UNKNOWN, WRITE} from './transactions.ts'

export function findDuplicates(transactions: Transactions, describe: Describe, findings: Findings): void {
  const {mopKind, mopValue, mopKey, keys, longest, longestStart} = transactions
  // By key: how many elements of the longest list can be read before one of them comes twice.
  const cleanLength = int32(keys.length).fill(0x7fffffff)
  const seenIn = int32(transactions.versions).fill(NONE)
  let someDirty = false
  for (let key = 0; key < keys.length; key++) {
    const start = longestStart[key]!
    for (let i = start; i < longestStart[key + 1]!; i++) {
      if (seenIn[longest[i]!] === key) {
        cleanLength[key] = i - start
        someDirty = true
        break
      }
      seenIn[longest[i]!] = key
    }
  }
  if (!someDirty && transactions.odd.length === 0) return
  for (let mop = 0; mop < mopKind.length; mop++) {
    const value = mopValue[mop]!
    if (mopKind[mop] !== READ || value === UNKNOWN || (value >= 0 && value <= cleanLength[mopKey[mop]!]!)) continue
    const counts = new Map<number, number>()
    for (const version of describe.elements(mop)) counts.set(version, (counts.get(version) ?? 0) + 1)
    const repeated = [...counts].filter(([, count]) => count > 1)
    if (repeated.length > 0) findings.add('duplicate-elements', () => duplicate(transactions, describe, mop, repeated))
  }
}

function duplicate(transactions: Transactions, describe: Describe, mop: number, repeated: [number, number][]) {
  const t = transactions.mopTransaction[mop]!
  const key = transactions.mopKey[mop]!
  const [version, count] = repeated[0]!
  return {
    key,
    transactions: [t],
    sentence:
      `${describe.name(t)} read ${describe.value(version)} ${count === 2 ? 'twice' : `${count} times`} in ` +
      `${describe.key(key)}, though it was appended once.`,
    why: [describe.transaction(t)],
    detail: {
      transaction: describe.transactionData(t),
      duplicates: repeated.map(([element, times]) => ({element: describe.valueData(element), count: times})),
    },
  }
}

export function findIncompatibleOrders(transactions: Transactions, describe: Describe, findings: Findings): void {
  const {mopKind, mopValue, mopKey, longestStart} = transactions
  if (transactions.odd.length === 0) return
  const longestReader = new Map<number, number>()
  for (let mop = 0; mop < mopKind.length; mop++) {
    const key = mopKey[mop]!
    const isLongest = mopValue[mop] === longestStart[key + 1]! - longestStart[key]!
    if (mopKind[mop] === READ && isLongest && !longestReader.has(key)) longestReader.set(key, mop)
  }
  for (let mop = 0; mop < mopKind.length; mop++) {
    if (mopKind[mop] !== READ || mopValue[mop]! >= UNKNOWN) continue
    const other = longestReader.get(mopKey[mop]!)!
    findings.add('incompatible-order', () => incompatible(transactions, describe, mop, other))
  }
}

function incompatible(transactions: Transactions, describe: Describe, mop: number, other: number) {
  const readers = [...new Set([transactions.mopTransaction[mop]!, transactions.mopTransaction[other]!])]
  const key = transactions.mopKey[mop]!
  return {
    key,
    transactions: readers,
    sentence:
      `${describe.name(readers[0]!)} read ${describe.key(key)} = ${describe.read(mop)} and ` +
      `${readers.length > 1 ? `${describe.name(readers[1]!)} read` : 'also'} ${describe.read(other)}: ` +
      'no single order of appends shows both.',
    why: readers.map((t) => describe.transaction(t)),
    detail: {values: [mop, other].map((read) => (describe.mopData(read) as [string, string, unknown])[2])},
  }
}

/** Two appends of one committed transaction to one key, the later seen before, or without, the earlier. */
export function findReversedAppends(
  transactions: Transactions,
  observations: Observations,
  order: AppendOrder,
  describe: Describe,
  findings: Findings,
): void {
  const {mopKind, mopValue, mopTransaction} = transactions
  for (let mop = 0; mop < mopKind.length; mop++) {
    const earlier = observations.previousMop[mop]!
    if (earlier === NONE || mopKind[mop] !== WRITE || observations.committed[mopTransaction[mop]!] === 0) continue
    const place = order.position[mopValue[mop]!]!
    if (place === NONE) continue
    const before = previousWrite(transactions, observations, mop)
    if (before === NONE) continue
    const placeBefore = order.position[mopValue[before]!]!
    if (placeBefore !== NONE && placeBefore < place) continue
    findings.add('incompatible-order', () => reversed(transactions, describe, before, mop))
  }
}

function previousWrite({mopKind}: Transactions, {previousMop}: Observations, mop: number): number {
  let before = previousMop[mop]!
  while (before !== NONE && mopKind[before] !== WRITE) before = previousMop[before]!
  return before
}

function reversed(transactions: Transactions, describe: Describe, before: number, after: number) {
  const {mopKey, mopKind, mopValue, mopTransaction} = transactions
  const key = mopKey[after]!
  const writer = mopTransaction[after]!
  const seen = mopValue[after]!
  const read = mopKind.findIndex(
    (kind, mop) => kind === READ && mopKey[mop] === key && mopValue[mop]! >= 0 && describe.elements(mop).includes(seen),
  )
  const readers = read === NONE ? [] : [mopTransaction[read]!]
  return {
    key,
    transactions: [writer, ...readers],
    sentence:
      `${describe.name(writer)} appended ${describe.value(mopValue[before]!)} to ${describe.key(key)} and then ` +
      `${describe.value(seen)}, but ${read === NONE ? 'reads show' : `${describe.name(readers[0]!)} read ${describe.read(read)},`} ` +
      'the second without the first before it.',
    why: [writer, ...readers].map((t) => describe.transaction(t)),
    detail: {values: [describe.valueData(mopValue[before]!), describe.valueData(seen)]},
  }
}
