/**
 * Runs a plan: the generator that gives out its operations and faults when their time has come.
 *
 * Operations go out in the plan's order, never before their time, to whichever client thread is idle; an operation that
 * names a thread waits for that one without holding up the others. Where the system is slower than the plan, operations go
 * out late; those that would go out after the end are dropped. Faults are never dropped halfway: what was started is
 * stopped.
 */
import type {Context, Generator, GeneratorEvent, Step, Thread} from '../core/generator.ts'
import {nothing, pending} from '../core/generators/source.ts'
import {any, clients, nemesis} from '../core/generators.ts'
import type {PlannedFault} from '../core/nemesis.ts'
import {listed, type Operations, type Plan} from './plan.ts'

/** The nemesis threads that a plan needs, one for each kind of fault, in the order of their first appearance. */
export function nemesisThreads(plan: Pick<Plan, 'faults'>): string[] {
  return [...new Set(plan.faults.map(({spec}) => nemesisThread(spec.fault)))]
}

/** The thread that a fault's operations run on. */
export function nemesisThread(fault: string): string {
  return `nemesis:${fault}`
}

/** The generator of a plan. `startNs` is when clients begin; `operations` is what `makePlan` gave with the plan. */
export function planGenerator(plan: Plan, startNs = 0, operations: Operations = listed(plan.operations)): Generator {
  const endNs = startNs + plan.options.timeMs * 1e6
  const paced = plan.options['ratePerS'] !== null
  const replay = new OperationReplay({operations, paced, startNs, endNs}, 0, [])
  const faults = nemesisThreads(plan).map((thread) => {
    const own = plan.faults.filter(({spec}) => nemesisThread(spec.fault) === thread)
    return nemesis(new FaultReplay({faults: own, startNs, endNs}, 0, false), thread)
  })
  return faults.length === 0 ? clients(replay) : any(clients(replay), ...faults)
}

type OpStep = NonNullable<Step> & {readonly kind: 'op'}
type Writable<T> = {-readonly [K in keyof T]: T[K]}

interface OperationPlan {
  readonly operations: Operations
  /** Whether operations are due at some time, not just as soon as somebody is free. */
  readonly paced: boolean
  readonly startNs: number
  readonly endNs: number
}

class OperationReplay implements Generator {
  readonly #plan: OperationPlan
  /** The first operation that was not looked at yet. */
  readonly #position: number
  /** Positions of operations before it that wait for their thread, ascending. */
  readonly #waiting: readonly number[]

  constructor(plan: OperationPlan, position: number, waiting: readonly number[]) {
    this.#plan = plan
    this.#position = position
    this.#waiting = waiting
  }

  next(context: Context): Step {
    const {operations, startNs, endNs} = this.#plan
    if (context.timeNs >= endNs) return undefined
    const {free} = context
    for (const position of this.#waiting) {
      const thread = operations.at(position)!.thread!
      if (!free.includes(thread)) continue
      const waiting = this.#waiting.filter((other) => other !== position)
      return this.#give(position, thread, context, new OperationReplay(this.#plan, this.#position, waiting))
    }
    let waiting = this.#waiting
    for (let position = this.#position; ; position++) {
      const rest = (next: number) => new OperationReplay(this.#plan, next, waiting)
      if (free.length === 0) return pending(endNs, rest(position))
      const operation = operations.at(position)
      if (operation === undefined) return waiting.length === 0 ? undefined : pending(endNs, rest(position))
      const dueNs = startNs + operation.atMs * 1e6
      if (dueNs > context.timeNs) return pending(Math.min(dueNs, endNs), rest(position))
      const thread = operation.thread ?? free[0]!
      if (free.includes(thread)) return this.#give(position, thread, context, rest(position + 1))
      // A thread that does not exist (fewer threads than when the plan was made): anybody may run it.
      if (!context.threads.includes(thread)) return this.#give(position, free[0]!, context, rest(position + 1))
      waiting = [...waiting, position]
    }
  }

  update(): Generator {
    return this
  }

  #give(position: number, thread: Thread, context: Context, next: Generator): Step {
    const {f, key, value, atMs} = this.#plan.operations.at(position)!
    const op: Writable<OpStep['op']> = {f, thread, atNs: context.timeNs}
    if (key !== undefined) op.key = key
    if (value !== undefined) op.value = value
    if (this.#plan.paced) op.dueNs = this.#plan.startNs + atMs * 1e6
    return {kind: 'op', op, next}
  }
}

interface FaultPlan {
  readonly faults: readonly PlannedFault[]
  readonly startNs: number
  readonly endNs: number
}

/** The faults of one nemesis, one after the other. */
class FaultReplay implements Generator {
  readonly #plan: FaultPlan
  readonly #position: number
  /** Whether the fault at this position was started. */
  readonly #started: boolean

  constructor(plan: FaultPlan, position: number, started: boolean) {
    this.#plan = plan
    this.#position = position
    this.#started = started
  }

  next(context: Context): Step {
    const {faults, startNs, endNs} = this.#plan
    const fault = faults[this.#position]
    if (fault === undefined) return undefined
    if (!this.#started && context.timeNs >= endNs) return undefined
    const dueNs = startNs + (this.#started ? fault.stopMs : fault.startMs) * 1e6
    if (dueNs > context.timeNs) return {kind: 'pending', untilNs: dueNs}
    const thread = context.free[0]
    if (thread === undefined) return {kind: 'pending'}
    const {spec} = fault
    const f = `${this.#started ? 'stop' : 'start'}-${spec.fault}`
    const last = this.#started && this.#position === faults.length - 1
    return {
      kind: 'op',
      op: {f, value: spec, thread, atNs: context.timeNs},
      next: last ? nothing : new FaultReplay(this.#plan, this.#position + Number(this.#started), !this.#started),
    }
  }

  update(_event: GeneratorEvent): Generator {
    return this
  }
}
