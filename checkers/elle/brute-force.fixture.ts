/**
 * The definitions, written down as they are, for small histories: every edge by comparing every pair, every simple cycle by
 * walking all of them, serializability by trying every order. Shares nothing with the checkers but the names.
 */
import type {History} from '../../core/history.ts'
import type {Operation} from '../../core/op.ts'

export type EdgeKind = 'ww' | 'wr' | 'rw' | 'process' | 'realtime'
type Mop = readonly [string, string, unknown]

export interface BruteTransaction {
  readonly operation: Operation
  readonly mops: readonly Mop[]
  readonly isOk: boolean
  readonly isFailed: boolean
}

export function bruteTransactions(history: History): BruteTransaction[] {
  return history.operations.map((operation) => ({
    operation,
    mops: (operation.outcome === 'ok' ? operation.output : operation.input) as readonly Mop[],
    isOk: operation.outcome === 'ok',
    isFailed: operation.outcome === 'fail',
  }))
}

/** What an *ok* transaction read of a key, in order. Unknown for any other. */
export function readsOf(transaction: BruteTransaction, key?: string): unknown[] {
  if (!transaction.isOk) return []
  return transaction.mops.filter(([verb, k]) => verb === 'r' && (key === undefined || k === key)).map((mop) => mop[2])
}

export function writesOf(transaction: BruteTransaction, key: string): unknown[] {
  return transaction.mops.filter(([verb, k]) => verb !== 'r' && k === key).map((mop) => mop[2])
}

/** Whether it read the key and wrote it afterwards. */
export function writesAfterRead({mops}: BruteTransaction, key: string): boolean {
  const own = mops.filter((mop) => mop[1] === key)
  const read = own.findIndex(([verb]) => verb === 'r')
  return read !== -1 && own.slice(read).some(([verb]) => verb !== 'r')
}

export function keysOf(transactions: readonly BruteTransaction[]): string[] {
  return [...new Set(transactions.flatMap(({mops}) => mops.map((mop) => mop[1])))].sort()
}

export function isBefore(left: BruteTransaction, right: BruteTransaction): boolean {
  if (left.operation.outcome === 'info' || left.operation.completion === undefined) return false
  return left.operation.completion.index < right.operation.invoke.index
}

export type Relation = (from: BruteTransaction, to: BruteTransaction) => readonly EdgeKind[]

/** Process order and real time, besides what a relation says. */
export function withOrders(data: Relation): Relation {
  return (from, to) => {
    const kinds = [...data(from, to)]
    if (isBefore(from, to)) kinds.push('realtime')
    if (isBefore(from, to) && from.operation.process === to.operation.process) kinds.push('process')
    return kinds
  }
}

/** The names of all simple cycles of a relation between these transactions. */
export function cycleTypes(transactions: readonly BruteTransaction[], relation: Relation): Set<string> {
  const types = new Set<string>()
  const count = transactions.length
  const kinds = transactions.map((from) => transactions.map((to) => (from === to ? [] : relation(from, to))))
  const walk = (start: number, at: number, visited: Set<number>, path: EdgeKind[]) => {
    for (let to = start; to < count; to++) {
      for (const kind of kinds[at]![to]!) {
        if (to === start) types.add(nameOf([...path, kind]))
        else if (!visited.has(to)) walk(start, to, new Set([...visited, to]), [...path, kind])
      }
    }
  }
  for (let start = 0; start < count; start++) walk(start, start, new Set([start]), [])
  types.delete('order')
  return types
}

function nameOf(kinds: readonly EdgeKind[]): string {
  const count = (kind: EdgeKind) => kinds.filter((one) => one === kind).length
  if (count('process') + count('realtime') === kinds.length) return 'order'
  const adjacent = kinds.some((kind, i) => kind === 'rw' && kinds[(i + 1) % kinds.length] === 'rw')
  const base =
    count('rw') === 0
      ? count('wr') > 0
        ? 'G1c'
        : 'G0'
      : count('rw') === 1
        ? 'G-single-item'
        : adjacent
          ? 'G2-item'
          : 'G-nonadjacent-item'
  return base + (count('realtime') > 0 ? '-realtime' : count('process') > 0 ? '-process' : '')
}

/**
 * Whether some order of these transactions, one at a time, explains every read; if `strict`, one that real time allows.
 * All of them take part.
 */
export function isSerializable(transactions: readonly BruteTransaction[], strict: boolean, isList: boolean): boolean {
  const extend = (state: ReadonlyMap<string, readonly unknown[]>, rest: readonly BruteTransaction[]): boolean => {
    if (rest.length === 0) return true
    return rest.some((next) => {
      if (strict && rest.some((other) => other !== next && isBefore(other, next))) return false
      const after = run(state, next, isList)
      return (
        after !== undefined &&
        extend(
          after,
          rest.filter((other) => other !== next),
        )
      )
    })
  }
  return extend(new Map(), transactions)
}

function run(
  before: ReadonlyMap<string, readonly unknown[]>,
  {mops, isOk}: BruteTransaction,
  isList: boolean,
): ReadonlyMap<string, readonly unknown[]> | undefined {
  const state = new Map(before)
  for (const [verb, key, value] of mops) {
    const now = state.get(key) ?? []
    if (verb !== 'r') state.set(key, [...now, value])
    else if (isOk) {
      const seen = isList ? JSON.stringify(value ?? []) : JSON.stringify(value ?? null)
      const there = isList ? JSON.stringify(now) : JSON.stringify(now.at(-1) ?? null)
      if (seen !== there) return undefined
    }
  }
  return state
}
