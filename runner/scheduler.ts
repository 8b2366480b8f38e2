/**
 * Who runs what, when. A state machine without timers, clocks or promises: a driver asks `step(now)` and does as told, and
 * reports what came of it with `complete`. Real and simulated runs differ in who drives it (`drive-real.ts`,
 * `drive-virtual.ts`) and in nothing else. The rules are those of `jepsen.generator.interpreter`:
 *
 * - A client thread is pinned to a node: thread t to node t mod nodes.
 * - A thread runs one operation at a time, as a *process*. After *info* the process is retired, because its operation may
 *   still be running, and the thread goes on as a new one: its number plus the number of client threads.
 * - Of several idle threads, the one that has been idle longest is preferred.
 */
import type {Outcome} from '../core/client.ts'
import type {Context, Generator, GeneratorEvent, Invocation, Thread} from '../core/generator.ts'
import type {NodeId} from '../core/node.ts'
import type {ProcessId} from '../core/op.ts'
import type {Random} from '../core/random.ts'
import type {Dispatch} from './dispatch.ts'

export interface SchedulerOptions {
  readonly generator: Generator
  /** Client threads. */
  readonly concurrency: number
  readonly nodes: readonly NodeId[]
  /** Names of further threads, such as `nemesis:partition`. */
  readonly nemesisThreads?: readonly string[]
  /** What the generator draws from. */
  readonly random: Random
}

/**
 * What to do now.
 * - `invoke`: start this operation, then ask again.
 * - `wait`: nothing before `untilNs`, unless an operation completes first.
 * - `idle`: nothing before an operation completes.
 * - `stop`: nothing ever again, and nothing is under way.
 */
export type Action =
  | ({readonly kind: 'invoke'} & Dispatch)
  | {readonly kind: 'wait'; readonly untilNs: number}
  | {readonly kind: 'idle'}
  | {readonly kind: 'stop'}

const IDLE: Action = {kind: 'idle'}
const STOP: Action = {kind: 'stop'}

/** One thread's present state. */
interface Worker {
  process: ProcessId
  /** What it is busy with. */
  invocation: Invocation | undefined
}

export class Scheduler {
  readonly #nodes: readonly NodeId[]
  readonly #concurrency: number
  readonly #workers = new Map<Thread, Worker>()
  /** Idle threads, the one that has been idle longest first. The context shows this very array. */
  readonly #free: Thread[]
  readonly #context: {timeNs: number} & Context
  #generator: Generator | undefined
  #outstanding = 0

  constructor({generator, concurrency, nodes, nemesisThreads = [], random}: SchedulerOptions) {
    const threads: Thread[] = [...Array.from({length: concurrency}, (_, thread) => thread), ...nemesisThreads]
    for (const thread of threads) this.#workers.set(thread, {process: thread, invocation: undefined})
    this.#nodes = nodes
    this.#concurrency = concurrency
    this.#generator = generator
    this.#free = threads.slice()
    this.#context = {
      timeNs: 0,
      threads,
      free: this.#free,
      processOf: (thread) => this.#worker(thread).process,
      random,
    }
  }

  /** Operations under way. */
  get outstanding(): number {
    return this.#outstanding
  }

  /** Goes on with another generator. Threads keep their processes, and what is under way stays so. */
  load(generator: Generator): void {
    this.#generator = generator
  }

  /**
   * What to do at this time, ns. Throws Error when the generator asks for a thread that is not free, or waits for something
   * that cannot happen: a bug in the generator.
   */
  step(nowNs: number): Action {
    this.#context.timeNs = nowNs
    const step = this.#generator?.next(this.#context)
    if (step === undefined) {
      this.#generator = undefined
      return this.#outstanding === 0 ? STOP : IDLE
    }
    if (step.kind === 'pending') {
      if (step.next !== undefined) this.#generator = step.next
      // A time that has passed would be asked for over and over.
      if (step.untilNs !== undefined) return {kind: 'wait', untilNs: Math.max(step.untilNs, nowNs + 1)}
      if (this.#outstanding > 0) return IDLE
      throw new Error('the generator is stuck: it waits, but nothing is under way and it names no time')
    }
    const op = step.op
    if (op.atNs > nowNs) return {kind: 'wait', untilNs: op.atNs}
    const position = this.#free.indexOf(op.thread)
    if (position < 0) throw new Error(`the generator gave ${op.f} to thread ${op.thread}, which is not free`)
    this.#free.splice(position, 1)
    const worker = this.#worker(op.thread)
    worker.invocation = op
    this.#outstanding++
    this.#tell(step.next, {kind: 'invoked', thread: op.thread, timeNs: nowNs, invocation: op})
    const node = typeof op.thread === 'number' ? this.#nodes[op.thread % this.#nodes.length] : undefined
    return {kind: 'invoke', thread: op.thread, process: worker.process, node, invocation: op}
  }

  /** What became of a thread's operation. Throws Error when the thread has none. */
  complete(thread: Thread, outcome: Outcome, nowNs: number): void {
    const worker = this.#worker(thread)
    const {invocation} = worker
    if (invocation === undefined) throw new Error(`thread ${thread} completed an operation that it was not running`)
    worker.invocation = undefined
    this.#outstanding--
    if (outcome.type === 'info' && typeof worker.process === 'number') worker.process += this.#concurrency
    this.#free.push(thread)
    this.#context.timeNs = nowNs
    if (this.#generator !== undefined) {
      this.#tell(this.#generator, {kind: 'completed', thread, timeNs: nowNs, invocation, outcome})
    }
  }

  #tell(generator: Generator, event: GeneratorEvent): void {
    this.#generator = generator.update(event, this.#context)
  }

  #worker(thread: Thread): Worker {
    const worker = this.#workers.get(thread)
    if (worker === undefined) throw new Error(`there is no thread ${thread}`)
    return worker
  }
}
