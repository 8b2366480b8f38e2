/** The definitions for lists; see `brute-force.fixture.ts`. */
import {
  type BruteTransaction,
  type EdgeKind,
  keysOf,
  type Relation,
  readsOf,
  writesAfterRead,
  writesOf,
} from './brute-force.fixture.ts'

export interface BruteLists {
  readonly committed: readonly BruteTransaction[]
  readonly relation: Relation
  readonly singles: ReadonlySet<string>
  /** Several longest lists of a key differ: which one is taken for its order is arbitrary. */
  readonly isAmbiguous: boolean
}

export function bruteLists(transactions: readonly BruteTransaction[]): BruteLists {
  const keys = keysOf(transactions)
  const lists = new Map(keys.map((key) => [key, transactions.flatMap((t) => readsOf(t, key)) as number[][]]))
  const longest = new Map(keys.map((key) => [key, longestOf(lists.get(key)!)]))
  const order = new Map(keys.map((key) => [key, [...new Set(longest.get(key))]]))
  const writer = (key: string, element: unknown) => transactions.find((t) => writesOf(t, key).includes(element))
  const isObserved = (t: BruteTransaction) =>
    keys.some((key) =>
      writesOf(t, key).some((element) => lists.get(key)!.some((list) => list.includes(element as number))),
    )
  const committed = transactions.filter((t) => t.isOk || (!t.isFailed && isObserved(t)))
  const committedWriter = (key: string, element: unknown) => {
    const t = writer(key, element)
    return t !== undefined && committed.includes(t) ? t : undefined
  }
  /** Who appended next after a place in the order: one transaction, or all those whose appends nobody saw. */
  const writersAfter = (key: string, place: number): BruteTransaction[] => {
    const next = order
      .get(key)!
      .slice(place)
      .map((element) => committedWriter(key, element))
      .find((t) => t !== undefined)
    if (next !== undefined) return [next]
    return committed.filter((t) =>
      writesOf(t, key).some((element) => lists.get(key)!.every((list) => !list.includes(element as number))),
    )
  }
  const placeOf = (key: string, list: readonly number[]) =>
    list.length === 0 ? 0 : order.get(key)!.indexOf(list.at(-1)!) + 1 || undefined

  const relation: Relation = (from, to) => {
    const kinds = new Set<EdgeKind>()
    for (const key of keys) {
      order.get(key)!.forEach((element, i) => {
        if (committedWriter(key, element) === from && writersAfter(key, i + 1).includes(to)) kinds.add('ww')
      })
      for (const list of readsOf(from, key) as number[][]) {
        const place = placeOf(key, list)
        if (place !== undefined && writersAfter(key, place).includes(to)) kinds.add('rw')
      }
      for (const list of readsOf(to, key) as number[][]) {
        const place = placeOf(key, list)
        const seen = place === undefined ? list.slice(-1) : order.get(key)!.slice(0, place)
        const source = seen.map((element) => committedWriter(key, element)).findLast((t) => t !== undefined)
        if (source === from) kinds.add('wr')
      }
    }
    return [...kinds]
  }

  const singles = new Set<string>()
  for (const key of keys) {
    for (const list of lists.get(key)!) {
      if (new Set(list).size < list.length) singles.add('duplicate-elements')
      if (!isPrefix(list, longest.get(key)!)) singles.add('incompatible-order')
    }
    const places = committed.map((t) => writesOf(t, key).map((element) => order.get(key)!.indexOf(element as number)))
    for (const own of places) {
      if (
        own.some((place, i) => place !== -1 && own.slice(0, i).some((earlier) => earlier === -1 || earlier > place))
      ) {
        singles.add('incompatible-order')
      }
    }
    let sawFailed = false
    for (const element of order.get(key)!) {
      if (writer(key, element)?.isFailed) sawFailed = true
      else if (sawFailed && writer(key, element)?.isOk) singles.add('dirty-update')
    }
    // Who read its own append has not lost sight of it.
    const isForeign = (t: BruteTransaction) =>
      !writesOf(t, key).includes((readsOf(t, key)[0] as number[]).at(-1) as number)
    const readers = committed.filter((t) => t.isOk && writesAfterRead(t, key) && isForeign(t))
    const firstReads = readers.map((t) => String((readsOf(t, key)[0] as number[]).at(-1)))
    if (new Set(firstReads).size < firstReads.length) singles.add('lost-update')
  }
  for (const reader of transactions.filter((t) => t.isOk)) {
    for (const single of singlesOf(reader, writer)) singles.add(single)
  }
  const isAmbiguous = keys.some((key) =>
    lists.get(key)!.some((list) => list.length === longest.get(key)!.length && !isPrefix(list, longest.get(key)!)),
  )
  return {committed, relation, singles, isAmbiguous}
}

function singlesOf(
  reader: BruteTransaction,
  writer: (key: string, element: unknown) => BruteTransaction | undefined,
): Set<string> {
  const singles = new Set<string>()
  reader.mops.forEach(([verb, key, value], i) => {
    if (verb !== 'r') return
    const list = (value ?? []) as number[]
    for (const element of list) {
      if (writer(key, element) === undefined) singles.add('thin-air-read')
      if (writer(key, element)?.isFailed) singles.add('G1a')
    }
    const last = list.at(-1)
    const source = last === undefined ? undefined : writer(key, last)
    if (source && source !== reader && writesOf(source, key).at(-1) !== last) singles.add('G1b')
    const later = reader.mops.slice(i + 1).filter((mop) => mop[0] !== 'r' && mop[1] === key)
    if (later.some((mop) => list.includes(mop[2] as number))) singles.add('future-read')

    const before = reader.mops.slice(0, i).filter((mop) => mop[1] === key)
    const base = before.findLastIndex((mop) => mop[0] === 'r')
    const appended = before.slice(base + 1).map((mop) => mop[2])
    if (before.length === 0) return
    const known =
      base === -1 ? list.slice(0, Math.max(0, list.length - appended.length)) : (before[base]![2] as number[])
    if (JSON.stringify(list) !== JSON.stringify([...known, ...appended])) singles.add('internal')
  })
  return singles
}

function longestOf(lists: readonly (readonly number[])[]): readonly number[] {
  return lists.reduce((best, list) => (list.length > best.length ? list : best), [])
}

function isPrefix(list: readonly unknown[], longer: readonly unknown[]): boolean {
  return list.every((element, i) => element === longer[i])
}
