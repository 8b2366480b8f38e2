/**
 * Lists that only grow, and sets that only grow, read as a whole: linear in the size of what was read.
 *
 * Reads of one growing object, sorted by size, must each begin with (a list) or contain (a set) the one before. Then every
 * operation has a rank: the reads of size k come after the k-th insertion and before the next, insertions that no read saw
 * come after all reads. An order exists exactly when real time never goes against ranks, since operations of equal rank
 * do not disturb each other: equal reads, insertions that no read tells apart. So one pass with the highest rank that has
 * returned decides. Pending insertions that nobody saw never happened.
 *
 * (Folklore; for the set of Jepsen's `set-full` it is the argument why its per-element test suffices.)
 */
import {NEVER} from '../../trace.ts'
import type {CollectionColumns} from './columns.ts'

/** `valid`, operations that are impossible by themselves, or undefined where it does not apply. */
export function checkRanks(columns: CollectionColumns, ordered: boolean): 'valid' | readonly number[] | undefined {
  const {trace, roles, inserted, element} = columns
  if (inserted === undefined) return undefined
  const reads: {operation: number; elements: readonly number[]}[] = []
  for (let i = 0; i < trace.size; i++) {
    const role = roles[trace.call[i]!]!
    if (role.role === 'all') {
      // A read that was cut off may answer anything.
      if (trace.returnAt[i] === NEVER) continue
      const elements = role.elements.map((value) => columns.interner.lookUp(value)!)
      if (new Set(elements).size < elements.length) return ordered ? [i] : undefined
      const unknown = elements.some((e) => inserted[e]! < 0)
      if (unknown) return [i]
      reads.push({operation: i, elements})
    } else if (role.role !== 'insert') return undefined
  }
  reads.sort((left, right) => left.elements.length - right.elements.length || left.operation - right.operation)
  const rankOf = new Int32Array(columns.elements).fill(-1)
  /** By element: the first read that has it. */
  const seenBy = new Int32Array(columns.elements).fill(-1)
  const conflict = ordered ? rankList(reads, rankOf, seenBy) : rankSet(reads, rankOf, seenBy)
  if (conflict !== undefined) return conflict
  const longest = reads.at(-1)?.elements.length ?? 0
  const rank = new Float64Array(trace.size).fill(Number.POSITIVE_INFINITY)
  for (const {operation, elements} of reads) rank[operation] = 2 * elements.length
  for (let i = 0; i < trace.size; i++) {
    if (element[i]! < 0) continue
    const place = rankOf[element[i]!]!
    // What nobody saw comes last; if it is pending, it never came.
    rank[i] = place >= 0 ? place : trace.returnAt[i] === NEVER ? Number.POSITIVE_INFINITY : 2 * longest + 1
  }
  let highest = -1
  for (const event of trace.events) {
    const operation = event >> 1
    if ((event & 1) === 1) {
      if (highest < 0 || rank[operation]! > rank[highest]!) highest = operation
    } else if (highest >= 0 && rank[operation]! < rank[highest]!) {
      return proof(columns, reads, highest, operation)
    }
  }
  return 'valid'
}

interface Read {
  readonly operation: number
  readonly elements: readonly number[]
}

function rankList(reads: readonly Read[], rankOf: Int32Array, seenBy: Int32Array): number[] | undefined {
  let before: Read | undefined
  for (const read of reads) {
    const known = before?.elements ?? []
    for (let k = 0; k < read.elements.length; k++) {
      if (k < known.length) {
        if (known[k] !== read.elements[k]) return [before!.operation, read.operation]
        continue
      }
      rankOf[read.elements[k]!] = 2 * k + 1
      seenBy[read.elements[k]!] = read.operation
    }
    before = read
  }
  return undefined
}

function rankSet(reads: readonly Read[], rankOf: Int32Array, seenBy: Int32Array): number[] | undefined {
  let before: Read | undefined
  for (const read of reads) {
    let fresh = 0
    for (const e of read.elements) {
      if (rankOf[e]! >= 0) continue
      // After every smaller read, before this one.
      rankOf[e] = 2 * read.elements.length - 1
      seenBy[e] = read.operation
      fresh++
    }
    const known = before?.elements.length ?? 0
    // All that was known must be there: as many new ones as the sizes differ by.
    if (fresh !== read.elements.length - known) return [before!.operation, read.operation]
    before = read
  }
  return undefined
}

/** Two operations against their ranks, with a read that ranks them and the insertions that it needs. */
function proof(columns: CollectionColumns, reads: readonly Read[], first: number, second: number): number[] {
  const core = new Set([first, second])
  const longest = reads.at(-1)
  if (longest !== undefined) core.add(longest.operation)
  for (const {operation, elements} of reads) {
    if (core.has(operation)) for (const e of elements) core.add(columns.inserted![e]!)
  }
  return [...core]
}
