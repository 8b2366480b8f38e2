/**
 * Random records of no system at all, for comparing a checker with its definition: what is answered follows from nothing, so
 * that every odd thing is met (answers of values never written, of values whose write failed, processes that end without an
 * answer, the same value told as a number and as a bigint). `fuzz.fixture.ts` makes records of systems that mostly work.
 */
import {type History, history} from '../../core/history.ts'
import type {Key, Op} from '../../core/op.ts'
import type {Random} from '../../core/random.ts'

/** What one operation is: `answer` gives the value of its completion, where it is ok; undefined for a refusal. */
export interface Drawn {
  readonly f: string
  readonly key?: Key
  readonly input?: unknown
  readonly answer: (random: Random) => unknown
  readonly final?: boolean
}

export interface AnyRecord {
  readonly workers: number
  readonly operations: number
  readonly draw: (random: Random, process: number, made: number) => Drawn
  /** Share of operations that are refused, as many of unknown outcome, and half as many lost; each may be told apart. */
  readonly open?: number
  readonly fail?: number
  readonly info?: number
  /** Share of operations of which no completion is recorded; their process asks nothing further. */
  readonly lost?: number
  readonly node?: (worker: number) => string | undefined
  /** Nanoseconds between two ops. */
  readonly gapNs?: (random: Random) => number
}

/** A random record of these operations. */
export function anyRecord(random: Random, options: AnyRecord): History {
  const {workers, operations, draw, open: share = 0, fail = share, info = share, lost = share / 2} = options
  const ops: Op[] = []
  const open = new Map<number, {readonly process: number; readonly drawn: Drawn}>()
  const processes = Array.from({length: workers}, (_, worker) => worker)
  let fresh = workers
  let made = 0
  let now = 0
  const record = (worker: number, process: number, {f, key, final}: Drawn, type: Op['type'], value: unknown) => {
    const node = options.node?.(worker)
    now += options.gapNs?.(random) ?? 1_000_000
    ops.push({
      index: ops.length,
      timeNs: now,
      type,
      process,
      f,
      value,
      ...(key === undefined ? {} : {key}),
      ...(final ? {final} : {}),
      ...(node === undefined ? {} : {node}),
    })
  }
  while (made < operations || open.size > 0) {
    const worker = random.int(workers)
    const running = open.get(worker)
    if (running === undefined) {
      if (made >= operations) continue
      const process = processes[worker] as number
      const drawn = draw(random, process, made++)
      open.set(worker, {process, drawn})
      record(worker, process, drawn, 'invoke', drawn.input ?? null)
      continue
    }
    if (random.chance(0.3)) continue
    open.delete(worker)
    const {process, drawn} = running
    const asked = drawn.input ?? null
    const luck = random.next()
    if (luck < lost + info) processes[worker] = fresh++
    if (luck < lost) continue
    if (luck < lost + info) record(worker, process, drawn, 'info', asked)
    else if (luck < lost + info + fail) record(worker, process, drawn, 'fail', asked)
    else {
      const answer = drawn.answer(random)
      record(worker, process, drawn, answer === undefined ? 'fail' : 'ok', answer === undefined ? asked : answer)
    }
  }
  return history(ops)
}

export interface AnyRegisters extends Pick<AnyRecord, 'gapNs'> {
  /** Keys of one record: one of these lists. */
  readonly keys: readonly (readonly (Key | undefined)[])[]
  /** At most so many operations. */
  readonly most: number
  /** Share of operations of unknown outcome in the records that have any, and of refused ones. */
  readonly open: number
}

/** A random record of registers: reads, writes of new values, and compare-and-sets. */
export function anyRegisters(random: Random, {keys: lists, most, open, gapNs}: AnyRegisters): History {
  const keys = random.pick(lists)
  const written = new Map<unknown, number>()
  const shift = random.int(8)
  const some = (draws: Random, key: unknown) => {
    const at = draws.between(shift - 1, (written.get(key) ?? shift) - 1)
    return at < shift ? null : anyValue(draws.chance(0.02) ? 40 : at, draws.int(2))
  }
  const next = (key: unknown) => {
    const n = written.get(key) ?? shift
    written.set(key, n + 1)
    return anyValue(n)
  }
  const share = random.pick([0, open])
  return anyRecord(random, {
    workers: random.between(1, 4),
    operations: random.between(0, most),
    open: share,
    ...(gapNs === undefined ? {} : {gapNs}),
    draw: (draws) => {
      const key = draws.pick(keys)
      const common = key === undefined ? {} : {key}
      const luck = draws.next()
      if (luck < 0.45) return {...common, f: 'read', answer: (late) => some(late, key)}
      const input = luck < 0.9 ? next(key) : [some(draws, key), next(key)]
      return {...common, f: luck < 0.9 ? 'write' : 'cas', input, answer: () => input}
    },
  })
}

/** The n-th of unlike values, n from 0; as a second spelling where there is one that is equal. */
export function anyValue(n: number, spelling = 0): unknown {
  switch (n % 8) {
    case 0:
      return spelling === 0 ? n : BigInt(n)
    case 1:
      return `${n - 1}`
    case 2:
      return 9007199254740993n + BigInt(n)
    case 3:
      return [n - 3]
    case 4:
      return spelling === 0 ? {a: n, b: 0} : {b: 0, a: n}
    case 5:
      return `[${n - 5}]`
    case 6:
      return spelling === 0 ? new Set([n, 'x']) : new Set(['x', n])
    default:
      return n + 0.5
  }
}

/** What a value is, as text: an equality of its own, so that a checker's is tested too. Equal values give equal texts. */
export function identity(value: unknown): string {
  if (value === null || value === undefined) return 'nil'
  if (typeof value === 'number' || typeof value === 'bigint') return `n ${value}`
  if (typeof value === 'string') return `s ${value.length} ${value}`
  if (typeof value === 'boolean') return `b ${value}`
  if (Array.isArray(value)) return `( ${value.map(identity).join(' , ')} )`
  if (value instanceof Set) return `< ${[...value].map(identity).sort().join(' , ')} >`
  const fields = Object.entries(value as object).map(([name, field]) => `${identity(name)} : ${identity(field)}`)
  return `{ ${fields.sort().join(' , ')} }`
}
