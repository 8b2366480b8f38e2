/**
 * What there is to show in the first tab: each anomaly, and each verdict that stayed unknown. An unknown verdict may carry
 * how far its search came, as `detail.linearizations` (of `core/verdict`'s Counterexample).
 */
import type {Anomaly, Counterexample, Verdict} from '../../../core/verdict.ts'
import {consistencyOf} from '../../consistency.ts'
import {type Payload, type Story, storyId} from '../../payload.ts'

export interface Case {
  readonly verdict: Verdict
  /** Absent for a verdict that is unknown. */
  readonly anomaly: Anomaly | undefined
  readonly counterexample: Partial<Counterexample> | undefined
  /** Indices of the ops concerned. */
  readonly indices: readonly number[]
  /** The tab that shows it. */
  readonly tab: 'counterexample' | 'transactions'
  /** Its picture, where it is about transactions. */
  readonly story: Story | undefined
  /** How far the search for an order came, where it is unknown. */
  readonly reached: readonly Reached[]
}

/** One object; see `checkers/linearizable`. */
export interface Reached {
  readonly key?: string | number
  /** Events that were explained, of how many. */
  readonly events: number
  readonly of: number
  /** The op at which the search stood. */
  readonly index: number
}

export function casesOf({judgement, stories}: Payload): Case[] {
  const safetyFirst = [...judgement.verdicts.entries()].sort(([, left], [, right]) => rank(left) - rank(right))
  return safetyFirst.flatMap(([at, verdict]): Case[] => {
    const tab = consistencyOf(verdict) === undefined ? 'counterexample' : 'transactions'
    const anomalies = verdict.anomalies.map((anomaly, place): Case => {
      const {counterexample} = anomaly
      const indices = counterexample?.operations ?? anomaly.witness
      return {verdict, anomaly, counterexample, indices, tab, story: stories[storyId(at, place)], reached: []}
    })
    return anomalies.length === 0 && verdict.validity === 'unknown' ? [unknownCase(verdict)] : anomalies
  })
}

function unknownCase(verdict: Verdict): Case {
  const detail = (verdict.detail ?? {}) as Partial<Counterexample> & {readonly reached?: readonly Reached[]}
  const reached = Array.isArray(detail.reached) ? (detail.reached as readonly Reached[]) : []
  const base = {verdict, anomaly: undefined, tab: 'counterexample', story: undefined, reached} as const
  const linearizations: Counterexample['linearizations'] | undefined = Array.isArray(detail.linearizations)
    ? detail.linearizations
    : undefined
  if (linearizations === undefined || linearizations[0] === undefined) {
    return {...base, counterexample: undefined, indices: reached.map(({index}) => index)}
  }
  const indices = detail.operations ?? linearizations[0].map((step) => step.index)
  return {...base, counterexample: {...detail, linearizations}, indices}
}

/** Broken safety, then broken liveness, then what is unknown. */
function rank(verdict: Verdict): number {
  if (verdict.validity === 'invalid') return verdict.kind === 'safety' ? 0 : 1
  return verdict.validity === 'unknown' ? 2 : 3
}
