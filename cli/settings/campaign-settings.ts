/** What `chaos ci` and `chaos campaign` are to do, from their flags and a profile of the configuration. */
import {UsageError} from '../../core/error.ts'
import {parseCount, parseSeed, parseSpan} from '../../core/quantities.ts'
import {lookUp, unknownName} from '../../core/registry.ts'
import {type Canary, type Cell, canaryName} from '../../runner/campaign/job.ts'
import type {JobDefaults} from '../../runner/campaign/perform.ts'
import {parseFaults} from '../../runner/catalogue.ts'
import {BUNDLED, TARGETS} from '../../targets/index.ts'
import {findTarget} from './catalogue.ts'
import type {LoadedConfig} from './config.ts'
import {freshSeed} from './seed.ts'

/** What is to be tested: the same words for `chaos ci` and `chaos campaign`. */
export interface MatrixFlags {
  readonly targets?: string | undefined
  readonly workloads?: string | undefined
  readonly faults?: string | undefined
  readonly canaries?: string | undefined
  readonly threshold?: string[] | undefined
  readonly profile?: string | undefined
}

export interface Matrix {
  readonly cells: readonly Cell[]
  readonly canaries: readonly Canary[]
  readonly thresholds: readonly string[]
  /** Of the profile. */
  readonly budget?: string
}

export interface CampaignFlags extends MatrixFlags {
  readonly budget?: string | undefined
  readonly time: string
  readonly rate: string
  readonly seed?: string | undefined
  readonly seeds: string
  readonly 'fail-fast': boolean
  readonly 'require-all': boolean
  readonly bail: boolean
  readonly 'retries-on-env': string
  readonly junit?: string | undefined
  readonly json: boolean
  readonly output?: string | undefined
}

export interface CampaignSettings extends JobDefaults {
  readonly cells: readonly Cell[]
  readonly canaries: readonly Canary[]
  readonly budgetMs: number
  readonly timeMs: number
  readonly seed: string
  readonly seedsFile: string
  /** Whether what the budget did not reach makes the job inconclusive. */
  readonly requireAll: boolean
  readonly bail: boolean
  readonly environmentRetries: number
  readonly junitFile?: string
  readonly json: boolean
}

/** Fault combinations when nothing is said: one kind at a time, then everything. */
const FAULTS = [['partition', 'latency'], ['kill', 'pause'], ['all']]
/** Canaries when nothing is said: for each bundled target the first bug that breaks safety. */
const DEFAULT_CANARIES = 'first'

/** What is to be tested, and what must be caught. Throws UsageError for names that do not exist. */
export async function resolveMatrix(flags: MatrixFlags, loaded: LoadedConfig): Promise<Matrix> {
  const profile = flags.profile === undefined ? {} : lookUp('profile', loaded.config.profiles ?? {}, flags.profile)
  const targets = split(flags.targets) ?? profile.matrix?.target ?? Object.keys(BUNDLED)
  const workloads = split(flags.workloads) ?? profile.matrix?.workload
  const faults = flags.faults?.split(';').map((list) => list.split(',')) ?? profile.matrix?.faults ?? FAULTS
  for (const list of faults) parseFaults(list.join(','), loaded.plugins)
  const cells: Cell[] = []
  for (const name of targets) {
    const target = await findTarget(name, loaded, process.cwd())
    const supported = Object.keys(target.claims).filter(
      (workload) => workloads === undefined || workloads.includes(workload),
    )
    for (const workload of supported) for (const list of faults) cells.push({target: name, workload, faults: list})
  }
  if (cells.length === 0) {
    throw new UsageError(`None of ${targets.join(', ')} supports ${workloads?.join(', ') ?? 'any workload'}.`)
  }
  const canaries =
    flags.canaries ?? (typeof profile.canaries === 'object' ? profile.canaries.join(',') : profile.canaries)
  return {
    cells,
    canaries: parseCanaries(canaries ?? DEFAULT_CANARIES),
    thresholds: flags.threshold ?? profile.thresholds ?? [],
    ...(profile.budget === undefined ? {} : {budget: profile.budget}),
  }
}

/** Resolves everything. Throws UsageError for names that do not exist. */
export async function resolveCampaign(flags: CampaignFlags, loaded: LoadedConfig): Promise<CampaignSettings> {
  const {cells, canaries, thresholds, budget} = await resolveMatrix(flags, loaded)
  return {
    cells,
    canaries,
    budgetMs: parseSpan('--budget', flags.budget ?? budget ?? '10m'),
    time: flags.time,
    timeMs: parseSpan('--time', flags.time),
    rate: flags.rate,
    seed: parseSeed('--seed', flags.seed ?? freshSeed()),
    seedsFile: flags.seeds,
    thresholds,
    failFast: flags['fail-fast'],
    requireAll: flags['require-all'],
    bail: flags.bail,
    environmentRetries: parseCount('--retries-on-env', flags['retries-on-env'], 0),
    json: flags.json,
    ...(flags.junit === undefined ? {} : {junitFile: flags.junit}),
    ...(flags.output === undefined ? {} : {output: flags.output}),
  }
}

function split(list: string | undefined): string[] | undefined {
  return list?.split(',').map((name) => name.trim())
}

function parseCanaries(text: string): Canary[] {
  if (text === 'none') return []
  const all = Object.entries(TARGETS).flatMap(([target, {bugs}]) => bugs.map((bug) => ({target, bug})))
  if (text === 'all') return all.filter(({target}) => Object.hasOwn(BUNDLED, target))
  if (text === DEFAULT_CANARIES) {
    return Object.keys(BUNDLED).flatMap((target) => all.filter((canary) => canary.target === target).slice(0, 1))
  }
  return text.split(',').map((name) => {
    const canary = all.find(({target, bug}) => canaryName(target, bug) === name.trim())
    if (canary !== undefined) return canary
    throw unknownName(
      'canary',
      name,
      all.map(({target, bug}) => canaryName(target, bug)),
    )
  })
}
