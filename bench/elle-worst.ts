/**
 * Histories that are hard for a search of cycles: databases that break a promise all the time, so that thousands of
 * transactions are one component, and components made up to have one cycle only, of everything there is.
 */
import {TransactionsBuilder} from '../checkers/elle/builder.ts'
import {transactionSource} from '../checkers/elle/generate.ts'
import type {MicroOp} from '../checkers/elle/micro-op.ts'
import type {Transactions, Workload} from '../checkers/elle/transactions.ts'
import type {Key} from '../core/op.ts'
import {createRandom} from '../core/random.ts'

/**
 * - `snapshot`: write skew everywhere.
 * - `two sites`: each sees the other's commits later (parallel snapshot isolation): long forks everywhere.
 * - `uncommitted`: micro-operations interleave freely: every kind of anomaly, thousands of times.
 * - `ring`: one cycle through all transactions, of reads and anti-dependencies in turn.
 * - `two chains`: two orders of writes with anti-dependencies between them, none of which closes a cycle alone.
 */
export const WORST = ['snapshot', 'two sites', 'uncommitted', 'ring', 'two chains'] as const
export type Worst = (typeof WORST)[number]

/** What each of them shows at least. */
export const SHOWN: Readonly<Record<Worst, readonly string[]>> = {
  snapshot: ['G2-item'],
  'two sites': ['G-nonadjacent-item', 'G2-item'],
  uncommitted: ['G0', 'G1b', 'G1c', 'G-single-item', 'internal', 'lost-update'],
  ring: ['G-nonadjacent-item'],
  'two chains': ['G-nonadjacent-item'],
}

export function worstColumns(worst: Worst, transactions: number): Transactions {
  if (worst === 'ring') return concurrently('list-append', ring(transactions))
  if (worst === 'two chains') return concurrently('list-append', twoChains(transactions >> 1))
  return interleaved(worst, transactions)
}

function concurrently(workload: Workload, transactions: readonly (readonly MicroOp[])[]): Transactions {
  const count = transactions.length
  const builder = new TransactionsBuilder(workload, count)
  transactions.forEach((mops, i) => {
    add(builder, {process: i, outcome: 'ok', invoked: i, completed: count + i}, mops)
  })
  return builder.build()
}

interface When {
  readonly process: number
  readonly outcome: 'ok' | 'fail'
  readonly invoked: number
  readonly completed: number
}

function add(builder: TransactionsBuilder, when: When, mops: readonly MicroOp[]): void {
  builder.begin({...when, invokeIndex: when.invoked, completeIndex: when.completed})
  for (const mop of mops) {
    if (mop[0] === 'r') builder.read(mop[1], mop[2])
    else builder.write(mop[1], mop[2])
  }
}

/** The i-th appends to key i; the next one has seen that where i is even; where it is odd, it appends what the i-th missed. */
function ring(count: number): MicroOp[][] {
  const even = count & ~1
  const all: MicroOp[][] = Array.from({length: even}, () => [])
  for (let i = 0; i < even; i++) {
    all[i]!.push(i % 2 === 0 ? ['append', i, 1] : ['r', i, []])
    all[(i + 1) % even]!.push(i % 2 === 0 ? ['r', i, [1]] : ['append', i, 1])
  }
  return all
}

const LAG = 10

function twoChains(count: number): MicroOp[][] {
  const numbers = Array.from({length: count}, (_, i) => i)
  const across = numbers.flatMap((i): MicroOp[][] => {
    const later: MicroOp[] = i + LAG < count ? [['append', `back${i + LAG}`, 1]] : []
    return [
      [['append', 'left', i], ['r', `over${i}`, []], ...later],
      [
        ['append', 'right', i],
        ['append', `over${i}`, 1],
        ['r', `back${i}`, []],
      ],
    ]
  })
  return [...across, [['r', 'left', numbers]], [['r', 'right', numbers]]]
}

interface Running {
  readonly mops: readonly MicroOp[]
  readonly done: MicroOp[]
  readonly own: Map<Key, unknown[]>
  readonly invoked: number
  readonly seen: number
}

interface Version {
  readonly value: unknown
  readonly commit: number
  readonly site: number
}

const CLIENTS = 20

/** Lists under a database whose clients take turns, one micro-operation at a time. */
function interleaved(worst: Worst, count: number): Transactions {
  const random = createRandom(`worst/${worst}`)
  const builder = new TransactionsBuilder('list-append', count)
  const versions = new Map<Key, Version[]>()
  const clients: (Running | undefined)[] = Array.from({length: CLIENTS}, () => undefined)
  let source = transactionSource('list-append')
  let commits = 0
  let position = 0
  let begun = 0
  let open = 0
  const siteOf = (client: number) => (worst === 'two sites' ? client % 2 : 0)
  const isVisible = ({commit, site}: Version, client: number, seen: number) =>
    commit <= (site === siteOf(client) ? seen : seen - LAG)
  const install = (key: Key, value: unknown, client: number) => {
    const list = versions.get(key) ?? []
    versions.set(key, list)
    list.push({value, commit: commits, site: siteOf(client)})
  }
  while (begun < count || open > 0) {
    const client = random.int(CLIENTS)
    const running = clients[client]
    if (running === undefined) {
      if (begun === count) continue
      begun++
      open++
      const next = source.next(random)
      source = next.source
      clients[client] = {mops: next.transaction, done: [], own: new Map(), invoked: position++, seen: commits}
      continue
    }
    const {mops, done, own, invoked} = running
    const seen = worst === 'uncommitted' ? commits : running.seen
    const mop = mops[done.length]
    if (mop !== undefined) {
      const [verb, key, value] = mop
      if (verb === 'r') {
        const there = (versions.get(key) ?? []).filter((version) => isVisible(version, client, seen))
        done.push(['r', key, [...there.map((version) => version.value), ...(own.get(key) ?? [])]])
        continue
      }
      done.push(mop)
      if (worst === 'uncommitted') install(key, value, client)
      else own.set(key, [...(own.get(key) ?? []), value])
      continue
    }
    // Of two that write the same key, unseen by each other, only the first commits.
    const isLate = [...own.keys()].some((key) =>
      versions.get(key)?.some((version) => !isVisible(version, client, seen)),
    )
    if (!isLate) {
      commits++
      for (const [key, values] of own) for (const value of values) install(key, value, client)
    }
    add(builder, {process: client, outcome: isLate ? 'fail' : 'ok', invoked, completed: position++}, done)
    clients[client] = undefined
    open--
  }
  return builder.build()
}
