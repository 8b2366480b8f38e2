/**
 * A run as data: which operations, when, and which faults, when. A plan is a function of the seed and the options, made
 * before the run and without looking at the system: the scheduler runs the workload's generator in virtual time against
 * operations that all succeed at once. What a plan leaves open is which idle thread takes an operation.
 *
 * Operations and faults draw from streams of their own (`ops`, `pace`, `nemesis/<fault>`), so a faster pace or one fault
 * fewer leaves the rest as it was.
 *
 * Without a rate ("as fast as they are answered") nobody can know beforehand how many operations a run will need. The plan
 * is then `unbounded`: its operations are still a fixed sequence, drawn from the generator only when the run comes to them,
 * and the plan lists those that it came to. Two such plans of one seed differ in length only.
 */
import type {Capabilities} from '../core/capabilities.ts'
import type {Generator} from '../core/generator.ts'
import {drawingFrom, limit, stagger} from '../core/generators.ts'
import type {Nemesis, PlanContext, PlannedFault} from '../core/nemesis.ts'
import type {Json, NodeId} from '../core/node.ts'
import type {Key} from '../core/op.ts'
import type {Random} from '../core/random.ts'
import {Scheduler} from './scheduler.ts'

/**
 * The version that is written. Since /2 the variants of a fault that a target cannot suffer are not drawn, so a seed may give
 * another plan for a target without a leader; the file itself is the same, and both are read.
 */
export const PLAN_FORMAT = 'chaos.plan/2'
export const READABLE_PLANS: readonly string[] = ['chaos.plan/1', PLAN_FORMAT]

/** One operation. Any idle client thread may run it, unless it names one. */
export interface PlannedOperation {
  /** Not before this time, ms since clients began. */
  readonly atMs: number
  readonly f: string
  readonly key?: Key
  readonly value?: Json
  readonly thread?: number
}

/** What a plan was made from, resolved; JSON. `timeMs` ends the run, the others are for the reader and for replays. */
export type PlanOptions = {readonly timeMs: number} & {readonly [name: string]: Json}

/** The largest part of a run that is left without faults so that clients see the system settle. */
const MOST_SETTLING = 0.2

/** How long it is to be, where that is said. */
export function settling({settleMs}: {readonly settleMs?: number | undefined}): {readonly settleMs?: number} {
  return settleMs === undefined ? {} : {settleMs}
}

/** The part of the time of clients in which faults strike, ms from its beginning. */
export function faultTimeMs({timeMs, settleMs}: PlanOptions): number {
  return timeMs - Math.min(typeof settleMs === 'number' ? settleMs : 0, MOST_SETTLING * timeMs)
}

export interface Plan {
  readonly format: string
  readonly seed: string
  readonly options: PlanOptions
  readonly faults: readonly PlannedFault[]
  /** In the order in which they are to be dispatched. Grows while an unbounded plan is run. */
  readonly operations: readonly PlannedOperation[]
  readonly unbounded: boolean
}

/** With this option the draws of the simulated cluster hold for a while, so that what is left out of a plan moves little else. */
export const HELD = {chance: 'held'} as const

export function hasHeldDraws({options}: Pick<Plan, 'options'>): boolean {
  return options['chance'] === HELD.chance
}

/** The same plan for a cluster whose draws hold for a while; see `core/random.ts`. */
export function withHeldDraws(plan: Plan): Plan {
  return {...plan, options: {...plan.options, ...HELD}}
}

export interface PlanRequest {
  readonly seed: string
  /** The run's root stream. */
  readonly random: Random
  /** The workload's generator. */
  readonly generator: Generator
  readonly nodes: readonly NodeId[]
  readonly concurrency: number
  /** How long clients run, ms. */
  readonly timeMs: number
  /** Operations per second over all threads; Infinity for as fast as they are answered. */
  readonly ratePerS: number
  /** At most this many operations. */
  readonly operations?: number
  readonly nemeses: readonly Nemesis[]
  /** Mean time between injections of one nemesis, ms. */
  readonly intervalMs: number
  /** What the target can suffer. */
  readonly capabilities: Capabilities
  /** How long before the end faults are to be over, ms: see `Target.settleMs`. */
  readonly settleMs?: number
  /** Further resolved options, to be kept with the plan. */
  readonly options?: Readonly<Record<string, Json>>
}

/** Where a plan's operations come from: a list, extended on demand where the plan is unbounded. */
export interface Operations {
  /** The operation at this position; undefined after the last. */
  at(position: number): PlannedOperation | undefined
}

/** A plan, and the operations that `planGenerator` is to run. */
export interface PlannedRun {
  readonly plan: Plan
  readonly operations: Operations
}

/** Draws a plan from its seed. */
export function makePlan(request: PlanRequest): PlannedRun {
  const {seed, nemeses, random, nodes, intervalMs, timeMs, ratePerS, concurrency, capabilities} = request
  const unbounded = ratePerS === Number.POSITIVE_INFINITY && request.operations === undefined
  const operations: PlannedOperation[] = unbounded ? [] : [...drawOperations(request)]
  const options: PlanOptions = {
    ...request.options,
    nodes,
    concurrency,
    timeMs,
    ratePerS: Number.isFinite(ratePerS) ? ratePerS : null,
    ...(request.operations === undefined ? {} : {operations: request.operations}),
    intervalMs,
    ...settling(request),
  }
  const plan: Plan = {
    format: PLAN_FORMAT,
    seed,
    options,
    faults: planFaults(nemeses, {nodes, timeMs: faultTimeMs(options), intervalMs, capabilities, random}),
    operations,
    unbounded,
  }
  return {plan, operations: unbounded ? growing(operations, drawOperations(request)) : listed(operations)}
}

/** The operations of a plan that is finished: read from a file, or shrunk. */
export function listed(operations: readonly PlannedOperation[]): Operations {
  return {at: (position) => operations[position]}
}

/** `list`, with more from `source` appended whenever a position beyond its end is asked for. */
function growing(list: PlannedOperation[], source: Iterator<PlannedOperation>): Operations {
  return {
    at(position) {
      while (list.length <= position) {
        const more = source.next()
        if (more.done) return undefined
        list.push(more.value)
      }
      return list[position]
    },
  }
}

/** Every injection of every nemesis, by start; nemeses in the order given where times are equal. `random` is the run's root stream. */
export function planFaults(nemeses: readonly Nemesis[], {random: root, ...context}: PlanContext): PlannedFault[] {
  const random = root.fork('nemesis')
  const faults = nemeses.flatMap((nemesis) => nemesis.plan({...context, random: random.fork(nemesis.name)}))
  return faults.sort((left, right) => left.startMs - right.startMs)
}

/** The operations, in order, as if each were answered at once. */
function* drawOperations(request: PlanRequest): globalThis.Generator<PlannedOperation, undefined> {
  const {random, concurrency, nodes, timeMs, ratePerS} = request
  // The generator's own draws are kept apart from those of the pace.
  const source = drawingFrom(random.fork('ops'), request.generator)
  const limited = request.operations === undefined ? source : limit(request.operations, source)
  const paced = Number.isFinite(ratePerS) ? stagger(1000 / ratePerS, limited) : limited
  const scheduler = new Scheduler({generator: paced, concurrency, nodes, random: random.fork('pace')})
  for (let nowNs = 0; nowNs < timeMs * 1e6; ) {
    const action = scheduler.step(nowNs)
    if (action.kind === 'wait') {
      nowNs = action.untilNs
    } else if (action.kind === 'invoke') {
      const {f, key, value, pinned} = action.invocation as typeof action.invocation & {readonly pinned?: boolean}
      scheduler.complete(action.thread, {type: 'ok', value: value ?? null}, nowNs)
      yield {
        atMs: Math.round(nowNs / 1e3) / 1e3,
        f,
        ...(key === undefined ? undefined : {key}),
        ...(value === undefined ? undefined : {value: value as Json}),
        ...(pinned === true ? {thread: action.thread as number} : undefined),
      }
    } else {
      return undefined
    }
  }
  return undefined
}
