/**
 * What we think of a history, in three values, and the one order in which they merge: invalid > unknown > valid.
 * A crashed or exhausted checker is *unknown*, never a pass; a history in which nothing was tested is *unknown* too.
 */
import {EXIT, type ExitCode} from './error.ts'
import type {Key} from './op.ts'

export type Validity = 'valid' | 'invalid' | 'unknown'

/**
 * What a verdict speaks of. Exit codes follow from it: a broken *safety* property is 1, broken *liveness* (availability,
 * recovery, thresholds) is 5; *exercise* (was anything tested at all?) is never worse than unknown.
 */
export type PropertyKind = 'safety' | 'liveness' | 'exercise'

/** One broken promise, with its witness. */
export interface Anomaly {
  /** The name that `chaos explain` knows: `stale-read`, `lost-write`, `G1c`, … */
  readonly type: string
  /** One sentence for a person: "Process 4 read x3 = 3, but only 7 or 9 were possible". */
  readonly sentence: string
  /** The object concerned. */
  readonly key?: Key
  /** Indices of the ops that prove it, ascending. Both ends of an operation are listed where both matter. */
  readonly witness: readonly number[]
  /** Why, a line each: the argument that no order explains the witness. */
  readonly why?: readonly string[]
  /** What register-like and other linearizability checkers know beyond the witness; drawn by the report. */
  readonly counterexample?: Counterexample
  /** Anything else that is data, JSON-able: a cycle's edges, the lost elements, … */
  readonly detail?: unknown
}

/** A linearizability counterexample as data. */
export interface Counterexample {
  /** Invocation indices of a minimal set of operations that no order explains, by invocation. */
  readonly operations: readonly number[]
  /** Invocation index of the operation that nothing could precede properly: the one to point at. */
  readonly impossible: number
  /** The states that were possible when it ran, as text: `["7", "9"]`. */
  readonly states: readonly string[]
  /** Longest partial linearizations: each a list of invocation indices with the state after each step. */
  readonly linearizations: readonly (readonly {readonly index: number; readonly state: string}[])[]
  /**
   * By partial linearization: the operations that real time allows next, each with why it leads nowhere. `illegal`: the
   * object could not have answered so in the state reached; else it can follow, but some other then cannot.
   */
  readonly next?: readonly (readonly {readonly index: number; readonly illegal: boolean; readonly reason: string}[])[]
}

/** A checker's answer. */
export interface Verdict {
  /** The checker's name. */
  readonly checker: string
  /** The property in words, as the report's table shows it: `linearizable`, `no lost elements`, … */
  readonly property: string
  readonly kind: PropertyKind
  readonly validity: Validity
  /** What was looked at, in a few words: "register, 8/8 keys, 6012 operations". */
  readonly summary: string
  readonly anomalies: readonly Anomaly[]
  /** Why it is unknown; how far the search came. */
  readonly reason?: string
  /** Figures by name, units last in the name: `{p99Ms: 88, okRate: 0.957}`. */
  readonly measures?: Readonly<Record<string, number | string>>
  /** JSON-able data; `verdict-detail.ts` has what our own checkers give, and how to read it. */
  readonly detail?: unknown
}

const RANK: Record<Validity, number> = {valid: 0, unknown: 1, invalid: 2}

/** The worst of several: invalid > unknown > valid. Nothing at all is *unknown*. */
export function mergeValidity(values: Iterable<Validity>): Validity {
  let worst: Validity | undefined
  for (const value of values) if (worst === undefined || RANK[value] > RANK[worst]) worst = value
  return worst ?? 'unknown'
}

/** The judgement of a whole run. */
export interface Judgement {
  readonly validity: Validity
  readonly exitCode: ExitCode
  readonly verdicts: readonly Verdict[]
  /** The sentence that stands first everywhere. */
  readonly sentence: string
}

/**
 * Merges verdicts into a judgement. Safety broken is exit 1, liveness broken (only) is 5, anything unknown is 3, else 0;
 * a liveness failure beside an unknown is 5.
 */
export function judge(verdicts: readonly Verdict[], passSentence: string): Judgement {
  const invalid = verdicts.filter((verdict) => verdict.validity === 'invalid')
  const safety = invalid.find((verdict) => verdict.kind === 'safety')
  const unknown = verdicts.find((verdict) => verdict.validity === 'unknown')
  const validity = mergeValidity(verdicts.map((verdict) => verdict.validity))
  if (safety) return {validity, exitCode: EXIT.violation, verdicts, sentence: sentenceOf(safety)}
  if (invalid[0]) return {validity, exitCode: EXIT.liveness, verdicts, sentence: sentenceOf(invalid[0])}
  if (unknown) return {validity, exitCode: EXIT.inconclusive, verdicts, sentence: sentenceOf(unknown)}
  if (verdicts.length === 0) {
    return {validity, exitCode: EXIT.inconclusive, verdicts, sentence: 'Nothing was checked.'}
  }
  return {validity, exitCode: EXIT.pass, verdicts, sentence: passSentence}
}

function sentenceOf(verdict: Verdict): string {
  return verdict.anomalies[0]?.sentence ?? verdict.reason ?? `${verdict.property}: ${verdict.validity}`
}
