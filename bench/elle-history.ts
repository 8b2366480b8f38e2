/**
 * Histories of a strictly serializable database for the transaction benches, of any length, with at most one planted
 * anomaly in the middle: as ops, or straight into columns.
 */
import {TransactionsBuilder} from '../checkers/elle/builder.ts'
import {transactionSource} from '../checkers/elle/generate.ts'
import type {MicroOp} from '../checkers/elle/micro-op.ts'
import type {Transactions, Workload} from '../checkers/elle/transactions.ts'
import {type History, history} from '../core/history.ts'
import type {Op, OpType} from '../core/op.ts'
import {createRandom, type Random} from '../core/random.ts'

export type Planted = 'none' | 'G1c' | 'G-single' | 'G2-item'

export interface HistoryShape {
  readonly workload: Workload
  readonly transactions: number
  readonly clients: number
  readonly planted: Planted
  readonly seed: string
}

const FAIL_RATE = 0.02
const INFO_RATE = 0.005

interface Sink {
  invoke(process: number, asked: readonly MicroOp[]): void
  complete(process: number, type: Exclude<OpType, 'invoke'>, mops: readonly MicroOp[]): void
}

export function benchHistory(shape: HistoryShape): History {
  const ops: Op[] = []
  const push = (process: number, type: OpType, value: unknown) => {
    ops.push({index: ops.length, timeNs: ops.length * 1000, type, process, f: 'txn', value})
  }
  generate(shape, {invoke: (process, asked) => push(process, 'invoke', asked), complete: push})
  return history(ops)
}

export function benchColumns(shape: HistoryShape): Transactions {
  const builder = new TransactionsBuilder(shape.workload)
  const invokedAt = new Map<number, number>()
  let position = 0
  generate(shape, {
    invoke: (process) => invokedAt.set(process, position++),
    complete(process, type, mops) {
      const invoked = invokedAt.get(process)!
      const completed = position++
      builder.begin({process, outcome: type, invoked, completed, invokeIndex: invoked, completeIndex: completed})
      for (const mop of mops) {
        if (mop[0] === 'r') builder.read(mop[1], mop[2])
        else builder.write(mop[1], mop[2])
      }
    },
  })
  return builder.build()
}

interface Running {
  readonly process: number
  readonly asked: readonly MicroOp[]
  result: readonly MicroOp[] | undefined
  type: 'ok' | 'fail' | 'info'
}

function generate(shape: HistoryShape, sink: Sink): void {
  const random = createRandom(shape.seed)
  const clients: (Running | undefined)[] = Array.from({length: shape.clients}, () => undefined)
  const processes = Array.from({length: shape.clients}, (_, i) => i)
  const store = new Map<number, readonly number[]>()
  let nextProcess = shape.clients + 2
  let source = transactionSource(shape.workload)
  let begun = 0
  let open = 0
  while (begun < shape.transactions || open > 0) {
    const client = random.int(shape.clients)
    const running = clients[client]
    if (running === undefined) {
      if (begun >= shape.transactions) continue
      if (begun === shape.transactions >> 1) plant(shape, sink)
      begun++
      open++
      const next = source.next(random)
      source = next.source
      clients[client] = {process: processes[client]!, asked: next.transaction, result: undefined, type: 'ok'}
      sink.invoke(processes[client]!, next.transaction)
    } else if (running.result === undefined) apply(running, store, shape.workload, random)
    else {
      sink.complete(running.process, running.type, running.result)
      if (running.type === 'info') processes[client] = nextProcess++
      clients[client] = undefined
      open--
    }
  }
}

/** One moment: all of a transaction happens, or nothing of it. */
function apply(running: Running, store: Map<number, readonly number[]>, workload: Workload, random: Random): void {
  const isInfo = random.chance(INFO_RATE)
  running.type = isInfo ? 'info' : random.chance(FAIL_RATE) ? 'fail' : 'ok'
  running.result = running.asked
  if (running.type === 'fail' || (isInfo && random.chance(0.5))) return
  const result: MicroOp[] = []
  for (const mop of running.asked) {
    const [verb, key, value] = mop as readonly [string, number, number]
    const list = store.get(key) ?? []
    if (verb === 'r') result.push(['r', key, workload === 'list-append' ? list : (list[0] ?? null)])
    else {
      store.set(key, workload === 'list-append' ? [...list, value] : [value])
      result.push(mop)
    }
  }
  if (running.type === 'ok') running.result = result
}

/** Two concurrent transactions on two keys of their own that contradict each other. */
function plant({planted, workload, clients}: HistoryShape, sink: Sink): void {
  if (planted === 'none') return
  const [x, y] = [-1, -2]
  const write = (key: number): MicroOp => (workload === 'list-append' ? ['append', key, 1] : ['w', key, 1])
  const seen = (key: number): MicroOp => ['r', key, workload === 'list-append' ? [1] : 1]
  const unseen = (key: number): MicroOp => ['r', key, workload === 'list-append' ? [] : null]
  const pairs: Readonly<Record<Exclude<Planted, 'none'>, readonly [MicroOp[], MicroOp[]]>> = {
    G1c: [
      [write(x), seen(y)],
      [write(y), seen(x)],
    ],
    'G-single': [
      [write(x), write(y)],
      [seen(x), unseen(y)],
    ],
    'G2-item': [
      [unseen(x), write(y)],
      [unseen(y), write(x)],
    ],
  }
  const ask = (mops: readonly MicroOp[]) => mops.map((mop): MicroOp => (mop[0] === 'r' ? ['r', mop[1], null] : mop))
  pairs[planted].forEach((mops, i) => {
    sink.invoke(clients + i, ask(mops))
  })
  pairs[planted].forEach((mops, i) => {
    sink.complete(clients + i, 'ok', mops)
  })
}
