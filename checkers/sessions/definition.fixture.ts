/**
 * The session models as their definitions say, by trying every order; written without a look at the checkers, from Terry et
 * al. 1994, Ahamad et al. 1995, Lipton & Sandberg 1988 and Lamport 1979 as `models.ts` and `sequential.ts` sum them up.
 *
 * A model holds when every process has an order of its own reads and of everybody's writes that contains what the model
 * demands, and in which each read returns the last write of its key before it (nothing, where there is none).
 */
import type {History} from '../../core/history.ts'
import type {Operation} from '../../core/op.ts'
import {identity} from '../testing/any-record.fixture.ts'

interface Access {
  readonly process: number
  /** Place within its process. */
  readonly place: number
  readonly key: string
  readonly kind: 'read' | 'write'
  readonly value: string
}

type Before = (left: Access, right: Access) => boolean

/** What happened, or was seen to have happened: reads and writes; a compare-and-set is both. */
export function happened(record: History): Operation[] {
  const all = [...record.operations]
  const took = new Set(all.filter(({outcome}) => outcome === 'ok'))
  for (let grown = true; grown; ) {
    const seen = new Set([...took].flatMap((operation) => readOf(operation)))
    const more = all.filter((one) => one.outcome === 'info' && !took.has(one) && writeOf(one).some((w) => seen.has(w)))
    for (const operation of more) took.add(operation)
    grown = more.length > 0
  }
  return all.filter((operation) => took.has(operation))
}

const told = (key: unknown, value: unknown) => `${identity(key)} = ${identity(value)}`

function readOf({f, key, input, output}: Operation): string[] {
  if (f === 'read') return [told(key, output)]
  return f === 'cas' ? [told(key, (input as unknown[])[0])] : []
}

function writeOf({f, key, input}: Operation): string[] {
  if (f === 'write') return [told(key, input)]
  return f === 'cas' ? [told(key, (input as unknown[])[1])] : []
}

function accessesOf(record: History): Access[] {
  return happened(record).flatMap((operation, place) => {
    const {process, key} = operation
    const common = {process: process as number, key: identity(key)}
    const reads = readOf(operation).map((value) => ({...common, place: 2 * place, kind: 'read' as const, value}))
    const writes = writeOf(operation).map((value) => ({...common, place: 2 * place + 1, kind: 'write' as const, value}))
    return [...reads, ...writes]
  })
}

/** Whether a model of `SESSION_MODELS` holds, over all keys together. */
export function holds(model: string, record: History): boolean {
  const accesses = accessesOf(record)
  const earlier: Before = (left, right) => left.process === right.process && left.place < right.place
  const writes = accesses.filter(({kind}) => kind === 'write')
  const writers = (read: Access) => (read.kind === 'read' ? writes.filter(({value}) => value === read.value) : [])
  const followed: Before = (left, right) =>
    right.kind === 'write' &&
    accesses.some((read) => earlier(read, right) && writers(read).some((writer) => writer === left))
  const past = model === 'causal' ? causes(accesses, earlier, writers) : undefined
  return [...new Set(accesses.map(({process}) => process))].every((me) => {
    const mine = accesses.filter(({process, kind}) => process === me || kind === 'write')
    const demanded: Before = (left, right) => {
      const kinds = `${left.kind} ${right.kind}`
      const own = left.process === me && earlier(left, right)
      if (own && kinds === 'read read') return true
      if (model === 'read-your-writes') return own && kinds === 'write read'
      if (model === 'monotonic-writes') return kinds === 'write write' && earlier(left, right)
      if (model === 'writes-follow-reads') return followed(left, right)
      if (model === 'pram') return own || (kinds === 'write write' && earlier(left, right))
      return past?.get(right)?.has(left) ?? false
    }
    return hasOrder(mine, demanded)
  })
}

/** Everything that causally precedes each access: program order and read-from, transitively. */
function causes(accesses: readonly Access[], earlier: Before, writers: (read: Access) => readonly Access[]) {
  const past = new Map(accesses.map((one) => [one, new Set(accesses.filter((other) => earlier(other, one)))]))
  for (const [one, before] of past) for (const writer of writers(one)) before.add(writer)
  for (let grown = true; grown; ) {
    grown = false
    for (const before of past.values()) {
      const size = before.size
      for (const one of [...before]) for (const further of past.get(one) as Set<Access>) before.add(further)
      grown ||= before.size > size
    }
  }
  return past
}

function hasOrder(accesses: readonly Access[], before: Before): boolean {
  const needs = accesses.map((right) => accesses.flatMap((left, i) => (before(left, right) ? [i] : [])))
  const dead = new Set<string>()
  const go = (done: number, state: Readonly<Record<string, string>>): boolean => {
    if (done === 2 ** accesses.length - 1) return true
    const name = `${done} ${JSON.stringify(Object.entries(state).sort())}`
    if (dead.has(name)) return false
    for (const [i, {kind, key, value}] of accesses.entries()) {
      if ((done >> i) & 1 || needs[i]?.some((j) => !((done >> j) & 1))) continue
      if (kind === 'read' && (state[key] ?? `${key} = nil`) !== value) continue
      if (go(done | (1 << i), kind === 'read' ? state : {...state, [key]: value})) return true
    }
    dead.add(name)
    return false
  }
  return go(0, {})
}

/**
 * Whether one order of all operations keeps every process's own and lets every read return the last write: sequential
 * consistency. With real time, what had ended before another began comes before it: linearizability.
 */
export function hasOneOrder(record: History, realTime = false): boolean {
  const operations = [...record.operations].filter(
    ({outcome, f}) => outcome === 'ok' || (outcome === 'info' && f !== 'read'),
  )
  const before = (left: Operation, right: Operation) =>
    (left.process === right.process && left.startNs < right.startNs) || (realTime && left.endNs < right.startNs)
  const dead = new Set<string>()
  const go = (done: number, state: Readonly<Record<string, string>>): boolean => {
    if (operations.every(({outcome}, i) => outcome === 'info' || (done >> i) & 1)) return true
    const name = `${done} ${JSON.stringify(Object.entries(state).sort())}`
    if (dead.has(name)) return false
    for (const [i, operation] of operations.entries()) {
      if ((done >> i) & 1) continue
      if (operations.some((other, j) => !((done >> j) & 1) && before(other, operation))) continue
      const key = identity(operation.key)
      if (readOf(operation).some((value) => value !== (state[key] ?? `${key} = nil`))) continue
      const written = writeOf(operation)[0]
      if (go(done | (1 << i), written === undefined ? state : {...state, [key]: written})) return true
    }
    dead.add(name)
    return false
  }
  return go(0, {})
}
