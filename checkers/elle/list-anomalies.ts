/** What is wrong with lists as such: an element twice, and two reads that no single order of appends explains. */
import type {Describe} from './describe.ts'
import type {Findings} from './findings.ts'
import {NONE, READ, type Transactions, UNKNOWN} from './transactions.ts'

export function findDuplicates(transactions: Transactions, describe: Describe, findings: Findings): void {
  const {mopKind, mopValue, mopKey, keys, longest, longestStart} = transactions
  // By key: how many elements of the longest list can be read before one of them comes twice.
  const cleanLength = new Int32Array(keys.length).fill(0x7fffffff)
  const seenIn = new Int32Array(transactions.versions).fill(NONE)
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
  const readers = [transactions.mopTransaction[mop]!, transactions.mopTransaction[other]!]
  const key = transactions.mopKey[mop]!
  return {
    key,
    transactions: readers,
    sentence:
      `${describe.name(readers[0]!)} read ${describe.key(key)} = ${describe.read(mop)} and ${describe.name(readers[1]!)} ` +
      `read ${describe.read(other)}: no single order of appends shows both.`,
    why: readers.map((t) => describe.transaction(t)),
    detail: {values: [mop, other].map((read) => (describe.mopData(read) as [string, string, unknown])[2])},
  }
}
