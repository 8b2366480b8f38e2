/**
 * Version orders of registers (Kingsbury & Alvaro 2020, §5). A read shows one value and no past, so the order of a key's
 * versions is only partly known. It is gathered from several sources, some of them assumptions that the user vouches for;
 * a source that contradicts those before it on some key is reported and left out for that key, and for that key only.
 */
import {copyOf, int32, offsetsOf, uint8} from '../columns/column.ts'
import {Int32List} from '../columns/int32-list.ts'
import {componentsOf} from './components.ts'
import {graphOf} from './graph.ts'
import type {Observations} from './observations.ts'
import {NONE, type Transactions, WRITE} from './transactions.ts'

/** One way of knowing that a version precedes another: pairs, by parallel columns. */
export interface VersionSource {
  readonly name: string
  readonly from: Int32Array
  readonly to: Int32Array
  /** The transactions that the pair rests on: one met `from`, the other met `to` later. Empty where it rests on none. */
  readonly before: Int32Array
  readonly after: Int32Array
}

/** A key whose versions cannot be ordered as the sources say. */
export interface CyclicVersions {
  readonly key: number
  /** All that precede each other in circles. */
  readonly versions: readonly number[]
  /** The sources that contradict each other, the one that was left out last. */
  readonly sources: readonly VersionSource[]
}

export interface RegisterOrder {
  /** By version: the committed transaction that installed it, or NONE: aborted, intermediate, initial, out of thin air. */
  readonly installer: Int32Array
  /** By version: the next versions that a committed transaction installed, from nextStart[v] to nextStart[v + 1]. */
  readonly nextStart: Int32Array
  readonly next: Int32Array
  readonly cyclic: readonly CyclicVersions[]
  /** The sources as merged: without the keys that they contradicted. */
  readonly sources: readonly VersionSource[]
}

/** Merges sources, the most trusted first. The initial version precedes every other in any case. */
export function registerOrder(
  transactions: Transactions,
  observations: Observations,
  sources: readonly VersionSource[],
): RegisterOrder {
  const cyclic: CyclicVersions[] = []
  const merged: VersionSource[] = []
  const contradicted = new Set<number>()
  for (const source of sources) {
    const all = [...merged, source]
    // Only where something precedes an initial version can that one be part of a circle.
    if (all.some((one) => leadsToInitial(transactions, one))) all.unshift(initialSource(transactions))
    const knots = cyclicKeys(transactions, all)
    // What one source contradicts, the next, which assumes more, contradicts again: once is enough.
    for (const [key, versions] of knots) if (!contradicted.has(key)) cyclic.push({key, versions, sources: all})
    for (const [key] of knots) contradicted.add(key)
    const bad = new Set(knots.map(([key]) => key))
    merged.push(bad.size === 0 ? source : withoutKeys(transactions, source, bad))
  }
  const installer = installers(transactions, observations)
  return {...nextInstalled(transactions, installer, merged), installer, cyclic, sources: merged}
}

function installers(transactions: Transactions, {committed, isFinal}: Observations): Int32Array {
  const {mopKind, mopValue, mopTransaction, versions} = transactions
  const installer = int32(versions).fill(NONE)
  for (let mop = 0; mop < mopKind.length; mop++) {
    if (mopKind[mop] !== WRITE || isFinal[mop] === 0) continue
    const writer = mopTransaction[mop]!
    if (committed[writer] === 1) installer[mopValue[mop]!] = writer
  }
  return installer
}

function leadsToInitial({versionKey, initial}: Transactions, {to}: VersionSource): boolean {
  for (let i = 0; i < to.length; i++) if (initial[versionKey[to[i]!]!] === to[i]) return true
  return false
}

function initialSource({versions, versionKey, initial}: Transactions): VersionSource {
  const from = new Int32List(versions + 1)
  const to = new Int32List(versions + 1)
  for (let v = 0; v < versions; v++) {
    if (initial[versionKey[v]!] === v) continue
    from.push(initial[versionKey[v]!]!)
    to.push(v)
  }
  return {name: 'initial-state', from: from.view(), to: to.view(), before: int32(0), after: int32(0)}
}

function withoutKeys({versionKey}: Transactions, source: VersionSource, bad: ReadonlySet<number>): VersionSource {
  const keep = (_: number, i: number) => !bad.has(versionKey[source.from[i]!]!)
  const {name, from, to, before, after} = source
  return {name, from: from.filter(keep), to: to.filter(keep), before: before.filter(keep), after: after.filter(keep)}
}

/** Sets of versions that precede each other in circles, with their key. */
function cyclicKeys(transactions: Transactions, sources: readonly VersionSource[]): [number, number[]][] {
  const graph = versionGraph(transactions.versions, sources)
  const {of, count} = componentsOf(graph)
  if (count === transactions.versions) return []
  const sizes = int32(count)
  for (const c of of) sizes[c]!++
  const knots = new Map<number, number[]>()
  of.forEach((c, v) => {
    if (sizes[c]! < 2) return
    if (knots.has(c)) knots.get(c)!.push(v)
    else knots.set(c, [v])
  })
  return [...knots.values()].map((versions) => [transactions.versionKey[versions[0]!]!, versions])
}

function versionGraph(versions: number, sources: readonly VersionSource[]) {
  const length = sources.reduce((sum, source) => sum + source.from.length, 0)
  const from = int32(length)
  const to = int32(length)
  let at = 0
  for (const source of sources) {
    from.set(source.from, at)
    to.set(source.to, at)
    at += source.from.length
  }
  return graphOf(versions, length, from, to, uint8(length).fill(1))
}

/**
 * From each version the nearest installed ones after it. Versions that nobody installed (aborted, intermediate, out of thin
 * air) are passed through. After the initial version come those that nothing else precedes.
 */
function nextInstalled(
  transactions: Transactions,
  installer: Int32Array,
  sources: readonly VersionSource[],
): {nextStart: Int32Array; next: Int32Array} {
  const {versions, versionKey, initial} = transactions
  const graph = versionGraph(versions, sources)
  const hasPredecessor = uint8(versions)
  for (const v of graph.to) hasPredecessor[v] = 1
  const next = new Int32List(versions)
  const counts = int32(versions)
  const firsts = byKeyWithout(transactions, hasPredecessor)
  const seen = int32(versions).fill(NONE)
  const through: number[] = []
  const visit = (from: number, after: number) => {
    if (seen[after] === from) return
    seen[after] = from
    if (installer[after] !== NONE) next.push(after)
    else through.push(after)
  }
  for (let v = 0; v < versions; v++) {
    const before = next.length
    through.push(v)
    while (through.length > 0) {
      const at = through.pop()!
      for (let i = graph.start[at]!; i < graph.start[at + 1]!; i++) visit(v, graph.to[i]!)
      const key = versionKey[at]!
      if (at !== initial[key]) continue
      for (let i = firsts.start[key]!; i < firsts.start[key + 1]!; i++) visit(v, firsts.versions[i]!)
    }
    counts[v] = next.length - before
  }
  return {nextStart: offsetsOf(counts), next: next.view()}
}

/** By key, the versions (but the initial one) that no source puts after another. */
function byKeyWithout(
  {versions, versionKey, initial, keys}: Transactions,
  hasPredecessor: Uint8Array,
): {start: Int32Array; versions: Int32Array} {
  const counts = int32(keys.length)
  const isFirst = (v: number) => hasPredecessor[v] === 0 && initial[versionKey[v]!] !== v
  for (let v = 0; v < versions; v++) if (isFirst(v)) counts[versionKey[v]!]!++
  const start = offsetsOf(counts)
  const cursor = copyOf(start, keys.length)
  const firsts = int32(start[keys.length]!)
  for (let v = 0; v < versions; v++) if (isFirst(v)) firsts[cursor[versionKey[v]!]!++] = v
  return {start, versions: firsts}
}
