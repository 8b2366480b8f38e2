/**
 * The generator contract: a pure value that says what to invoke next. `next` never changes the generator it is called on;
 * it returns the operation together with the generator to use from then on. Jepsen's `jepsen.generator` (0.2+) is the
 * model; the combinators are in `core/generators.ts`.
 */
import type {Outcome} from './client.ts'
import type {Key, ProcessId} from './op.ts'
import type {Random} from './random.ts'

/** A worker: clients are numbered from 0, nemesis threads have names such as `nemesis:partition`. */
export type Thread = number | string

/** What to invoke. */
export interface Invocation {
  readonly f: string
  readonly key?: Key
  readonly value?: unknown
  readonly final?: boolean
  /** Only this thread may run it; any free client thread when absent. */
  readonly thread?: Thread
  /** Not before this time, ns since the start. */
  readonly atNs?: number
  /** When it was due, ns since the start: earlier than it is dispatched where every client was busy. */
  readonly dueNs?: number
}

/** What a generator may look at. */
export interface Context {
  readonly timeNs: number
  /** Every thread that this generator may use. */
  readonly threads: readonly Thread[]
  /** Those of them that are idle, in the order in which they should be preferred (the longest idle first). */
  readonly free: readonly Thread[]
  /** The process that a thread is running as. */
  processOf(thread: Thread): ProcessId
  readonly random: Random
}

/** What has happened: an invocation was dispatched, or it completed. */
export type GeneratorEvent =
  | {readonly kind: 'invoked'; readonly thread: Thread; readonly timeNs: number; readonly invocation: Invocation}
  | {
      readonly kind: 'completed'
      readonly thread: Thread
      readonly timeNs: number
      readonly invocation: Invocation
      readonly outcome: Outcome
    }

/**
 * What `next` answers.
 * - `op`: invoke this; the invocation always names its thread. `atNs` in the future means: wait until then, ask again.
 *   `pinned` says that no other thread would do (a plan then keeps the thread).
 * - `pending`: nothing now; ask again after an event, or at `untilNs` if given.
 * - undefined: nothing ever again.
 */
export type Step =
  | {
      readonly kind: 'op'
      readonly op: Invocation & {readonly thread: Thread; readonly atNs: number; readonly pinned?: boolean}
      readonly next: Generator
    }
  | {readonly kind: 'pending'; readonly untilNs?: number; readonly next?: Generator}
  | undefined

export interface Generator {
  next(context: Context): Step
  /** The generator to use after this event; the same one where it does not care. */
  update(event: GeneratorEvent, context: Context): Generator
}
