/**
 * What a run is asked to do, fully resolved: nothing in here but a given plan is optional, so that `run.json` says all of it.
 */
import type {LinkChoice} from '../core/links.ts'
import type {Nemesis} from '../core/nemesis.ts'
import type {Target, TargetOptions} from '../core/target.ts'
import type {Workload} from '../core/workload.ts'
import type {Containers} from '../hosts/containers/open.ts'
import type {PlannedRun} from './plan.ts'

export interface RunOptions {
  readonly target: Target
  readonly workload: Workload
  readonly nemeses: readonly Nemesis[]
  readonly seed: string
  /** How many nodes; they are called n1, n2, … */
  readonly nodes: number
  /** Client threads. */
  readonly concurrency: number
  /** Operations per second over all clients. */
  readonly ratePerS: number
  /** How long clients run, ms. */
  readonly timeMs: number
  /** At most this many operations; Infinity for as many as the time allows. */
  readonly maxOperations: number
  /** Independent objects in use at a time. */
  readonly keys: number
  /** Mean time between the start of two injections of one nemesis, ms. */
  readonly intervalMs: number
  /** How long the cluster may take to come to rest after everything healed, ms. */
  readonly healMs: number
  /** How long one operation may take before it is *info*, ms. */
  readonly operationTimeoutMs: number
  /** Run these operations and faults instead of drawing them from the seed: a replay, or a plan that was shrunk. */
  readonly plan?: PlannedRun
  readonly bugs: readonly string[]
  readonly targetArgs: Readonly<Record<string, string>>
  /** `embedded`, `auto` or a URL. */
  readonly toxiproxy: string
  /** How nodes are made to dial their own links. */
  readonly links: LinkChoice
  /** Machines that nodes run on, one each, as `ssh` takes them; none for this machine. */
  readonly machines: readonly string[]
  /** A configuration file for `ssh`. */
  readonly sshConfig?: string
  /** Containers that nodes run in; absent for this machine, or those reached by SSH. */
  readonly containers?: Containers
  /** Thresholds as text, such as `ok_rate>0.9`. */
  readonly thresholds: readonly string[]
  /** Whether the run ends as soon as a violation is proved. */
  readonly failFast: boolean
  readonly checkTimeoutMs: number
  readonly checkMemoryBytes: number
  /** Where run directories are made. */
  readonly directory: string
  /** The command line that does the same again. */
  readonly command: string
  /** Every option as its flag takes it, and who set it: for `run.json`. */
  readonly origins: readonly {readonly name: string; readonly value: string; readonly origin: string}[]
}

/** `n1`, `n2`, … */
export function nodeNames(count: number): string[] {
  return Array.from({length: count}, (_, i) => `n${i + 1}`)
}

/** The names of a run's nodes. */
export function nodesOf({
  target,
  nodes,
  targetArgs,
}: Pick<RunOptions, 'target' | 'nodes' | 'targetArgs'>): readonly string[] {
  return target.nodeNames?.(nodes, targetArgs) ?? nodeNames(nodes)
}

/** What of it concerns the target. */
export function targetOptions(options: RunOptions): TargetOptions {
  const {bugs, targetArgs, workload} = options
  return {nodes: nodesOf(options), bugs, args: {workload: workload.name, ...targetArgs}}
}
