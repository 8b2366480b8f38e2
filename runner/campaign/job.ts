/** The jobs of a campaign, and what became of them. Plain data but for the judgement. */
import type {Bug} from '../../core/target.ts'
import type {Judgement} from '../../core/verdict.ts'

/** One combination of the matrix. */
export interface Cell {
  readonly target: string
  readonly workload: string
  /** Names of nemeses, as `--nemesis` takes them. */
  readonly faults: readonly string[]
}

/** A target with a planted bug that must be caught. */
export interface Canary {
  readonly target: string
  readonly bug: Bug
}

/** One run to do, and what is expected of it. */
export interface Job extends Cell {
  readonly kind: 'regression' | 'canary' | 'fresh'
  readonly seed: string
  /** For canaries: the planted bug. */
  readonly bug?: Bug
}

/** What became of a job. */
export type JobOutcome = 'pass' | 'violation' | 'liveness' | 'unknown' | 'environment' | 'interrupted'

/** A job that has ended. */
export interface CompletedJob {
  readonly job: Job
  readonly outcome: JobOutcome
  /** The verdict, or what kept the run from having one. */
  readonly sentence: string
  readonly tookMs: number
  /** The command line that does it again. */
  readonly command: string
  /** Absent where the run ended without a verdict. */
  readonly judgement?: Judgement
  /** The run directory. */
  readonly directory?: string
}

/** `raft:stale-read`. */
export function canaryName(target: string, bug: Pick<Bug, 'name'>): string {
  return `${target}:${bug.name}`
}

/** Whether a violation was found: what canaries are for. */
export function foundViolation({outcome}: Pick<CompletedJob, 'outcome'>): boolean {
  return outcome === 'violation' || outcome === 'liveness'
}

/** Whether it came to an end of its own: what interrupts or the environment cut short teaches nothing, and may be done again. */
export function cameToEnd({outcome}: Pick<CompletedJob, 'outcome'>): boolean {
  return outcome !== 'interrupted' && outcome !== 'environment'
}

/** Whether it was kept from its end: neither a pass nor a failure. */
export function isInterrupted({outcome}: Pick<CompletedJob, 'outcome'>): boolean {
  return outcome === 'interrupted'
}

/** `raft/register partition,latency`, `raft/register partition seed 8f3a` for a kept seed, `canary raft:stale-read`. */
export function jobName({kind, target, workload, faults, seed, bug}: Job): string {
  if (bug !== undefined) return `canary ${canaryName(target, bug)}`
  const cell = cellName({target, workload, faults})
  return kind === 'regression' ? `${cell} seed ${seed}` : cell
}

/** `raft/register partition,latency` */
export function cellName({target, workload, faults}: Cell): string {
  return `${target}/${workload} ${faults.join(',') || 'none'}`
}
