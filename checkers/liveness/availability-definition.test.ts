/**
 * Availability against its definition, by trying every stretch from one millisecond to another: silence in which somebody waited
 * and no fault can have been in force, over records that follow from nothing.
 */
import {expect, it} from 'vitest'
import {type FaultWindow, type History, history} from '../../core/history.ts'
import type {Op, Operation} from '../../core/op.ts'
import type {Random} from '../../core/random.ts'
import type {Verdict} from '../../core/verdict.ts'
import {anyRecord} from '../testing/any-record.fixture.ts'
import {fuzz, fuzzCount} from '../testing/fuzz.fixture.ts'
import {availability} from './availability.ts'

const NODES = ['n1', 'n2', undefined]
const [GAP_MS, LIMIT_MS] = [2, 6]

function service(random: Random): History {
  const wait = random.pick([0, 0.2, 0.6])
  const down = random.pick([0.3, 0.6, 0.95])
  const operations = random.between(1, 10)
  const final = random.pick([0, 0, 1, 3])
  const pauses = random.pick([
    [0, 1, 1, 2],
    [1, 2, 5],
    [0, 1, 9],
  ])
  const record = anyRecord(random, {
    workers: random.between(1, 3),
    operations,
    fail: wait / 2,
    info: wait / 2,
    lost: wait / 2,
    node: (worker) => NODES[worker],
    gapNs: (draws) => draws.pick(pauses) * 1e6,
    draw: (_, __, made) => ({
      f: 'read',
      answer: (late) => (late.chance(down) ? undefined : 1),
      ...(made >= operations - final ? {final: true} : {}),
    }),
  })
  return withFaults(record.ops as readonly Op[], random)
}

/** A fault that is asked for, proved, asked to end and over, each at some moment of the record; or that never ends. */
function withFaults(ops: readonly Op[], random: Random): History {
  const faults = Array.from({length: random.int(3)}, (_, at) => ['kill', 'pause'][at] as string)
  const marks = faults.flatMap((fault) => {
    const places = Array.from({length: 4}, () => random.int(ops.length + 1)).sort((left, right) => left - right)
    const told = random.chance(0.8) ? places : places.slice(0, 2)
    return told.map((place, turn) => ({
      place,
      process: `nemesis:${fault}`,
      f: `${turn < 2 ? 'start' : 'stop'}-${fault}`,
    }))
  })
  const all = Array.from({length: ops.length + 1}, (_, place) => [
    ...marks
      .filter((mark) => mark.place === place)
      .map(({process, f}) => ({type: 'info', process, f, value: null, timeNs: ops[place - 1]?.timeNs ?? 0})),
    ...ops.slice(place, place + 1),
  ])
  return history(all.flat().map((op, index) => ({...op, index}) as Op))
}

const ms = (ns: number) => ns / 1e6
const startOf = ({invoke}: Operation) => ms(invoke.timeNs)
/** When its client knew, or gave up. */
const endOf = ({completion}: Operation) => (completion === undefined ? Number.POSITIVE_INFINITY : ms(completion.timeNs))

/** Without what was asked after some node had answered the last of its final reads. */
function askedOfEverybody(operations: readonly Operation[]): readonly Operation[] {
  const finished = NODES.flatMap((node) => {
    const last = operations.filter((one) => one.final && node !== undefined && one.node === node).at(-1)
    return last?.outcome === 'ok' ? [endOf(last)] : []
  })
  return operations.filter((one) => startOf(one) <= Math.min(...finished))
}

/** Whether from one moment to another nothing succeeded, somebody waited, and no fault can have been in force. */
function isOutage(
  fromMs: number,
  toMs: number,
  operations: readonly Operation[],
  faults: readonly FaultWindow[],
): boolean {
  const successes = operations.filter(({outcome}) => outcome === 'ok').map(endOf)
  if (successes.some((at) => fromMs < at && at < toMs)) return false
  if (faults.some(({askedNs, endNs}) => ms(askedNs) < toMs && fromMs < ms(endNs))) return false
  // It begins with a request made since the last success, the first of all included, and ends with a success or the last request.
  const last = Math.max(Number.NEGATIVE_INFINITY, ...successes.filter((at) => at <= fromMs))
  if (!operations.some((one) => last < startOf(one) && startOf(one) <= fromMs)) return false
  if (!successes.some((at) => at >= toMs) && !operations.some((one) => startOf(one) >= toMs)) return false
  const isWaited = (at: number) => operations.some((one) => startOf(one) <= at && at <= endOf(one))
  if (!isWaited(fromMs) || !isWaited(toMs)) return false
  let heard = fromMs
  for (let at = fromMs; at <= toMs; at++) {
    if (!isWaited(at)) continue
    if (at - heard > 2 * GAP_MS) return false
    heard = at
  }
  return true
}

it('is unavailable where its definition says so', () => {
  fuzz('definition of availability', fuzzCount(3000), service, (record) => {
    const operations = askedOfEverybody([...record.operations])
    const endMs = ms(record.endNs)
    const moments = Array.from({length: endMs + 1}, (_, at) => at)
    const expected = moments.some((from) =>
      moments.some((to) => to - from >= LIMIT_MS && isOutage(from, to, operations, record.faults)),
    )
    const {validity, anomalies} = availability({gapMs: GAP_MS, limitMs: LIMIT_MS}).check(record) as Verdict
    expect(anomalies.length > 0).toBe(expected)
    const judged = record.operations.some(({final}) => !final)
    expect(validity).toBe(expected ? 'invalid' : judged ? 'valid' : 'unknown')
    return !expected
  })
})
