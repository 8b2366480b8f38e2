/**
 * Property tests of checkers: small random histories of a made-up system that mostly answers as it should, and a count of
 * how many *distinct* ones were judged. (A fuzzer whose generator repeats itself proves little.)
 */
import {type History, history} from '../core/history.ts'
import type {Key, Op} from '../core/op.ts'
import {createRandom, type Random} from '../core/random.ts'

/** What a client asks. */
export interface Call {
  readonly f: string
  readonly key?: Key
  readonly input?: unknown
}

/** A made-up system under test. */
export interface Made {
  /** What this process asks next. */
  draw(random: Random, process: number): Call
  /** The effect, at one moment between invocation and return: the answer, or undefined for a refusal. */
  apply(call: Call, worker: number): unknown
  /** A wrong answer in place of the right one. */
  lie?(call: Call, answer: unknown, random: Random): unknown
  /** The final reads of each worker, after everything else. */
  final?: readonly Call[]
}

export interface FuzzOptions {
  readonly workers: number
  readonly operations: number
  /** Share of operations whose outcome nobody learns. */
  readonly info?: number
  /** Share of answers that are replaced by lies. */
  readonly lie?: number
  /** Share of operations that are refused although the system would have done them. */
  readonly fail?: number
}

interface Open {
  readonly process: number
  readonly worker: number
  readonly call: Call
  answer?: {readonly value: unknown}
}

/** A random history: every operation takes effect at a random moment while it is open. */
export function fuzzHistory(random: Random, options: FuzzOptions, made: Made): History {
  const {workers, operations, info = 0, lie = 0, fail = 0} = options
  const ops: Op[] = []
  const open: Open[] = []
  const processes = Array.from({length: workers}, (_, worker) => worker)
  let fresh = workers
  let started = 0
  const record = (one: Open, type: Op['type'], value: unknown, final = false) => {
    const {call, process, worker} = one
    const key = call.key === undefined ? {} : {key: call.key}
    const index = ops.length
    const common = {index, timeNs: index * 1000, type, process, f: call.f, ...key, value, node: `n${worker + 1}`}
    ops.push(final ? {...common, final} : common)
  }
  while (started < operations || open.length > 0) {
    const idle = processes.map((_, worker) => worker).filter((worker) => open.every((one) => one.worker !== worker))
    if (started < operations && idle.length > 0 && (open.length === 0 || random.chance(0.4))) {
      const worker = random.pick(idle)
      const process = processes[worker]!
      const one = {process, worker, call: made.draw(random, process)}
      open.push(one)
      record(one, 'invoke', one.call.input ?? null)
      started++
      continue
    }
    const at = random.int(open.length)
    const one = open[at]!
    if (one.answer === undefined && random.chance(info)) {
      if (random.chance(0.5)) made.apply(one.call, one.worker)
      open.splice(at, 1)
      processes[one.worker] = fresh++
      if (random.chance(0.7)) record(one, 'info', one.call.input ?? null)
    } else if (one.answer === undefined) {
      const refused = random.chance(fail)
      const value = refused ? undefined : made.apply(one.call, one.worker)
      const lies = value !== undefined && made.lie !== undefined && random.chance(lie)
      one.answer = {value: lies ? made.lie?.(one.call, value, random) : value}
    } else {
      open.splice(at, 1)
      const {value} = one.answer
      if (value === undefined) record(one, 'fail', one.call.input ?? null)
      else record(one, 'ok', value)
    }
  }
  for (const [worker, process] of processes.entries()) {
    for (const call of made.final ?? []) {
      const one = {process, worker, call}
      record(one, 'invoke', call.input ?? null, true)
      const value = made.apply(call, worker)
      record(one, 'ok', made.lie !== undefined && random.chance(lie) ? made.lie(call, value, random) : value, true)
    }
  }
  return history(ops)
}

/** How many distinct histories to judge: `CHAOS_FUZZ`, or so many. */
export function fuzzCount(usual: number): number {
  return Number(process.env['CHAOS_FUZZ'] ?? usual)
}

/**
 * Judges `count` distinct histories. `judge` compares the checker with its reference (and throws where they differ) and
 * answers the verdict. Throws unless each of the two verdicts was met in at least `balance` of the histories.
 */
export function fuzz(
  name: string,
  count: number,
  make: (random: Random) => History,
  judge: (record: History) => boolean,
  balance = 0.1,
): void {
  const random = createRandom(name)
  const seen = new Set<string>()
  let valid = 0
  for (let attempt = 0; seen.size < count; attempt++) {
    if (attempt > count * 30) throw new Error(`only ${seen.size} distinct histories in ${attempt} attempts`)
    const record = make(random.fork(String(attempt)))
    const print = fingerprint(record)
    if (seen.has(print)) continue
    seen.add(print)
    try {
      if (judge(record)) valid++
    } catch (error) {
      throw new Error(`history ${attempt} of ${name}:\n${told(record)}`, {cause: error})
    }
  }
  if (valid < count * balance || valid > count * (1 - balance)) {
    throw new Error(`${valid} of ${count} histories of ${name} are valid: too one-sided to show anything`)
  }
}

function fingerprint(record: History): string {
  return record.ops.map((op) => `${op.process}${op.type}${op.f}${op.key}${JSON.stringify(op.value)}`).join(' ')
}

/** A history for a failure message: a line for each op. */
export function told(record: History): string {
  return record.ops
    .map(
      ({index, process, node, type, f, key, value, final}) =>
        `#${index} p${process}@${node} ${type} ${f}${final ? '!' : ''} ${key ?? ''} ${JSON.stringify(value)}`,
    )
    .join('\n')
}
