/**
 * `run.json`: what was asked and where it ran, written before anything happens. With `history.jsonl` beside it a run can be
 * judged again at any time, without the target.
 */
import {execFileSync} from 'node:child_process'
import {arch, cpus, platform, release, totalmem} from 'node:os'
import {withoutCommonOrder} from '../checkers/node-events/index.ts'
import {UsageError} from '../core/error.ts'
import {jsonOf} from '../core/format/index.ts'
import {claimOf} from '../core/target.ts'
import type {Claim} from '../core/workload.ts'
import {nodesOf, type RunOptions, targetOptions} from './options.ts'
import type {Stopped} from './stopped.ts'
import {packageVersion} from './version.ts'

/** The version of the file that this code writes, and the only one that it reads. */
export const RUN_FORMAT = 'chaos.run/1'

/** What every judgement of a run needs to know; stands in the history's header too. */
export interface JudgedBy {
  readonly target: string
  readonly workload: string
  readonly claim: Claim
  readonly nodes: readonly string[]
  readonly concurrency: number
  readonly keys: number
  /** Infinity is null in JSON. */
  readonly ratePerS: number | null
  readonly functions: readonly string[]
  readonly truthfulRefusals?: boolean
  readonly faults: readonly string[]
  readonly thresholds: readonly string[]
  readonly seed: string
  readonly bugs: readonly string[]
  /** How long nothing may succeed while no fault is in force, ms; 10 s where it does not say. */
  readonly patienceMs?: number
}

/** The least of it, ms. */
const PATIENCE_MS = 10_000

export interface RunFacts extends JudgedBy {
  readonly format: typeof RUN_FORMAT
  readonly id: string
  readonly startedAt: string
  /** The command line that does the same again. */
  readonly command: string
  /** Every resolved option, as the flags take it, and who set it. */
  readonly options: readonly {readonly name: string; readonly value: string; readonly origin: string}[]
  readonly timeMs: number
  readonly versions: Readonly<Record<string, string>>
  readonly host: Readonly<Record<string, string>>
  readonly gitSha?: string
  /** What it ran on, as the cluster says once it has started: its version, its links. */
  readonly cluster?: string
  /** Whether it ran in the simulated world. */
  readonly simulated?: true
  /** What its target promises of node events, as far as this world can tell. */
  readonly invariants?: readonly string[]
  /** Where `--fail-fast` ended it before its time. */
  readonly stopped?: Stopped
  /** Where it ended before there was anything to judge: by an interrupt, or because the environment failed. */
  readonly ended?: EarlyEnd
}

/** Why a run has no verdict. */
export interface EarlyEnd {
  readonly interrupted: boolean
  /** A sentence. */
  readonly reason: string
  /** It has not ended: somebody looks at a run that is going on. Not in `run.json`. */
  readonly going?: true
}

export function judgedBy(options: RunOptions): JudgedBy {
  const {target, workload} = options
  return {
    target: target.name,
    workload: workload.name,
    claim: claimOf(target, workload.name, targetOptions(options)),
    nodes: nodesOf(options),
    concurrency: options.concurrency,
    keys: options.keys,
    ratePerS: Number.isFinite(options.ratePerS) ? options.ratePerS : null,
    functions: target.functions,
    ...(target.truthfulRefusals === true ? {truthfulRefusals: true} : {}),
    faults: options.nemeses.map((nemesis) => nemesis.name),
    thresholds: options.thresholds,
    seed: options.seed,
    bugs: options.bugs,
    // A system that is given longer to come to rest is not blamed for taking it.
    ...(options.healMs > PATIENCE_MS ? {patienceMs: options.healMs} : {}),
  }
}

export function runFacts(options: RunOptions, id: string, startedAt: Date, simulated = false): RunFacts {
  const gitSha = gitHead()
  const promised = options.target.invariants ?? []
  // Real processes share no clock that would order what happens within microseconds on different nodes.
  const invariants = simulated ? promised : withoutCommonOrder(promised)
  return {
    format: RUN_FORMAT,
    id,
    startedAt: startedAt.toISOString(),
    command: options.command,
    ...judgedBy(options),
    options: options.origins,
    timeMs: options.timeMs,
    versions: {chaos: packageVersion(), node: process.version},
    host: {
      os: `${platform()} ${release()} ${arch()}`,
      cpus: String(cpus().length),
      memory: `${(totalmem() / 1e9).toFixed(1)} GB`,
      pid: String(process.pid),
    },
    ...(gitSha === undefined ? {} : {gitSha}),
    ...(simulated ? {simulated: true} : {}),
    ...(invariants.length === 0 ? {} : {invariants}),
  }
}

const isText = (value: unknown): boolean => typeof value === 'string'
const isNumber = (value: unknown): boolean => typeof value === 'number'
const areTexts = (value: unknown): boolean => Array.isArray(value) && value.every(isText)

/** What each field has to be, in words and as a test. */
const FIELDS: Readonly<
  Record<Exclude<keyof JudgedBy, 'truthfulRefusals' | 'patienceMs'>, readonly [string, (value: unknown) => boolean]>
> = {
  target: ['a name', isText],
  workload: ['a name', isText],
  claim: ['a name', isText],
  nodes: ['a list of names', areTexts],
  concurrency: ['a number', isNumber],
  keys: ['a number', isNumber],
  ratePerS: ['a number or null', (value) => value === null || isNumber(value)],
  functions: ['a list of names', areTexts],
  faults: ['a list of names', areTexts],
  thresholds: ['a list of texts', areTexts],
  seed: ['a text', isText],
  bugs: ['a list of names', areTexts],
}

/**
 * What the fields of a header or of `run.json` say of how to judge; undefined where they do not say all of it, as in a header
 * that somebody else wrote. Throws UsageError for a field that is something else than it must be.
 */
export function asJudgedBy(fields: Readonly<Record<string, unknown>>, place: string): JudgedBy | undefined {
  let complete = true
  for (const [name, [words, fits]] of Object.entries(FIELDS)) {
    const value = Object.hasOwn(fields, name) ? fields[name] : undefined
    if (value === undefined) complete = false
    else if (!fits(value)) throw new UsageError(`${place}: "${name}" must be ${words}, found ${jsonOf(value)}.`)
  }
  const {truthfulRefusals, patienceMs} = fields
  if (patienceMs !== undefined && !isNumber(patienceMs)) {
    throw new UsageError(`${place}: "patienceMs" must be a number, found ${jsonOf(patienceMs)}.`)
  }
  if (truthfulRefusals !== undefined && typeof truthfulRefusals !== 'boolean') {
    throw new UsageError(`${place}: "truthfulRefusals" must be true or false, found ${jsonOf(truthfulRefusals)}.`)
  }
  return complete ? (fields as unknown as JudgedBy) : undefined
}

/** Checks that a parsed JSON file is a `run.json` of a version that this code knows. */
export function asRunFacts(value: unknown, file: string): RunFacts {
  const format = (value as {format?: unknown} | null)?.format
  if (format === RUN_FORMAT) {
    const facts = value as RunFacts
    const missing = asJudgedBy({...facts}, file) === undefined || !isText(facts.command)
    if (facts.invariants !== undefined && !areTexts(facts.invariants)) {
      throw new UsageError(`${file}: "invariants" must be a list of names, found ${jsonOf(facts.invariants)}.`)
    }
    if (missing)
      throw new UsageError(`${file} is damaged: it does not say all of ${Object.keys(FIELDS).join(', ')}, command.`)
    return facts
  }
  throw new UsageError(
    `${file} is not a run of this version: expected format "${RUN_FORMAT}", found ${JSON.stringify(format)}.`,
  )
}

/** The commit that the operator's directory is at, if it is a git checkout. */
function gitHead(): string | undefined {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim()
  } catch {
    return undefined
  }
}
