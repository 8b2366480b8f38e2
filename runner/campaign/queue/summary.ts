/** What a campaign comes to, and how its cells and canaries fared from one night to the next. */
import {EXIT, type ExitCode} from '../../../core/error.ts'
import {lowerMedian} from '../../../core/median.ts'
import {type Rate, rateOf} from '../../lab/rate.ts'
import {cameToEnd, cellName, foundViolation, type JobOutcome} from '../job.ts'
import type {QueueJob, QueueResult} from './jobs.ts'
import type {Ledger} from './ledger.ts'

/** A job with its result. */
export interface Ended {
  readonly job: QueueJob
  readonly result: QueueResult
}

export interface CellSummary {
  readonly name: string
  readonly outcomes: Readonly<Partial<Record<JobOutcome, number>>>
  /** Of the jobs that passed or found something: how many passed. */
  readonly passes: Rate
  /** Whether some of its seeds pass and others do not. */
  readonly flaky: boolean
}

export interface CanarySummary {
  readonly name: string
  /** How many of its jobs found the planted bug. */
  readonly caught: Rate
  /** Median time until it was caught, wall clock, ms; undefined where it never was. */
  readonly foundAfterMs: number | undefined
}

export interface CampaignSummary {
  readonly jobs: number
  /** Jobs with a result that counts. */
  readonly ended: number
  readonly cells: readonly CellSummary[]
  readonly canaries: readonly CanarySummary[]
  /** Violations found by jobs that are no canaries. */
  readonly findings: readonly Ended[]
  /** Parts of it (`3/5`) that were missing when it was put together, with jobs that nobody knows of. */
  readonly missing: readonly string[]
  readonly exitCode: ExitCode
}

export function endedJobs(ledger: Ledger): Ended[] {
  return ledger.plan.jobs.flatMap((job) => {
    const result = ledger.resultOf(job.id)
    return result === undefined ? [] : [{job, result}]
  })
}

export function summaryOf(ledger: Ledger): CampaignSummary {
  const ended = endedJobs(ledger)
  const own = ended.filter(({job}) => job.bug === undefined)
  const canaries = grouped(
    ended.filter(({job}) => job.bug !== undefined),
    canaryOf,
  ).map(([name, all]) => canary(name, all))
  const missing = ledger.plan.missing ?? []
  const findings = own.filter(({result}) => foundViolation(result))
  return {
    jobs: ledger.plan.jobs.length,
    ended: ledger.plan.jobs.length - ledger.pending.length,
    cells: grouped(own, ({job}) => cellName(job)).map(([name, all]) => cell(name, all)),
    canaries,
    findings,
    missing,
    exitCode: exitCodeOf(own, canaries, ledger.pending.length + missing.length),
  }
}

function cell(name: string, all: readonly Ended[]): CellSummary {
  const outcomes: Partial<Record<JobOutcome, number>> = {}
  for (const {result} of all) outcomes[result.outcome] = (outcomes[result.outcome] ?? 0) + 1
  const passed = outcomes.pass ?? 0
  const found = all.filter(({result}) => foundViolation(result)).length
  return {name, outcomes, passes: rateOf(passed, passed + found), flaky: passed > 0 && found > 0}
}

function canaryOf({job}: Ended): string {
  return `${job.target}:${job.bug}`
}

function canary(name: string, all: readonly Ended[]): CanarySummary {
  const judged = all.filter(({result}) => cameToEnd(result))
  const caught = judged.filter(({result}) => foundViolation(result))
  return {
    name,
    caught: rateOf(caught.length, judged.length),
    foundAfterMs: lowerMedian(caught.map(({result}) => result.tookMs)),
  }
}

/** DESIGN.md's order: a violation or a missed canary, the environment, liveness, what is unknown or not reached. */
function exitCodeOf(own: readonly Ended[], canaries: readonly CanarySummary[], pending: number): ExitCode {
  const outcomes = new Set(own.map(({result}) => result.outcome))
  if (outcomes.has('violation') || canaries.some(isMissed)) return EXIT.violation
  if (outcomes.has('environment')) return EXIT.environment
  if (outcomes.has('liveness')) return EXIT.liveness
  return pending > 0 || outcomes.has('unknown') || !outcomes.has('pass') ? EXIT.inconclusive : EXIT.pass
}

/** Whether it was run to an end and never caught. */
export function isMissed({caught}: CanarySummary): boolean {
  return caught.tries > 0 && caught.hits === 0
}

function grouped(all: readonly Ended[], nameOf: (ended: Ended) => string): [name: string, ended: Ended[]][] {
  const groups = new Map<string, Ended[]>()
  for (const ended of all) {
    const name = nameOf(ended)
    const group = groups.get(name)
    if (group === undefined) groups.set(name, [ended])
    else group.push(ended)
  }
  return [...groups]
}

/** One night of a cell or a canary. */
export interface Night {
  readonly startedAt: string
  readonly rate: Rate
  /** For canaries: as in `CanarySummary`. */
  readonly foundAfterMs?: number | undefined
}

export interface Trend {
  readonly name: string
  readonly kind: 'cell' | 'canary'
  /** The oldest first. */
  readonly nights: readonly Night[]
  /** All nights together: of a cell the passes, of a canary how often it was caught. */
  readonly overall: Rate
  readonly flaky: boolean
}

/** How each cell and canary fared over these campaigns, the oldest first. */
export function trendsOf(ledgers: readonly Ledger[]): Trend[] {
  const trends = new Map<string, Trend>()
  const add = (name: string, kind: Trend['kind'], night: Night) => {
    const before = trends.get(name) ?? {name, kind, nights: [], overall: rateOf(0, 0), flaky: false}
    const overall = rateOf(before.overall.hits + night.rate.hits, before.overall.tries + night.rate.tries)
    const flaky = kind === 'cell' && overall.hits > 0 && overall.hits < overall.tries
    trends.set(name, {...before, nights: [...before.nights, night], overall, flaky})
  }
  for (const ledger of ledgers) {
    const {startedAt} = ledger.plan
    const {cells, canaries} = summaryOf(ledger)
    for (const {name, caught, foundAfterMs} of canaries)
      add(`canary ${name}`, 'canary', {startedAt, rate: caught, foundAfterMs})
    for (const {name, passes} of cells) add(name, 'cell', {startedAt, rate: passes})
  }
  return [...trends.values()]
}
