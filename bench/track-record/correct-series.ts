/** What was tried of bundled targets in their correct modes (bench/correct-bundled.ts). */
import type {Target} from '../../core/target.ts'

export const CORRECT = 'bench/track-record/correct.jsonl'
/** Seeds of the main workload, and of the others together. */
export const SEEDS = 1000
export const REAL_RUNS = 10

/** Some seeds of one workload, or one run of processes. */
export interface CorrectSeries {
  readonly target: string
  readonly workload: string
  /** `random` and `swarm` are strategies of `chaos sim`; `real` is one `chaos run`. */
  readonly kind: 'random' | 'swarm' | 'real'
  readonly seed: string
  readonly seeds: number
  readonly accused: number
  readonly inconclusive: number
  readonly operations: number
  readonly faults: number
  readonly date: string
  /** How long it took, s: of runs of processes. */
  readonly seconds?: number
  /** What was found, where anything was. */
  readonly findings?: readonly unknown[]
}

/** Those that keep what they promise: all that are not wrong in themselves. */
export function soundTargets(targets: Readonly<Record<string, Target>>): Target[] {
  return Object.values(targets).filter(({flaw}) => flaw === undefined)
}

/** The series of one target, of one workload and kind or of several. */
export function seriesOf(
  kept: readonly CorrectSeries[],
  target: string,
  kind: CorrectSeries['kind'],
  workload?: string,
): CorrectSeries[] {
  return kept.filter(
    (series) =>
      series.target === target && series.kind === kind && (workload === undefined || series.workload === workload),
  )
}

/** How many seeds these are, how many of them accused, and so on. */
export function sumOf(
  series: readonly CorrectSeries[],
  field: 'seeds' | 'accused' | 'inconclusive' | 'faults',
): number {
  return series.reduce((sum, each) => sum + each[field], 0)
}
