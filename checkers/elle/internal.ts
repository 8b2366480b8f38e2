/**
 * A transaction by itself: does each read agree with what the same transaction read and wrote before (Cerone et al. 2015,
 * axiom INT), and does no read see what the transaction writes only later?
 */
import type {AppendOrder} from './append-order.ts'
import type {Describe} from './describe.ts'
import type {Findings} from './findings.ts'
import type {Observations} from './observations.ts'
import {elementOf, lengthOf, NONE, OK, READ, type Transactions, UNKNOWN, WRITE} from './transactions.ts'

/** In registers a read must return what was read or written last. */
export function findInternalInRegisters(
  transactions: Transactions,
  {previousMop}: Observations,
  describe: Describe,
  findings: Findings,
): void {
  const {mopKind, mopValue, mopTransaction, outcome} = transactions
  for (let mop = 0; mop < mopKind.length; mop++) {
    const before = previousMop[mop]!
    if (before === NONE || outcome[mopTransaction[mop]!] !== OK) continue
    if (mopKind[mop] === READ && mopValue[before] !== mopValue[mop]) {
      addInternal(transactions, describe, findings, mop, describe.value(mopValue[before]!))
    }
    if (mopKind[mop] !== WRITE) continue
    for (let read = before; read !== NONE; read = previousMop[read]!) {
      if (mopKind[read] === READ && mopValue[read] === mopValue[mop]) {
        addFutureRead(transactions, describe, findings, read, mop)
      }
    }
  }
}

/** In lists a read must be what was read last, followed by the own appends since; or at least end with those. */
export function findInternalInLists(
  transactions: Transactions,
  {previousMop}: Observations,
  order: AppendOrder,
  describe: Describe,
  findings: Findings,
): void {
  const {mopKind, mopTransaction, outcome} = transactions
  for (let mop = 0; mop < mopKind.length; mop++) {
    if (previousMop[mop] === NONE || outcome[mopTransaction[mop]!] !== OK) continue
    if (mopKind[mop] === READ) {
      const expected = disagreement(transactions, previousMop, describe, mop)
      if (expected !== undefined) addInternal(transactions, describe, findings, mop, expected)
      continue
    }
    for (let read = previousMop[mop]!; read !== NONE; read = previousMop[read]!) {
      if (mopKind[read] === READ && contains(transactions, order, read, mop)) {
        addFutureRead(transactions, describe, findings, read, mop)
      }
    }
  }
}

/** What a read should have returned, as text, if it returned something else. */
function disagreement(
  transactions: Transactions,
  previousMop: Int32Array,
  describe: Describe,
  mop: number,
): string | undefined {
  const {mopKind, mopValue} = transactions
  const appended: number[] = []
  let base = previousMop[mop]!
  for (; base !== NONE && mopKind[base] === WRITE; base = previousMop[base]!) appended.unshift(mopValue[base]!)
  const length = lengthOf(transactions, mop)
  const known = base === NONE ? length - appended.length : lengthOf(transactions, base)
  let agrees = known >= 0 && length === known + appended.length
  for (let i = 0; agrees && i < appended.length; i++) {
    agrees = elementOf(transactions, mop, known + i) === appended[i]
  }
  const bothPrefixes = base !== NONE && mopValue[base]! >= 0 && mopValue[mop]! >= 0
  for (let i = 0; agrees && base !== NONE && !bothPrefixes && i < known; i++) {
    agrees = elementOf(transactions, mop, i) === elementOf(transactions, base, i)
  }
  if (agrees) return undefined
  if (base === NONE) return `a list that ends in ${appended.map((version) => describe.value(version)).join(' ')}`
  return describe.list([...describe.elements(base), ...appended])
}

function contains(transactions: Transactions, order: AppendOrder, read: number, write: number): boolean {
  const version = transactions.mopValue[write]!
  const value = transactions.mopValue[read]!
  if (value === UNKNOWN) return false
  // A version is never before its place among the distinct ones.
  if (value >= 0 && (order.position[version] === NONE || order.position[version]! > value)) return false
  for (let i = 0; i < lengthOf(transactions, read); i++) if (elementOf(transactions, read, i) === version) return true
  return false
}

function addInternal(
  transactions: Transactions,
  describe: Describe,
  findings: Findings,
  mop: number,
  expected: string,
): void {
  const t = transactions.mopTransaction[mop]!
  const key = transactions.mopKey[mop]!
  findings.add('internal', () => ({
    key,
    transactions: [t],
    sentence:
      `${describe.name(t)} read ${describe.key(key)} = ${describe.read(mop)}, but after its own reads and writes it ` +
      `should have seen ${expected}.`,
    why: [describe.transaction(t)],
    detail: {transaction: describe.transactionData(t), microOp: describe.mopData(mop), expected},
  }))
}

function addFutureRead(
  transactions: Transactions,
  describe: Describe,
  findings: Findings,
  read: number,
  write: number,
): void {
  const t = transactions.mopTransaction[read]!
  const version = transactions.mopValue[write]!
  const key = transactions.mopKey[read]!
  findings.add('future-read', () => ({
    key,
    transactions: [t],
    sentence: `${describe.name(t)} read ${describe.value(version)} in ${describe.key(key)} before it wrote it itself.`,
    why: [describe.transaction(t)],
    detail: {transaction: describe.transactionData(t), element: describe.valueData(version)},
  }))
}
