/**
 * Reads of what must never be seen (Adya 1999, §4.2.2): G1a, a value whose transaction failed; G1b, a value that its own
 * transaction replaced before it ended; and values that nobody ever wrote. Lists also show updates of aborted state.
 */
import type {AppendOrder} from './append-order.ts'
import type {Describe} from './describe.ts'
import type {Findings} from './findings.ts'
import type {Observations} from './observations.ts'
import {FAIL, lastElementOf, lengthOf, NONE, OK, READ, type Transactions, UNKNOWN, writerOf} from './transactions.ts'

/** In registers: every version that was read is looked at. */
export function findDirtyRegisterReads(
  transactions: Transactions,
  observations: Observations,
  describe: Describe,
  findings: Findings,
): void {
  const {mopKind, mopValue, mopKey, initial} = transactions
  for (let mop = 0; mop < mopKind.length; mop++) {
    const version = mopValue[mop]!
    if (mopKind[mop] !== READ || version === UNKNOWN || version === initial[mopKey[mop]!]) continue
    checkSource(transactions, describe, findings, mop, version)
    checkIntermediate(transactions, observations, describe, findings, mop, version)
  }
}

/** In lists: whoever read a list read each element of it; the first reader of each bad element is shown. */
export function findDirtyListReads(
  transactions: Transactions,
  observations: Observations,
  describe: Describe,
  findings: Findings,
): void {
  const {mopKind, mopValue, mopKey, keys, longest, longestStart} = transactions
  const badAt = new Map<number, number[]>()
  for (let key = 0; key < keys.length; key++) {
    for (let i = longestStart[key]!; i < longestStart[key + 1]!; i++) {
      if (!isBad(transactions, longest[i]!)) continue
      const places = badAt.get(key)
      if (places === undefined) badAt.set(key, [i - longestStart[key]!])
      else places.push(i - longestStart[key]!)
    }
  }
  const shown = new Set<number>()
  // By key, how many of its bad places were shown: a read that sees one sees all before it.
  const shownPlaces = new Map<number, number>()
  const show = (mop: number, version: number) => {
    if (shown.has(version)) return
    shown.add(version)
    checkSource(transactions, describe, findings, mop, version)
  }
  for (let mop = 0; mop < mopKind.length; mop++) {
    const value = mopValue[mop]!
    if (mopKind[mop] !== READ || value === UNKNOWN || value === 0) continue
    if (value < 0) {
      for (const version of transactions.odd[-2 - value]!) if (isBad(transactions, version)) show(mop, version)
    } else if (badAt.size > 0) {
      const key = mopKey[mop]!
      const places = badAt.get(key)
      if (places !== undefined) {
        let next = shownPlaces.get(key) ?? 0
        while (next < places.length && places[next]! < value) show(mop, longest[longestStart[key]! + places[next++]!]!)
        shownPlaces.set(key, next)
      }
    }
    if (lengthOf(transactions, mop) === 0) continue
    checkIntermediate(transactions, observations, describe, findings, mop, lastElementOf(transactions, mop))
  }
}

function isBad(transactions: Transactions, version: number): boolean {
  const writer = writerOf(transactions, version)
  return writer === NONE || transactions.outcome[writer] === FAIL
}

function checkSource(
  transactions: Transactions,
  describe: Describe,
  findings: Findings,
  mop: number,
  version: number,
): void {
  const writer = writerOf(transactions, version)
  if (writer === NONE) findings.add('thin-air-read', () => thinAir(transactions, describe, mop, version))
  else if (transactions.outcome[writer] === FAIL) {
    findings.add('G1a', () => aborted(transactions, describe, mop, version, writer))
  }
}

function thinAir(transactions: Transactions, describe: Describe, mop: number, version: number) {
  const reader = transactions.mopTransaction[mop]!
  const key = transactions.mopKey[mop]!
  return {
    key,
    transactions: [reader],
    sentence: `${describe.name(reader)} read ${describe.value(version)} in ${describe.key(key)}, which nobody ever wrote.`,
    why: [describe.transaction(reader)],
    detail: {transaction: describe.transactionData(reader), element: describe.valueData(version)},
  }
}

function aborted(transactions: Transactions, describe: Describe, mop: number, version: number, writer: number) {
  const reader = transactions.mopTransaction[mop]!
  const key = transactions.mopKey[mop]!
  return {
    key,
    transactions: [writer, reader],
    sentence:
      `${describe.name(reader)} read ${describe.value(version)} in ${describe.key(key)}, but ${describe.name(writer)}, ` +
      'which wrote it, failed.',
    why: [describe.transaction(writer), describe.transaction(reader)],
    detail: {
      transaction: describe.transactionData(reader),
      element: describe.valueData(version),
      writer: describe.transactionData(writer),
    },
  }
}

function checkIntermediate(
  transactions: Transactions,
  observations: Observations,
  describe: Describe,
  findings: Findings,
  mop: number,
  version: number,
): void {
  const write = transactions.versionMop[version]!
  if (write === NONE || observations.isFinal[write] === 1) return
  const reader = transactions.mopTransaction[mop]!
  const writer = transactions.mopTransaction[write]!
  if (writer === reader) return
  const key = transactions.mopKey[mop]!
  findings.add('G1b', () => ({
    key,
    transactions: [writer, reader],
    sentence:
      `${describe.name(reader)} read ${describe.key(key)} = ${describe.read(mop)}, a state that ${describe.name(writer)} ` +
      'passed through but never committed.',
    why: [describe.transaction(writer), describe.transaction(reader)],
    detail: {
      transaction: describe.transactionData(reader),
      writer: describe.transactionData(writer),
      element: describe.valueData(version),
    },
  }))
}

/** A committed append that was built upon an aborted one: the order shows the failed element before the *ok* one. */
export function findDirtyUpdates(
  transactions: Transactions,
  order: AppendOrder,
  describe: Describe,
  findings: Findings,
): void {
  const {keys, initial, outcome} = transactions
  for (let key = 0; key < keys.length; key++) {
    let failed: number = NONE
    for (let version = order.next[initial[key]!]!; version !== NONE; version = order.next[version]!) {
      const writer = writerOf(transactions, version)
      if (writer === NONE) continue
      if (outcome[writer] === FAIL) failed = version
      if (outcome[writer] !== OK || failed === NONE) continue
      const aborted = failed
      failed = NONE
      findings.add('dirty-update', () => dirtyUpdate(transactions, describe, key, aborted, version))
    }
  }
}

function dirtyUpdate(transactions: Transactions, describe: Describe, key: number, failed: number, version: number) {
  const aborted = writerOf(transactions, failed)
  const writer = writerOf(transactions, version)
  return {
    key,
    transactions: [aborted, writer],
    sentence:
      `${describe.name(writer)} appended ${describe.value(version)} to ${describe.key(key)} after ` +
      `${describe.value(failed)}, which ${describe.name(aborted)} appended before it failed.`,
    why: [describe.transaction(aborted), describe.transaction(writer)],
    detail: {values: [describe.valueData(failed), describe.valueData(version)]},
  }
}
