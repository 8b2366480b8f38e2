/**
 * What a run happens on: real processes and wall time, or the simulated world. The story of a run (`story.ts`) knows
 * nothing else of either.
 */
import type {Capabilities} from '../core/capabilities.ts'
import type {Outcome} from '../core/client.ts'
import type {Clock} from '../core/clock.ts'
import type {Cluster, NodeEvent} from '../core/cluster.ts'
import type {NodeExit} from '../core/exits.ts'
import type {Invocation} from '../core/generator.ts'
import type {LinkChoice} from '../core/links.ts'
import type {NodeId} from '../core/node.ts'
import type {Op} from '../core/op.ts'
import type {Random} from '../core/random.ts'
import type {Target, TargetOptions} from '../core/target.ts'
import type {Invoker, Recording} from './dispatch.ts'
import type {RunOptions} from './options.ts'
import type {Scheduler} from './scheduler.ts'
import type {Scope} from './scope.ts'
import type {RunDirectory} from './store.ts'

/** What a driver drives. */
export interface Drive {
  readonly scheduler: Scheduler
  readonly invoker: Invoker
  readonly recording: Recording
  /** Once aborted, nothing more is dispatched; what is under way is waited for. */
  readonly signal?: AbortSignal
}

/** Makes time pass. */
export interface Driver {
  /** Runs until the scheduler stops or, after an abort, until nothing is under way. */
  drive(drive: Drive): Promise<void>
  /** Lets time pass until a promise has settled that waits for something in it. */
  during<T>(promise: Promise<T>): Promise<T>
}

/** The connections of client threads. */
export interface ClientPool {
  /** Calls `done` exactly once. */
  invoke(thread: number, process: number, node: NodeId, invocation: Invocation, done: (outcome: Outcome) => void): void
  /** Ends every call under way as *info*; nothing is asked of anybody any more. */
  interrupt(why: string): void
}

/** Where ops are kept, in the order in which they happened. */
export interface Sink extends Recording {
  readonly ops: readonly Op[]
}

/** A cluster that can serve, with its clients. */
export interface Stage {
  readonly cluster: Cluster
  readonly clients: ClientPool
  /** What nodes have told so far, in the true order of events: a simulated cluster knows it. What real ones told is in files. */
  readonly told?: readonly NodeEvent[]
}

/** What a stage may use while it is set up. Everything it opens is promised to `scope` first. */
export interface StageContext {
  readonly options: RunOptions
  readonly targetOptions: TargetOptions
  readonly directory: RunDirectory
  readonly random: Random
  readonly scope: Scope
  /** Ends the run: a node died that nobody had asked to. */
  halt(reason: Error): void
  /** A node ended that nobody had asked to, and the run goes on. */
  exited(exit: NodeExit): void
  /** Tells whoever watches something that is odd but no reason to stop. */
  warn(text: string): void
  readonly signal: AbortSignal
}

/** The real world, or a simulated one. */
export interface World {
  readonly simulated: boolean
  readonly clock: Clock
  readonly driver: Driver
  /** What can be done to the target's clusters here. */
  capabilities(target: Target, options: TargetOptions, links: LinkChoice): Capabilities
  /** Starts the cluster; resolves once it can serve. Throws EnvironmentError where it cannot. */
  open(context: StageContext): Promise<Stage>
}
