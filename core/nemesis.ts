/**
 * A nemesis: a fault, when it strikes, how to undo it, how to prove that it took effect. Faults are planned as data before
 * the run (so that `plan.json` is a function of the seed) and resolved against the cluster when they strike.
 *
 * In a history each fault is two pairs of ops of the process `nemesis:<fault>`: `start-<fault>` and `stop-<fault>`, each
 * recorded when asked (type info, value: the spec) and when done (type info, value: a `FaultValue`).
 */
import type {Capabilities} from './capabilities.ts'
import type {Clock} from './clock.ts'
import type {Cluster} from './cluster.ts'
import type {Link} from './network.ts'
import type {Json, NodeId} from './node.ts'
import type {Random} from './random.ts'

/** One planned injection, as data. Fields beyond `fault` belong to the nemesis. */
export type FaultSpec = {readonly fault: string} & {readonly [field: string]: Json}

/** A planned injection with its time. */
export interface PlannedFault {
  readonly startMs: number
  readonly stopMs: number
  readonly spec: FaultSpec
}

/** Evidence that a fault did what it says. */
export interface Proof {
  readonly verified: boolean
  /** What was probed and what was seen, in words: "n1→n3 no answer in 250 ms; n1→n2 0.4 ms". */
  readonly evidence: string
  /** Of the proof of an end: it shows that the fault had been in force, which could not be shown when it began. */
  readonly tookEffect?: true
  /** Of the proof of a beginning: other faults held whom it strikes, so that it could do nothing. */
  readonly vacuous?: true
}

/** The value of a completed nemesis op. */
export interface FaultValue {
  readonly spec: FaultSpec
  /** One line: `{n1 n2} | {n3 n4 n5}`, `kill n3 (leader)`. */
  readonly description: string
  readonly victims: readonly NodeId[]
  /** The directed links touched, for faults of the network; the report draws them. */
  readonly links?: readonly Link[]
  readonly proof: Proof
}

/** What a nemesis may use while it plans. `random` is the nemesis' own stream. */
export interface PlanContext {
  readonly nodes: readonly NodeId[]
  readonly random: Random
  /** How long faults may strike, ms since clients began. */
  readonly timeMs: number
  /** Mean time between the start of one injection and the start of the next, ms. */
  readonly intervalMs: number
  /** What the target can suffer: a variant that it cannot is not drawn. */
  readonly capabilities: Capabilities
}

/** What a nemesis may use while it strikes. */
export interface StrikeContext {
  readonly cluster: Cluster
  readonly clock: Clock
  /** Unique per injection: the cause to name to the network. */
  readonly cause: string
  /** When faults are to be over, by that clock: what is not there or not shown by then is waited for no longer. Absent: never. */
  readonly untilNs?: number
}

/** A fault in force. */
export interface Injection {
  readonly description: string
  readonly victims: readonly NodeId[]
  readonly links?: readonly Link[]
  readonly proof: Proof
  /** Undoes the fault and proves that it is undone. Called at most once. */
  stop(): Promise<Proof>
}

/** Which links a fault may touch: none, only those between nodes, or those of clients as well. */
export type Reach = 'none' | 'peers' | 'all'

const REACHES: readonly Reach[] = ['none', 'peers', 'all']

/** Which links the faults of a run may touch: a link that none of them can needs nothing that could be told to spoil it. */
export function reachOf(nemeses: readonly Pick<Nemesis, 'reach'>[]): Reach {
  return nemeses.reduce<Reach>((widest, {reach = 'all'}) => wider(widest, reach), 'none')
}

export function wider(one: Reach, other: Reach): Reach {
  return REACHES.indexOf(one) > REACHES.indexOf(other) ? one : other
}

export interface Nemesis {
  readonly name: string
  /** One line for `chaos list`. */
  readonly description: string
  /** Absent: any link. */
  readonly reach?: Reach
  /** Undefined where a target that can do this can suffer it; otherwise what it lacks, in words. */
  missing(capabilities: Capabilities): string | undefined
  /** Reads a spec out of a plan. Throws UsageError for one that this nemesis did not write. */
  parse(spec: FaultSpec): FaultSpec
  /** The injections of a whole run: never overlapping within one nemesis, the last one ended by `timeMs`. */
  plan(context: PlanContext): readonly PlannedFault[]
  /** Strikes. Throws where the cluster refused; the op is then recorded with its error. */
  start(spec: FaultSpec, context: StrikeContext): Promise<Injection>
}
