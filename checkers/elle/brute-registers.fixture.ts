/** The definitions for registers; see `brute-force.fixture.ts`. Version orders are full relations, closed transitively. */
import {
  type BruteTransaction,
  type EdgeKind,
  isBefore,
  keysOf,
  type Relation,
  readsOf,
  writesAfterRead,
  writesOf,
} from './brute-force.fixture.ts'

export interface BruteRegisters {
  readonly committed: readonly BruteTransaction[]
  readonly relation: Relation
  readonly singles: ReadonlySet<string>
  /** Keys with contradicting sources. */
  readonly cyclicKeys: ReadonlySet<string>
}

export interface Assumptions {
  readonly writesFollowReads: boolean
  readonly sequentialKeys: boolean
  readonly linearizableKeys: boolean
}

type Pair = readonly [unknown, unknown]

export function bruteRegisters(transactions: readonly BruteTransaction[], assumptions: Assumptions): BruteRegisters {
  const keys = keysOf(transactions)
  const writer = (key: string, value: unknown) => transactions.find((t) => writesOf(t, key).includes(value))
  const isObserved = (t: BruteTransaction) =>
    keys.some((key) =>
      transactions.some((reader) => readsOf(reader, key).some((value) => value !== null && writer(key, value) === t)),
    )
  const committed = transactions.filter((t) => t.isOk || (!t.isFailed && isObserved(t)))
  const installer = (key: string, value: unknown) => {
    const t = value === null ? undefined : writer(key, value)
    return t !== undefined && committed.includes(t) && writesOf(t, key).at(-1) === value ? t : undefined
  }

  const cyclicKeys = new Set<string>()
  const orders = new Map<string, (left: unknown, right: unknown) => boolean>()
  for (const key of keys) {
    const values = [null, ...new Set(transactions.flatMap((t) => [...readsOf(t, key), ...writesOf(t, key)]))].filter(
      (value, i, all) => all.indexOf(value) === i,
    )
    const merged: Pair[] = values.filter((value) => value !== null).map((value) => [null, value])
    for (const source of sourcesOf(committed, key, assumptions)) {
      if (isAcyclic(values, [...merged, ...source])) merged.push(...source)
      else cyclicKeys.add(key)
    }
    const closed = closure(values, merged)
    orders.set(key, (left, right) => closed.has(pairName([left, right])))
  }
  const relation: Relation = (from, to) => {
    const kinds = new Set<EdgeKind>()
    for (const key of keys) {
      const precedes = orders.get(key)!
      const next = writesOf(to, key).filter((value) => installer(key, value) === to)
      // A version that another installed one separates from the next gives its edges through that one.
      const installed = committed.flatMap((t) => writesOf(t, key).filter((value) => installer(key, value) === t))
      const isNext = (left: unknown, right: unknown) =>
        precedes(left, right) && !installed.some((between) => precedes(left, between) && precedes(between, right))
      for (const value of next) {
        if (writesOf(from, key).some((before) => installer(key, before) === from && isNext(before, value)))
          kinds.add('ww')
        if (readsOf(from, key).some((before) => writer(key, before) !== from && isNext(before, value))) kinds.add('rw')
      }
      if (readsOf(to, key).some((value) => installer(key, value) === from)) kinds.add('wr')
    }
    return [...kinds]
  }
  const singles = new Set<string>()
  for (const reader of transactions.filter((t) => t.isOk))
    for (const single of singlesOf(reader, writer)) singles.add(single)
  for (const key of keys) {
    // Who read its own write has not lost sight of it.
    const isForeign = (t: BruteTransaction) => !writesOf(t, key).includes(readsOf(t, key)[0])
    const updates = transactions.filter((t) => t.isOk && writesAfterRead(t, key) && isForeign(t))
    const firstReads = updates.map((t) => readsOf(t, key)[0])
    if (new Set(firstReads).size < firstReads.length) singles.add('lost-update')
  }
  if (cyclicKeys.size > 0) singles.add('cyclic-versions')
  return {committed, relation, singles, cyclicKeys}
}

function sourcesOf(committed: readonly BruteTransaction[], key: string, assumptions: Assumptions): Pair[][] {
  const touching = committed.filter((t) => readsOf(t, key).length > 0 || writesOf(t, key).length > 0)
  const startsWithRead = (t: BruteTransaction) => t.isOk && t.mops.find((mop) => mop[1] === key)![0] === 'r'
  const first = (t: BruteTransaction) => (startsWithRead(t) ? readsOf(t, key)[0] : writesOf(t, key).at(-1))
  const last = (t: BruteTransaction) => writesOf(t, key).at(-1) ?? readsOf(t, key).at(-1)
  const distinct = (pairs: Pair[]) => pairs.filter(([left, right]) => left !== right)
  const within = touching.map((t): Pair => [first(t), last(t)])
  const ordered = (isOrdered: (left: BruteTransaction, right: BruteTransaction) => boolean) =>
    touching.flatMap((left) =>
      touching.filter((right) => isOrdered(left, right)).map((right): Pair => [last(left), first(right)]),
    )
  const sources: Pair[][] = []
  if (assumptions.writesFollowReads) {
    const updates = touching.filter((t) => writesOf(t, key).length > 0)
    sources.push(distinct(updates.map((t): Pair => [first(t), last(t)])))
  }
  const sameProcess = (left: BruteTransaction, right: BruteTransaction) =>
    left.operation.process === right.operation.process
  if (assumptions.sequentialKeys) {
    sources.push(distinct([...within, ...ordered((left, right) => sameProcess(left, right) && isBefore(left, right))]))
  }
  if (assumptions.linearizableKeys) sources.push(distinct([...within, ...ordered(isBefore)]))
  return sources
}

function isAcyclic(values: readonly unknown[], pairs: readonly Pair[]): boolean {
  const closed = closure(values, pairs)
  return values.every((value) => !closed.has(pairName([value, value])))
}

function closure(values: readonly unknown[], pairs: readonly Pair[]): Set<string> {
  const closed = new Set(pairs.map(pairName))
  for (const between of values) {
    for (const left of values) {
      if (!closed.has(pairName([left, between]))) continue
      for (const right of values) if (closed.has(pairName([between, right]))) closed.add(pairName([left, right]))
    }
  }
  return closed
}

function pairName([left, right]: Pair): string {
  return `${left}<${right}`
}

function singlesOf(
  reader: BruteTransaction,
  writer: (key: string, value: unknown) => BruteTransaction | undefined,
): Set<string> {
  const singles = new Set<string>()
  reader.mops.forEach(([verb, key, value], i) => {
    if (verb !== 'r') return
    const source = value === null ? undefined : writer(key, value)
    if (value !== null && source === undefined) singles.add('thin-air-read')
    if (source?.isFailed) singles.add('G1a')
    if (source && source !== reader && writesOf(source, key).at(-1) !== value) singles.add('G1b')
    const own = reader.mops.filter((mop) => mop[1] === key)
    const before = own.slice(0, own.indexOf(reader.mops[i]!)).at(-1)
    if (before !== undefined && before[2] !== value) singles.add('internal')
    const later = reader.mops.slice(i + 1)
    if (later.some((mop) => mop[0] !== 'r' && mop[1] === key && mop[2] === value)) singles.add('future-read')
  })
  return singles
}
