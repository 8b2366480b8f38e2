/**
 * Property tests of checkers: small random histories of a made-up system that mostly answers as it should, and a count of
 * how many *distinct* ones were judged. (A fuzzer whose generator repeats itself proves little.)
 */
import {type History, history} from '../../core/history.ts'
import type {Key, Op} from '../../core/op.ts'
import {createRandom, type Random} from '../../core/random.ts'

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
  /** Share of workers whose node nobody noted. */
  readonly nameless?: number
}

interface Open {
  readonly process: number
  readonly worker: number
  readonly call: Call
  answer?: {readonly value: unknown}
}

/** A random history: every operation takes effect at a random moment while it is open. */
export function fuzzHistory(random: Random, options: FuzzOptions, made: Made): History {
  const {workers, operations, info = 0, lie = 0, fail = 0, nameless = 0} = options
  const named = Array.from({length: workers}, () => !random.chance(nameless))
  const ops: Op[] = []
  const open: Open[] = []
  const processes = Array.from({length: workers}, (_, worker) => worker)
  let fresh = workers
  let started = 0
  const record = (one: Open, type: Op['type'], value: unknown, final = false) => {
    const {call, process, worker} = one
    const key = call.key === undefined ? {} : {key: call.key}
    const index = ops.length
    const node = named[worker] ? {node: `n${worker + 1}`} : {}
    const common = {index, timeNs: index * 1000, type, process, f: call.f, ...key, value, ...node}
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

/** What a history should be called: valid or not, or which anomalies it has. */
export type Expected = boolean | Iterable<string>

export interface FuzzDemands {
  /** Each verdict must be met in at least this share of the histories. */
  readonly balance?: number
  /** Each of these anomalies must be met in at least one of 200 histories. */
  readonly kinds?: readonly string[]
}

/**
 * Judges `count` distinct histories. `judge` compares the checker with its reference (and throws where they differ) and
 * answers what the reference says. Throws where one verdict, or an anomaly, was met too seldom to show anything; with
 * `CHAOS_FUZZ_TELL` set, prints how often each was.
 */
export function fuzz(
  name: string,
  count: number,
  make: (random: Random) => History,
  judge: (record: History) => Expected,
  {balance = 0.1, kinds = []}: FuzzDemands = {},
): void {
  const random = createRandom(name)
  const seen = new Set<string>()
  const met = new Map<string, number>(kinds.map((kind) => [kind, 0]))
  let valid = 0
  for (let attempt = 0; seen.size < count; attempt++) {
    if (attempt > count * 30) throw new Error(`only ${seen.size} distinct histories in ${attempt} attempts`)
    const record = make(random.fork(String(attempt)))
    const print = fingerprint(record)
    if (seen.has(print)) continue
    seen.add(print)
    try {
      const expected = judge(record)
      const found = typeof expected === 'boolean' ? undefined : new Set(expected)
      for (const kind of found ?? []) met.set(kind, (met.get(kind) ?? 0) + 1)
      if (found === undefined ? expected : found.size === 0) valid++
    } catch (error) {
      throw new Error(`history ${attempt} of ${name}:\n${reported(record)}`, {cause: error})
    }
  }
  if (process.env['CHAOS_FUZZ_TELL'] !== undefined) {
    const shares = [...met].map(([kind, times]) => `${kind} ${times}`)
    console.log(
      `${name}: ${count} distinct, ${((100 * (count - valid)) / count).toFixed(1)} % invalid; ${shares.join(', ')}`,
    )
  }
  if (valid < count * balance || valid > count * (1 - balance)) {
    throw new Error(`${valid} of ${count} histories of ${name} are valid: too one-sided to show anything`)
  }
  for (const kind of kinds) {
    const times = met.get(kind) as number
    if (times < count / 200) throw new Error(`${kind} was met in only ${times} of ${count} histories of ${name}`)
  }
}

/** Everything that tells one history from another, but for the times. */
function fingerprint(record: History): string {
  return record.ops
    .map((op) => `${op.process}${op.node}${op.type}${op.f}${op.key}${op.final}${textOf(op.value)}`)
    .join(' ')
}

/** A value as text; JSON has no integers beyond 2^53, and no sets. */
function textOf(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'bigint' ? `${part}n` : part instanceof Set ? ['#', ...part] : part,
  )
}

/** A history for a failure message: a line for each op. */
export function reported(record: History): string {
  return record.ops
    .map(
      ({index, process, node, type, f, key, value, final}) =>
        `#${index} p${process}@${node} ${type} ${f}${final ? '!' : ''} ${key ?? ''} ${textOf(value)}`,
    )
    .join('\n')
}
