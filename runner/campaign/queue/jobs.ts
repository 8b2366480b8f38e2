/**
 * The jobs of a queue: each is one small run, told in plain data, so that it can travel to another process or machine. A job
 * is named by what it does: the same job has the same id wherever it is made, so doing it twice counts once.
 */
import {createHash} from 'node:crypto'
import {UsageError} from '../../../core/error.ts'
import {createRandom} from '../../../core/random.ts'
import {type Canary, type Cell, cellName, type JobOutcome} from '../job.ts'

/** What all jobs of a queue have in common, as flags take it. */
export interface QueueDefaults {
  readonly time: string
  readonly rate: string
  readonly thresholds: readonly string[]
  /** Whether runs other than canaries end at the first proof. */
  readonly failFast: boolean
  /** Whether jobs run in the simulated world. */
  readonly simulated: boolean
}

/** One run to do. */
export interface QueueJob extends Cell, QueueDefaults {
  /** Of everything else that it says: equal jobs have equal ids. */
  readonly id: string
  /** For a canary: the name of the planted bug, which must be caught. */
  readonly bug?: string
  readonly seed: string
}

/** What became of a job. */
export interface QueueResult {
  readonly id: string
  readonly outcome: JobOutcome
  /** The verdict, or what kept the run from having one. */
  readonly sentence: string
  /** Types of the anomalies found. */
  readonly anomalies: readonly string[]
  /** Wall-clock time of the whole job, ms. */
  readonly tookMs: number
  /** The command line that does it again. */
  readonly command: string
  /** Where it ran: `host/pid`. */
  readonly worker: string
  /** When it ended, ISO 8601. */
  readonly endedAt: string
  /** The name of its run directory, where one was kept. */
  readonly run?: string
}

/** `seeds` jobs for each canary and each cell, canaries first, and seed by seed: whoever stops early has seen every cell. */
export function queueJobs(
  cells: readonly Cell[],
  canaries: readonly Canary[],
  seeds: number,
  seed: string,
  defaults: QueueDefaults,
): QueueJob[] {
  const random = createRandom(seed)
  const jobs: QueueJob[] = []
  for (let round = 0; round < seeds; round++) {
    const drawn = random.fork(`round ${round}`).uint32().toString(16).padStart(8, '0')
    for (const {target, bug} of canaries) {
      jobs.push(named({...defaults, target, workload: bug.workload, faults: bug.nemesis, seed: drawn, bug: bug.name}))
    }
    for (const {target, workload, faults} of cells)
      jobs.push(named({...defaults, target, workload, faults, seed: drawn}))
  }
  return jobs
}

function named(job: Omit<QueueJob, 'id'>): QueueJob {
  const {target, workload, faults, seed, bug, time, rate, thresholds, failFast, simulated} = job
  const said = JSON.stringify([target, workload, faults, seed, bug, time, rate, thresholds, failFast, simulated])
  return {...job, id: createHash('sha256').update(said).digest('hex').slice(0, 16)}
}

/** `raft/register partition seed 1c2f`, `canary raft:stale-read seed 1c2f` */
export function queueJobName({target, workload, faults, seed, bug}: Omit<QueueJob, 'id'>): string {
  const what = bug === undefined ? cellName({target, workload, faults}) : `canary ${target}:${bug}`
  return `${what} seed ${seed}`
}

/** One part of several: `index` counts from 1. */
export interface Shard {
  readonly index: number
  readonly count: number
}

/** Reads `2/5`. Throws UsageError for anything that is not a part of a whole. */
export function parseShard(text: string): Shard {
  const [, first, second] = /^(\d+)\/(\d+)$/.exec(text) ?? []
  const shard = {index: Number(first), count: Number(second)}
  if (shard.index >= 1 && shard.index <= shard.count) return shard
  throw new UsageError(`--shard ${text} is no part of a whole.`, [
    'Expected: i/n with 1 <= i <= n, such as 2/5 for the second of five.',
  ])
}

/** Every n-th job, beginning with the i-th: parts differ by one job at most, and each has some of every cell. */
export function shardOf(jobs: readonly QueueJob[], {index, count}: Shard): QueueJob[] {
  return jobs.filter((_, position) => position % count === index - 1)
}
