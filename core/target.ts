/**
 * A target: a system under test. How to start it, what it speaks, what it claims, and which named bugs it can be given.
 */
import type {Capabilities} from './capabilities.ts'
import type {Clock} from './clock.ts'
import type {Cluster, NodeEvent} from './cluster.ts'
import {EnvironmentError} from './error.ts'
import type {Connect, LinkChoice, LinkWays} from './links.ts'
import type {Env, Node, NodeId, Session, SessionEnv} from './node.ts'
import type {Place} from './place.ts'
import type {Random} from './random.ts'
import type {Claim} from './workload.ts'

/** A deliberate, documented defect of a bundled target: how the harness proves that it can see. */
export interface Bug {
  readonly name: string
  /** What is changed. */
  readonly change: string
  /** Which published bug or textbook error it is. */
  readonly source: string
  /** The workload and the faults that expose it, as given to `chaos run`. */
  readonly workload: string
  readonly nemesis: readonly string[]
  /** Anomaly types that convict it; one of them must be reported. */
  readonly anomalies: readonly string[]
  /** Further options of `chaos run` that expose it sooner. */
  readonly options?: Readonly<Record<string, string | number>>
  /** Names of other bugs that make no sense together with this one. */
  readonly excludes?: readonly string[]
  /** Why it cannot be caught on real processes, where that is so. */
  readonly simulatedOnly?: string
  /** How long it may take to be caught, in seconds of simulated and of real time. */
  readonly budget: {readonly simulatedS: number; readonly realS: number}
}

/** What the operator asked for, as far as a target is concerned. */
export interface TargetOptions {
  readonly nodes: readonly NodeId[]
  /** Names of bugs to switch on. */
  readonly bugs: readonly string[]
  /** `--target-arg k=v`, and the name of the workload as `workload`: `add` means one thing to a set, another to a counter. */
  readonly args: Readonly<Record<string, string>>
}

/** What a target may use to start. Everything it creates belongs under `directory`. */
export interface StartContext {
  readonly options: TargetOptions
  readonly random: Random
  readonly clock: Clock
  readonly seed: string
  /** Node state, removed after the run. */
  readonly directory: string
  /** `<node>.log` files go here. */
  readonly logDirectory: string
  /** `<node>.jsonl` event files go here. */
  readonly eventDirectory: string
  /** Where programs run. */
  readonly place: Place
  /** Makes the links of the cluster. */
  readonly connect: Connect
  /** How programs are to be made to dial their own links. */
  readonly linkWay: LinkChoice
  /** How long one operation may take before it is *info*, ms. */
  readonly operationTimeoutMs: number
  /** Names of the faults that are to be injected: what only they need is prepared for them alone. Absent: whatever can be. */
  readonly faults?: readonly string[]
  /** Told of each structured event as it is read. */
  onEvent(event: NodeEvent): void
  /** Ends the run: the target has done what makes every further answer worthless. */
  halt(reason: Error): void
  /** Tells the operator something that is odd but no reason to stop. */
  warn(text: string): void
  readonly signal: AbortSignal
}

/** The protocol code of a bundled target, as any host runs it. */
export interface Protocol {
  /** Whether its nodes know a leader and say so in their status. */
  readonly leads?: boolean
  /** Whether its nodes take requests to change who is a member (`core/membership.ts`). */
  readonly reconfigures?: boolean
  /** Why its members are fixed with these options all the same, in words; undefined where they are not. */
  fixedMembers?(options: TargetOptions): string | undefined
  createNode(env: Env, options: TargetOptions): Node
  createSession(env: SessionEnv, options: TargetOptions): Session
}

/** Arguments of a target by name: a number's default, or the words to choose from. */
export type Accepted = Readonly<Record<string, number | readonly string[]>>

export interface Target {
  readonly name: string
  /** One line for `chaos list`. */
  readonly description: string
  /** Its claim under each workload it speaks, by workload name; the first is the default workload. */
  readonly claims: Readonly<Record<string, Claim>>
  /** Functions it speaks. */
  readonly functions: readonly string[]
  readonly bugs: readonly Bug[]
  /** Whether a refusal says the truth about the state ("value differs", "not found"), so that it counts as an observation. */
  readonly truthfulRefusals?: boolean
  /** Names of the invariants (`checkers/node-events`) that what its nodes tell of themselves never breaks. */
  readonly invariants?: readonly string[]
  readonly defaultNodes: number
  /** Settings of a run that suit it better than the general defaults, by their names, such as `heal`. */
  readonly defaults?: Readonly<Record<string, string>>
  /** The same for single workloads, by the names of these; they go before. */
  readonly workloadDefaults?: Readonly<Record<string, Readonly<Record<string, string>>>>
  /**
   * How long its clusters commonly take to serve again after a fault, ms: the faults of a run end that much, though at most a fifth of
   * the run, before its clients do, so that they see it. Absent: 0.
   */
  readonly settleMs?: number
  /** The fewest nodes with which the design makes sense; 1 where absent. */
  readonly minNodes?: number
  /** Present for a design that is wrong in itself: how a run shows that, with no bug switched on. */
  readonly flaw?: Bug
  /** Present for bundled targets: what the simulator and the host run. */
  readonly protocol?: Protocol
  /** How its nodes can be made to dial links of their own; absent: each is told an address for every peer. */
  readonly linkWays?: LinkWays
  /** Whether it can be a cluster that others have started, as in containers: it then brings clients and claims alone. */
  readonly resident?: true
  /** Other names under which it takes workloads, such as those that its users know. */
  readonly aliases?: Readonly<Record<string, string>>
  /** The names of so many nodes, where they are not `n1`, `n2`, … */
  nodeNames?(count: number, args: Readonly<Record<string, string>>): readonly NodeId[]
  /**
   * The target arguments that it takes: numbers of at least 0 by their defaults, or words, of which the first is the default. Absent:
   * it sees to them itself.
   */
  readonly accepts?: Accepted
  /** Why these options make no sense together, in words: more copies than nodes, say. */
  unfit?(options: TargetOptions): string | undefined
  /** Its claims where these options change what it promises: reads that may be old, say. Absent: `claims` always. */
  claimsWith?(options: TargetOptions): Readonly<Record<string, Claim>>
  /** What is missing on this machine to start it, and how to get it, in words; undefined where nothing is. */
  absent?(): string | undefined
  /** What can be done to its clusters, known before one is started. */
  capabilities(options: TargetOptions): Capabilities
  /** Starts the cluster; resolves once it can serve. Throws EnvironmentError with the last log lines where it cannot. */
  start(context: StartContext): Promise<Cluster>
}

/** What the target promises under a workload with these options. */
export function claimOf(target: Target, workload: string, options: TargetOptions): Claim {
  return (target.claimsWith?.(options) ?? target.claims)[workload] as Claim
}

/** Throws EnvironmentError where something is missing that the target cannot start without. */
export function assertPresent(target: Target): void {
  const missing = target.absent?.()
  if (missing !== undefined) throw new EnvironmentError(`Target ${target.name} is absent: ${missing}.`)
}
