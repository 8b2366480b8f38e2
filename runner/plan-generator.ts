/**
 * Runs a plan: the generator that gives out its operations and faults when their time has come.
 *
 * Operations go out in the plan's order, never before their time, to whichever client thread is idle; an operation that
 * names a thread waits for that one without holding up the others. Where the system is slower than the plan, operations go
 * out late; those that would go out after the end are dropped. Faults are never dropped halfway: what was started is
 * stopped.
 */
import type {Context, Generator, Step, Thread} from '../core/generator.ts'
import {pending} from '../core/generators/source.ts'
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
    return new FaultReplay({thread, faults: own, startNs, endNs}, 0, false)
  })
  return new Replay(replay, [OPERATIONS, ...faults], Number.NEGATIVE_INFINITY)
}

type OpStep = NonNullable<Step> & {readonly kind: 'op'}
type Writable<T> = {-readonly [K in keyof T]: T[K]}

/** The place of the operations among the parts of a replay. */
const OPERATIONS = 'operations'
type Part = typeof OPERATIONS | FaultReplay

/**
 * Operations and faults together: whoever has waited longest of those that have something due, as `any` of
 * `core/generators` has it. Operations come a hundred for every fault, so the faults are only asked once one may be due.
 */
class Replay implements Generator {
  readonly #operations: OperationReplay
  /** What is not exhausted; whoever waited longest first. */
  readonly #parts: readonly Part[]
  /** No fault has anything to do before this time. */
  readonly #calmUntilNs: number

  constructor(operations: OperationReplay, parts: readonly Part[], calmUntilNs: number) {
    this.#operations = operations
    this.#parts = parts
    this.#calmUntilNs = calmUntilNs
  }

  next(context: Context): Step {
    return context.timeNs < this.#calmUntilNs ? this.#operation(context) : this.#any(context)
  }

  update(): Generator {
    return this
  }

  #operation(context: Context): Step {
    const parts = this.#parts
    const calmNs = this.#calmUntilNs
    const at = parts[parts.length - 1] === OPERATIONS ? parts.length - 1 : parts.indexOf(OPERATIONS)
    if (at < 0) return pending(calmNs, this)
    const step = this.#operations.next(context)
    if (step === undefined) {
      return parts.length === 1
        ? undefined
        : pending(calmNs, new Replay(this.#operations, parts.toSpliced(at, 1), calmNs))
    }
    const next = (step.next ?? this.#operations) as OperationReplay
    if (step.kind === 'pending') {
      const untilNs = step.untilNs === undefined ? calmNs : Math.min(step.untilNs, calmNs)
      return pending(untilNs, next === this.#operations ? this : new Replay(next, parts, calmNs))
    }
    const rotated = at === parts.length - 1 ? parts : [...parts.toSpliced(at, 1), OPERATIONS as Part]
    return {kind: 'op', op: step.op, next: new Replay(next, rotated, calmNs)}
  }

  #any(context: Context): Step {
    const left: Part[] = []
    let operations = this.#operations
    let found: {readonly step: OpStep; readonly part: Part} | undefined
    let untilNs = Number.POSITIVE_INFINITY
    for (const part of this.#parts) {
      // What is due cannot be beaten: the others need not be asked.
      const step = found !== undefined ? undefined : (part === OPERATIONS ? operations : part).next(context)
      if (found === undefined) {
        if (step === undefined) continue
        if (step.kind === 'op') {
          found = {step, part}
          continue
        }
        untilNs = Math.min(untilNs, step.untilNs ?? untilNs)
        if (part === OPERATIONS) operations = (step.next ?? operations) as OperationReplay
      }
      left.push(part)
    }
    if (found !== undefined) {
      const {step, part} = found
      if (part === OPERATIONS) operations = step.next as OperationReplay
      left.push(part === OPERATIONS ? part : (step.next as FaultReplay))
      return {kind: 'op', op: step.op, next: new Replay(operations, left, calmUntilNs(left))}
    }
    if (left.length === 0) return undefined
    return pending(untilNs, new Replay(operations, left, calmUntilNs(left)))
  }
}

function calmUntilNs(parts: readonly Part[]): number {
  let calmNs = Number.POSITIVE_INFINITY
  for (const part of parts) if (part !== OPERATIONS) calmNs = Math.min(calmNs, part.dueNs)
  return calmNs
}

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
    const anybody = firstClient(free)
    let waiting = this.#waiting
    for (let position = this.#position; ; position++) {
      if (anybody === undefined) return pending(endNs, this.#from(position, waiting))
      const operation = operations.at(position)
      if (operation === undefined) {
        return waiting.length === 0 ? undefined : pending(endNs, this.#from(position, waiting))
      }
      const dueNs = startNs + operation.atMs * 1e6
      if (dueNs > context.timeNs) return pending(Math.min(dueNs, endNs), this.#from(position, waiting))
      const thread = operation.thread ?? anybody
      if (thread === anybody || free.includes(thread)) {
        return this.#give(position, thread, context, this.#from(position + 1, waiting))
      }
      // A thread that does not exist (fewer threads than when the plan was made): anybody may run it.
      if (!context.threads.includes(thread)) {
        return this.#give(position, anybody, context, this.#from(position + 1, waiting))
      }
      waiting = [...waiting, position]
    }
  }

  update(): Generator {
    return this
  }

  #from(position: number, waiting: readonly number[]): OperationReplay {
    if (position === this.#position && waiting === this.#waiting) return this
    return new OperationReplay(this.#plan, position, waiting)
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

/** The client thread that has been idle longest. */
function firstClient(free: readonly Thread[]): Thread | undefined {
  for (let i = 0; i < free.length; i++) if (typeof free[i] === 'number') return free[i]
  return undefined
}

interface FaultPlan {
  readonly thread: string
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

  /** When there is something to do next: to start, to stop, or to be exhausted. */
  get dueNs(): number {
    const {faults, startNs, endNs} = this.#plan
    const fault = faults[this.#position]
    if (fault === undefined) return Number.NEGATIVE_INFINITY
    return this.#started ? startNs + fault.stopMs * 1e6 : Math.min(startNs + fault.startMs * 1e6, endNs)
  }

  next(context: Context): Step {
    const {thread, faults, startNs, endNs} = this.#plan
    const fault = faults[this.#position]
    if (fault === undefined) return undefined
    if (!this.#started && context.timeNs >= endNs) return undefined
    const dueNs = startNs + (this.#started ? fault.stopMs : fault.startMs) * 1e6
    if (dueNs > context.timeNs) return {kind: 'pending', untilNs: dueNs}
    if (!context.free.includes(thread)) return {kind: 'pending'}
    const {spec} = fault
    const f = `${this.#started ? 'stop' : 'start'}-${spec.fault}`
    return {
      kind: 'op',
      op: {f, value: spec, thread, atNs: context.timeNs},
      next: new FaultReplay(this.#plan, this.#position + Number(this.#started), !this.#started),
    }
  }

  update(): Generator {
    return this
  }
}
