/**
 * What the checkers of chaos add to their verdicts as data (`Verdict.detail`), by the checker's name. Whoever tells of a
 * verdict reads it by the functions here, which look at what is there: a verdict may come from a file, or from a checker of
 * somebody else's that has the same kind of thing to say.
 */
import type {FaultWindow} from './history.ts'
import type {Key} from './op.ts'
import type {Counterexample, Validity, Verdict} from './verdict.ts'

export interface DetailOf {
  readonly availability: AvailabilityDetail
  readonly exercise: ExerciseDetail
  readonly ladder: LadderDetail
  readonly linearizable: SearchDetail
  readonly 'list-append': ConsistencyDetail
  readonly recovery: RecoveryDetail
  readonly 'rw-register': ConsistencyDetail
  readonly stats: StatsDetail
}

/** What transactions say of the consistency models. */
export interface ConsistencyDetail {
  /** What the transactions were judged against. */
  readonly models: readonly string[]
  /** The weakest models that are ruled out. */
  readonly not: readonly string[]
  /** The stronger ones that fall with them. */
  readonly alsoNot: readonly string[]
  /** The strongest that nothing speaks against, among those whose orders were looked at; none where nothing was tested. */
  readonly strongest: readonly string[]
  /** Dependencies between transactions: without any, no model was put to the test. */
  readonly dependencies?: number
  /** Types of anomaly that were found and break nothing that was promised. */
  readonly allowed: readonly string[]
}

/** How far up the ladder of consistency models a history comes. */
export interface LadderDetail {
  /** The strongest models that hold. */
  readonly strongest: readonly string[]
  readonly rungs: readonly Rung[]
  /** The broken models just above the strongest that hold. */
  readonly next: readonly Rung[]
}

/** One step of the ladder. */
export interface Rung {
  readonly model: string
  readonly validity: Validity
  /** Whether it follows from a stronger model that holds. */
  readonly implied: boolean
  /** The first anomaly, or why it is unknown. */
  readonly sentence?: string
}

/** How far a search for an order came, where its verdict is unknown. */
export interface SearchDetail extends Partial<Pick<Counterexample, 'operations' | 'linearizations'>> {
  readonly reached: readonly Reached[]
}

/** How far the search for an order of one object came. */
export interface Reached {
  readonly key?: Key
  /** Events of the object that were explained, and how many it has. */
  readonly events: number
  readonly of: number
  /** Index of the op at which the search stood. */
  readonly index: number
}

/** What became of some operations. */
export interface Share {
  readonly ok: number
  readonly fail: number
  readonly info: number
  /** `ok` of all, 0 to 1; NaN of none. */
  readonly okRate: number
}

export interface AvailabilityDetail {
  readonly overall: Share
  readonly faults: readonly (FaultWindow & Share)[]
  readonly nodes: Readonly<Record<string, Share>>
  /** When nobody succeeded although somebody tried. */
  readonly outages: readonly {readonly startNs: number; readonly endNs: number}[]
}

export interface ExerciseDetail {
  readonly faults: readonly FaultExercise[]
  readonly problems: readonly string[]
}

/** How one kind of fault fared. */
export interface FaultExercise {
  readonly fault: string
  readonly asked: number
  readonly struck: number
  readonly verified: number
  /** How many of the verified ones had an operation running. */
  readonly overlapping: number
  readonly problem?: string
}

export interface RecoveryDetail {
  readonly recoveries: readonly Recovery[]
}

/** How it went on after one fault. */
export interface Recovery {
  readonly fault: string
  readonly description: string
  /** When it was healed. */
  readonly healedNs: number
  /** Until the first success, ms; null where there was none before the next fault or the end. */
  readonly recoveredMs: number | null
  /** Likewise per node, for nodes that were asked. */
  readonly nodes: Readonly<Record<string, number | null>>
  /** Whether another fault was in force meanwhile. */
  readonly disturbed: boolean
}

export interface StatsDetail {
  readonly functions: readonly FunctionStats[]
}

/** What was done by one function; latencies are null where nothing succeeded. */
export interface FunctionStats extends Share {
  readonly f: string
  readonly p50Ms: number | null
  readonly p90Ms: number | null
  readonly p99Ms: number | null
  readonly p999Ms: number | null
  readonly maxMs: number | null
}

/** What a verdict says of the consistency models of transactions; undefined where it says nothing of them. */
export function consistencyOf({detail}: Verdict): ConsistencyDetail | undefined {
  const {models, not, alsoNot, strongest, allowed, dependencies} = (detail ?? {}) as Partial<ConsistencyDetail>
  if (!Array.isArray(not) || !Array.isArray(alsoNot) || !Array.isArray(strongest)) return undefined
  const tested = dependencies === undefined ? {} : {dependencies}
  return {models: models ?? [], not, alsoNot, strongest, allowed: allowed ?? [], ...tested}
}

/** The steps of a ladder of models; none for verdicts that are no ladder. */
export function rungsOf({detail}: Verdict): readonly Rung[] {
  const {rungs} = (detail ?? {}) as Partial<LadderDetail>
  return Array.isArray(rungs) ? rungs : []
}

/** How far the search of an unknown verdict came; nothing is reached where it does not say. */
export function searchOf({detail}: Verdict): SearchDetail {
  const {reached, linearizations, operations} = (detail ?? {}) as Partial<SearchDetail>
  return {
    reached: Array.isArray(reached) ? reached : [],
    ...(Array.isArray(linearizations) ? {linearizations} : {}),
    ...(Array.isArray(operations) ? {operations} : {}),
  }
}
