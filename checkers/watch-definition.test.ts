/**
 * Watches against definitions, written without a look at them: what a watch tells must follow from the ops so far, whatever
 * the open operations may still come to. Objects by trying every order; locks by comparing every two holders. The records
 * follow from nothing.
 */
import {expect, it} from 'vitest'
import {type History, history} from '../core/history.ts'
import type {Operation} from '../core/op.ts'
import type {Random} from '../core/random.ts'
import type {Verdict} from '../core/verdict.ts'
import type {Breach, Watch} from '../core/watch.ts'
import {CounterWatch} from './counters/counter-watch.ts'
import {lock} from './invariants/lock.ts'
import {lockWatch} from './invariants/lock-watch.ts'
import {casRegister} from './linearizable/models/register.ts'
import {LinearizableStream} from './linearizable/streaming/stream.ts'
import {SetWatch} from './sets/set-watch.ts'
import {anyRecord, anyValue, identity} from './testing/any-record.fixture.ts'
import {fuzz, fuzzCount} from './testing/fuzz.fixture.ts'

/** An object: the state after a call, as text, or undefined where it could not have answered so. */
type Step = (state: string, call: Operation) => string | undefined

/** Whether the operations have an order; what is open may have happened. */
function hasOrder(operations: readonly Operation[], step: Step, initial: string): boolean {
  const mayBe = operations.filter(({outcome, f}) => outcome === 'ok' || (outcome === 'info' && f !== 'read'))
  const dead = new Set<string>()
  const go = (done: number, state: string): boolean => {
    if (mayBe.every(({outcome}, i) => outcome === 'info' || (done >> i) & 1)) return true
    if (dead.has(`${done} ${state}`)) return false
    for (const [i, one] of mayBe.entries()) {
      if ((done >> i) & 1 || mayBe.some((other, j) => !((done >> j) & 1) && other.endNs < one.startNs)) continue
      const next = step(state, one)
      if (next !== undefined && go(done | (1 << i), next)) return true
    }
    dead.add(`${done} ${state}`)
    return false
  }
  return go(0, initial)
}

const SET: Step = (state, {f, input, output}) => {
  const elements = JSON.parse(state) as string[]
  const element = identity(input)
  if (f === 'add') return JSON.stringify([...new Set([...elements, element])].sort())
  if (f === 'remove') return JSON.stringify(elements.filter((one) => one !== element))
  return JSON.stringify([...(output as unknown[])].map(identity).sort()) === state ? state : undefined
}

const COUNTER: Step = (state, {f, input, output}) => {
  if (f === 'add') return `${BigInt(state) + BigInt(input as number)}`
  return `${output}` === state ? state : undefined
}

const REGISTER: Step = (state, {f, input, output}) => {
  if (f === 'read') return identity(output) === state ? state : undefined
  if (f === 'write') return identity(input)
  const [expected, written] = (input as unknown[]).map(identity)
  return expected === state ? written : undefined
}

/** A mutual exclusion that nobody can explain: two who hold it for certain, at one time. */
function overlaps(operations: readonly Operation[], leaseNs: number): boolean {
  const holds = operations
    .filter(({f, outcome}) => f === 'acquire' && outcome === 'ok')
    .map(({process, startNs, endNs, key}) => {
      const after = operations.filter((one) => one.process === process && one.key === key && one.startNs > endNs)
      const left = after.filter(({f, outcome}) => (f === 'release' ? outcome !== 'fail' : outcome === 'ok'))
      return {process, key, fromNs: endNs, toNs: Math.min(startNs + leaseNs, ...left.map((one) => one.startNs))}
    })
  return holds.some((one) =>
    holds.some(
      (other) =>
        one.process !== other.process &&
        one.key === other.key &&
        Math.max(one.fromNs, other.fromNs) < Math.min(one.toNs, other.toNs),
    ),
  )
}

function shape(random: Random, operations: number) {
  const wait = random.pick([0, 0.15])
  return {
    workers: random.between(1, 4),
    operations: random.between(1, operations),
    open: wait,
  }
}

function sets(random: Random): History {
  const shift = random.int(8)
  const some = (draws: Random) => anyValue(shift + draws.int(3), draws.int(2))
  const tried: unknown[] = []
  return anyRecord(random, {
    ...shape(random, 8),
    draw: (draws) => {
      if (draws.chance(0.4)) {
        return {
          f: 'read',
          answer: (late) => {
            const list = tried.filter(() => late.chance(0.8)).concat(late.chance(0.05) ? [some(late)] : [])
            return late.chance(0.2) ? new Set(list) : list
          },
        }
      }
      const input = some(draws)
      const f = draws.chance(0.75) ? 'add' : 'remove'
      if (f === 'add' && !tried.some((one) => identity(one) === identity(input))) tried.push(input)
      return {f, input, answer: () => input}
    },
  })
}

function counters(random: Random): History {
  const big = random.chance(0.2) ? 2n ** 60n : 0n
  const amount = (draws: Random) => (draws.chance(0.5) && big > 0n ? big : draws.pick([1, 2, 5, -1, -3]))
  let sum = 0n
  return anyRecord(random, {
    ...shape(random, 7),
    draw: (draws) => {
      if (draws.chance(0.4)) {
        return {
          f: 'read',
          answer: (late) => {
            const told = sum - BigInt(late.pick([0, 0, 0, 1, 2, -3]))
            return Number.isSafeInteger(Number(told)) ? Number(told) : told
          },
        }
      }
      const input = amount(draws)
      return {
        f: 'add',
        input,
        answer: () => {
          sum += BigInt(input)
          return input
        },
      }
    },
  })
}

function registers(random: Random): History {
  const shift = random.int(8)
  const some = (draws: Random) => (draws.chance(0.2) ? null : anyValue(shift + draws.int(3), draws.int(2)))
  let last: unknown = null
  const faithful = random.pick([0.6, 0.9])
  return anyRecord(random, {
    ...shape(random, 8),
    draw: (draws) => {
      if (draws.chance(0.45)) return {f: 'read', answer: (late) => (late.chance(faithful) ? last : some(late))}
      const input = draws.chance(0.7) ? some(draws) : [draws.chance(faithful) ? last : some(draws), some(draws)]
      const f = Array.isArray(input) && input.length === 2 ? 'cas' : 'write'
      return {
        f,
        input,
        answer: () => {
          last = f === 'cas' ? (input as unknown[])[1] : input
          return input
        },
      }
    },
  })
}

const LEASE_NS = 6_000_000

function locks(random: Random): History {
  let token = 0
  const keys = random.pick([[undefined], ['a', 'b']])
  const lax = random.pick([0.05, 0.3, 1])
  const holder = new Map<unknown, number>()
  return anyRecord(random, {
    ...shape(random, 9),
    draw: (draws, process) => {
      const key = draws.pick(keys)
      const common = key === undefined ? {} : {key}
      const f = draws.chance(0.6) ? 'acquire' : 'release'
      const answer = (late: Random) => {
        if (f === 'release') {
          if (holder.get(key) === process) holder.delete(key)
          return null
        }
        if (holder.has(key) && !late.chance(lax)) return undefined
        holder.set(key, process)
        return ++token
      }
      return {...common, f, answer}
    },
  })
}

/** What a watch tells first, with the operations as they stood then. */
function told(watch: Watch, record: History): {readonly breach: Breach; readonly sofar: Operation[]} | undefined {
  for (const op of record.ops) {
    const breach = watch.push(op) ?? watch.probe()
    if (breach === undefined) continue
    expect(breach.index).toBeLessThanOrEqual(op.index)
    return {breach, sofar: [...history(record.ops.filter(({index}) => index <= op.index)).operations]}
  }
  return undefined
}

it.each([
  ['set', sets, () => new SetWatch(), SET, '[]'],
  ['counter', counters, () => new CounterWatch(), COUNTER, '0'],
] as const)('what the watch of a %s tells has no order', (name, make, watchFor, step, initial) => {
  fuzz(`definition of the watch of a ${name}`, fuzzCount(1000), make, (record) => {
    const found = told(watchFor(), record)
    if (found !== undefined) expect(hasOrder(found.sofar, step, initial), found.breach.sentence).toBe(false)
    return found === undefined
  })
})

it('the watch of a register tells exactly those that have no order', () => {
  fuzz('definition of the watch of a register', fuzzCount(1500), registers, (record) => {
    const watch = new LinearizableStream({model: casRegister})
    const found = told(watch, record)
    const expected = hasOrder([...record.operations], REGISTER, 'nil')
    if (found !== undefined) expect(hasOrder(found.sofar, REGISTER, 'nil'), found.breach.sentence).toBe(false)
    expect(found === undefined || watch.blind !== undefined).toBe(expected || watch.blind !== undefined)
    return expected
  })
})

it('the watch of a lock tells what two hold at once, and the checker tells exactly that', () => {
  const leaseMs = LEASE_NS / 1e6
  fuzz('definition of the watch of a lock', fuzzCount(1500), locks, (record) => {
    const found = told(lockWatch({leaseMs}), record)
    if (found !== undefined) expect(overlaps(found.sofar, LEASE_NS), found.breach.sentence).toBe(true)
    const {anomalies} = lock({fenced: false, leaseMs}).check(record) as Verdict
    const expected = overlaps([...record.operations], LEASE_NS)
    expect(anomalies.some(({type}) => type === 'overlapping-holders')).toBe(expected)
    return !expected
  })
})
