/**
 * Runs a plan: the generator that gives out its operations and faults when their time has come.
 *
 * Operations go out in the plan's order, never before their time, to whichever client thread is idle; an operation that
 * names a thread waits for that one without holding up the others. Where the system is slower than the plan, operations go
 * out late; those that would go out after the end are dropped. Faults are never dropped halfway: what was started is
 * stopped.
 */
import type {Context, Generator, GeneratorEvent, Step, Thread} from '../core/generator.ts'
import {pending} from '../core/generators/source.ts'
import type {PlannedFault} from '../core/nemesis.ts'
import {LAST_STOP} from '../nemesis/schedule.ts'
import {faultTimeMs, listed, type Operations, type Plan, type PlannedOperation} from './plan.ts'

/** The nemesis threads that a plan needs, one for each kind of fault, in the order of their first appearance. */
export function nemesisThreads(plan: Pick<Plan, 'faults'>): string[] {
  return [...new Set(plan.faults.map(({spec}) => nemesisThread(spec.fault)))]
}

/** The thread that a fault's operations run on. */
export function nemesisThread(fault: string): string {
  return `nemesis:${fault}`
}

/** When the last fault ends at the latest, however late it struck, where clients begin at `startNs`. */
export function faultsEndNs(plan: Pick<Plan, 'options'>, startNs: number): number {
  return startNs + LAST_STOP * faultTimeMs(plan.options) * 1e6
}

/**
 * The generator of a plan. `startNs` is when clients begin; `operations` is what `makePlan` gave with the plan. It is no
 * pure value as other generators are: it goes forward in its place, since one scheduler asks it, once, and a simulation
 * would spend more on states between two operations than on the operations.
 */
export function planGenerator(plan: Plan, startNs = 0, operations: Operations = listed(plan.operations)): Generator {
  const endNs = startNs + plan.options.timeMs * 1e6
  const lastStopNs = faultsEndNs(plan, startNs)
  const paced = plan.options['ratePerS'] !== null
  const replay = new OperationReplay({operations, paced, startNs, endNs})
  const faults = nemesisThreads(plan).map((thread) => {
    const own = plan.faults.filter(({spec}) => nemesisThread(spec.fault) === thread)
    return new FaultReplay({thread, faults: own, startNs, endNs, lastStopNs})
  })
  return new Replay(replay, faults)
}

type Operation = (NonNullable<Step> & {readonly kind: 'op'})['op']
type Writable<T> = {-readonly [K in keyof T]: T[K]}

/** What a part answers: an operation, which it has thereby given out, when to ask again, or undefined at its end. */
type Answer = Operation | number | undefined

type Part = OperationReplay | FaultReplay

/**
 * Operations and faults together: whoever has waited longest of those that have something due, as `any` of
 * `core/generators` has it. Operations come a hundred for every fault, so the faults are only asked once one may be due.
 */
class Replay implements Generator {
  readonly #operations: OperationReplay
  /** What is not exhausted; whoever waited longest first. */
  readonly #parts: Part[]
  /** No fault has anything to do before this time. */
  #calmUntilNs = Number.NEGATIVE_INFINITY

  constructor(operations: OperationReplay, faults: readonly FaultReplay[]) {
    this.#operations = operations
    this.#parts = [operations, ...faults]
  }

  next(context: Context): Step {
    return context.timeNs < this.#calmUntilNs ? this.#operation(context) : this.#any(context)
  }

  update(event: GeneratorEvent): Generator {
    if (event.kind === 'completed' && typeof event.thread === 'string') this.#struck(event)
    return this
  }

  #struck({thread, timeNs}: GeneratorEvent): void {
    for (const part of this.#parts) if (part instanceof FaultReplay && part.thread === thread) part.struckBy(timeNs)
    this.#calmUntilNs = Math.min(this.#calmUntilNs, this.#nextFaultNs())
  }

  /** No fault is due: only operations are asked. */
  #operation(context: Context): Step {
    const parts = this.#parts
    const calmNs = this.#calmUntilNs
    const at = parts.lastIndexOf(this.#operations)
    if (at < 0) return pending(calmNs, this)
    const answer = this.#operations.next(context)
    if (answer === undefined) {
      if (parts.length === 1) return undefined
      parts.splice(at, 1)
      return pending(calmNs, this)
    }
    if (typeof answer === 'number') return pending(Math.min(answer, calmNs), this)
    if (at < parts.length - 1) this.#toTheEnd(at)
    return {kind: 'op', op: answer, next: this}
  }

  #any(context: Context): Step {
    const parts = this.#parts
    let untilNs = Number.POSITIVE_INFINITY
    for (let i = 0; i < parts.length; ) {
      const answer = parts[i]!.next(context)
      if (answer === undefined) {
        parts.splice(i, 1)
      } else if (typeof answer === 'number') {
        untilNs = Math.min(untilNs, answer)
        i++
      } else {
        // What is due cannot be beaten: the others need not be asked.
        this.#toTheEnd(i)
        this.#calmUntilNs = this.#nextFaultNs()
        return {kind: 'op', op: answer, next: this}
      }
    }
    if (parts.length === 0) return undefined
    this.#calmUntilNs = this.#nextFaultNs()
    return pending(untilNs, this)
  }

  #toTheEnd(at: number): void {
    const [part] = this.#parts.splice(at, 1)
    this.#parts.push(part!)
  }

  #nextFaultNs(): number {
    let soonestNs = Number.POSITIVE_INFINITY
    for (const part of this.#parts) if (part instanceof FaultReplay) soonestNs = Math.min(soonestNs, part.dueNs)
    return soonestNs
  }
}

interface OperationPlan {
  readonly operations: Operations
  /** Whether operations are due at some time, not just as soon as somebody is free. */
  readonly paced: boolean
  readonly startNs: number
  readonly endNs: number
}

class OperationReplay {
  readonly #plan: OperationPlan
  /** The first operation that was not looked at yet. */
  #position = 0
  /** Positions of operations before it that wait for their thread, ascending. */
  readonly #waiting: number[] = []

  constructor(plan: OperationPlan) {
    this.#plan = plan
  }

  next(context: Context): Answer {
    const {operations, startNs, endNs} = this.#plan
    if (context.timeNs >= endNs) return undefined
    const {free} = context
    const waiting = this.#waiting
    for (let i = 0; i < waiting.length; i++) {
      const position = waiting[i]!
      const operation = operations.at(position)!
      if (!free.includes(operation.thread!)) continue
      waiting.splice(i, 1)
      return this.#given(operation, operation.thread!, context)
    }
    const anybody = firstClient(free)
    if (anybody === undefined) return endNs
    for (;;) {
      const operation = operations.at(this.#position)
      if (operation === undefined) return waiting.length === 0 ? undefined : endNs
      const dueNs = startNs + operation.atMs * 1e6
      if (dueNs > context.timeNs) return Math.min(dueNs, endNs)
      this.#position++
      const thread: Thread = operation.thread ?? anybody
      if (thread === anybody || free.includes(thread)) return this.#given(operation, thread, context)
      // A thread that does not exist (fewer threads than when the plan was made): anybody may run it.
      if (!context.threads.includes(thread)) return this.#given(operation, anybody, context)
      waiting.push(this.#position - 1)
    }
  }

  #given({f, key, value, atMs}: PlannedOperation, thread: Thread, {timeNs}: Context): Operation {
    const op: Writable<Operation> = {f, thread, atNs: timeNs}
    if (key !== undefined) op.key = key
    if (value !== undefined) op.value = value
    if (this.#plan.paced) op.dueNs = this.#plan.startNs + atMs * 1e6
    return op
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
  /** No fault that struck late stays in force beyond this. */
  readonly lastStopNs: number
}

/**
 * A strike that took longer than this, ms, and more than half of the time that the fault was to be in force: it had to wait until
 * there was something to strike. It then stays in force for half of that time, as long as clients run.
 */
const LATE_MS = 500

/** The faults of one nemesis, one after the other. */
class FaultReplay {
  readonly #plan: FaultPlan
  #position = 0
  /** Whether the fault at this position was started. */
  #started = false
  /** When the fault that was started is to be stopped. */
  #stopNs = 0

  constructor(plan: FaultPlan) {
    this.#plan = plan
  }

  get thread(): string {
    return this.#plan.thread
  }

  /** The fault that was started last is in force since then. */
  struckBy(timeNs: number): void {
    if (!this.#started) return
    const {faults, startNs, lastStopNs} = this.#plan
    const {startMs, stopMs} = faults[this.#position]!
    const halfNs = ((stopMs - startMs) / 2) * 1e6
    if (timeNs - startNs - startMs * 1e6 < Math.max(halfNs, LATE_MS * 1e6)) return
    this.#stopNs = Math.max(this.#stopNs, Math.min(timeNs + halfNs, lastStopNs))
  }

  /** When there is something to do next: to start, to stop, or to be exhausted. */
  get dueNs(): number {
    const {faults, startNs} = this.#plan
    const fault = faults[this.#position]
    if (fault === undefined) return Number.NEGATIVE_INFINITY
    return this.#started ? this.#stopNs : Math.min(startNs + fault.startMs * 1e6, this.#latestNs(fault))
  }

  /** A fault to which the one before leaves no time is not begun, so that it keeps nobody from the end; unless it was planned so late. */
  #latestNs({startMs}: PlannedFault): number {
    const {startNs, endNs, lastStopNs} = this.#plan
    return startNs + startMs * 1e6 < lastStopNs ? lastStopNs : endNs
  }

  next(context: Context): Answer {
    const {thread, faults, startNs} = this.#plan
    const fault = faults[this.#position]
    if (fault === undefined) return undefined
    if (!this.#started && context.timeNs >= this.#latestNs(fault)) return undefined
    const dueNs = this.#started ? this.#stopNs : startNs + fault.startMs * 1e6
    if (dueNs > context.timeNs) return dueNs
    if (!context.free.includes(thread)) return Number.POSITIVE_INFINITY
    const {spec} = fault
    const f = `${this.#started ? 'stop' : 'start'}-${spec.fault}`
    if (this.#started) this.#position++
    this.#started = !this.#started
    this.#stopNs = startNs + fault.stopMs * 1e6
    return {f, value: spec, thread, atNs: context.timeNs}
  }
}
