/**
 * A workload: a vocabulary of operations, the generator that speaks it, final reads after everything healed, and the
 * checkers that judge the record. Workloads are generic: any target that speaks the vocabulary can be put under them.
 */
import type {Checker} from './checker.ts'
import type {Generator} from './generator.ts'
import type {NodeId} from './node.ts'
import type {Key} from './op.ts'
import type {Watch} from './watch.ts'

/** What a target promises under a workload; it is judged against exactly that. */
export type Claim =
  | 'linearizable'
  | 'sequential'
  | 'causal'
  | 'eventual'
  | 'strong-eventual'
  /** Replicas come to agree; what was acknowledged may be lost. */
  | 'convergent'
  | 'strict-serializable'
  | 'serializable'
  | 'snapshot-isolation'
  | 'read-committed'
  /** What was acknowledged is delivered, perhaps more than once. */
  | 'at-least-once'
  /** Nothing is delivered twice; it may be lost. */
  | 'at-most-once'
  | 'exactly-once'
  /** Reads may be old, but no older than this. */
  | `bounded-staleness-${number}ms`

/** What every account of the `bank` workload holds until the first transfer touches it. */
export const OPENING_BALANCE = 100

export interface WorkloadOptions {
  readonly keys: number
  readonly nodes: readonly NodeId[]
  /** Client threads; thread t is pinned to node t mod nodes. */
  readonly concurrency: number
  /** Operations per second over all threads; Infinity for as fast as they are answered. */
  readonly ratePerS: number
  /** Functions that the target speaks; a workload leaves out optional ones that are not among them. */
  readonly functions: readonly string[]
  readonly claim: Claim
  /** Whether refusals that name a condition are observations: see `Target.truthfulRefusals`. Default false. */
  readonly truthfulRefusals?: boolean
  /** What the target was told (`--target-arg`); known while operations are made, not when a record is judged. */
  readonly args?: Readonly<Record<string, string>>
}

export interface Workload {
  readonly name: string
  /** One line for `chaos list`. */
  readonly description: string
  /** Functions that a target must speak. */
  readonly requires: readonly string[]
  /** Functions that are used where the target speaks them. */
  readonly optional?: readonly string[]
  /** Claims that this workload's checkers can judge. */
  readonly claims: readonly Claim[]
  /** Operations without end; the runner limits them. Its draws come from the context's random stream only. */
  generator(options: WorkloadOptions): Generator
  /** Reads after everything healed: every key that the run has used, from every node; absent where there are none. */
  finalGenerator?(options: WorkloadOptions, keys: readonly Key[]): Generator
  checkers(options: WorkloadOptions): readonly Checker[]
  /**
   * A check that goes along with the run. What it proves, one of the checkers must find in the whole record as well. Absent,
   * or answers undefined, where nothing of the claim can be proved before the end.
   */
  watch?(options: WorkloadOptions): Watch | undefined
}
