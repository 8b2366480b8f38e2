/** Two transactions read the same version of a key and both write it: whichever comes second lost sight of the first. */
import {int32} from '../columns/column.ts'
import type {Describe} from './describe.ts'
import type {Findings} from './findings.ts'
import type {Observations} from './observations.ts'
import {lastElementOf, NONE, OK, READ, type Transactions, WRITE} from './transactions.ts'

/** Of a crowd that all updated the same state, so many are shown. */
const SHOWN = 6

export function findLostUpdates(
  transactions: Transactions,
  observations: Observations,
  describe: Describe,
  findings: Findings,
): void {
  const {mopKind, mopValue, mopTransaction, outcome, versions, versionMop, workload} = transactions
  const first = int32(versions).fill(NONE)
  const groups = new Map<number, number[]>()
  for (let mop = 0; mop < mopKind.length; mop++) {
    const t = mopTransaction[mop]!
    if (mopKind[mop] !== WRITE || observations.isFinal[mop] === 0 || outcome[t] !== OK) continue
    const read = firstRead(transactions, observations, mop)
    if (read === NONE) continue
    const version = workload === 'list-append' ? lastElementOf(transactions, read) : mopValue[read]!
    // Who read what it was about to write itself, from the future, has not lost sight of it: the others saw its update.
    if (version !== NONE && versionMop[version] !== NONE && mopTransaction[versionMop[version]!] === t) continue
    if (first[version] === NONE) first[version] = read
    else if (groups.has(version)) groups.get(version)!.push(read)
    else groups.set(version, [first[version]!, read])
  }
  for (const reads of groups.values()) {
    findings.add('lost-update', () => lostUpdate(transactions, describe, reads))
  }
}

/** The transaction's first read of the key before this write, or NONE. */
function firstRead({mopKind}: Transactions, {previousMop}: Observations, mop: number): number {
  let read: number = NONE
  for (let before = previousMop[mop]!; before !== NONE; before = previousMop[before]!) {
    if (mopKind[before] === READ) read = before
  }
  return read
}

function lostUpdate(transactions: Transactions, describe: Describe, reads: readonly number[]) {
  const all = reads.map((read) => transactions.mopTransaction[read]!)
  const group = all.slice(0, SHOWN)
  const key = transactions.mopKey[reads[0]!]!
  const names = group.map((t) => describe.name(t))
  const others = all.length > SHOWN ? ` (and ${all.length - SHOWN} more)` : ''
  return {
    key,
    transactions: group,
    sentence:
      `${names.slice(0, -1).join(', ')} and ${names.at(-1)}${others} each read ${describe.key(key)} = ${describe.read(reads[0]!)} ` +
      `and then updated it, ${all.length === 2 ? "neither having seen the other's update" : 'none having seen an update by another'}.`,
    why: group.map((t) => describe.transaction(t)),
    detail: {read: describe.mopData(reads[0]!), transactions: group.map((t) => describe.transactionData(t))},
  }
}
