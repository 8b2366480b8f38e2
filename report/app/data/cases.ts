/**
 * What there is to show in the first tab: each anomaly, and each verdict that stayed unknown. An unknown verdict may carry
 * how far its search came, as `detail.linearizations` (of `core/verdict`'s Counterexample).
 */
import type {Anomaly, Counterexample, Verdict} from '../../../core/verdict.ts'
import {consistencyOf, type Reached, searchOf} from '../../../core/verdict-detail.ts'
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
  const {reached, linearizations, operations} = searchOf(verdict)
  const base = {verdict, anomaly: undefined, tab: 'counterexample', story: undefined, reached} as const
  if (linearizations === undefined || linearizations[0] === undefined) {
    return {...base, counterexample: undefined, indices: reached.map(({index}) => index)}
  }
  const indices = operations ?? linearizations[0].map((step) => step.index)
  return {...base, counterexample: {...(operations === undefined ? {} : {operations}), linearizations}, indices}
}

/** Broken safety, then broken liveness, then what is unknown. */
function rank(verdict: Verdict): number {
  if (verdict.validity === 'invalid') return verdict.kind === 'safety' ? 0 : 1
  return verdict.validity === 'unknown' ? 2 : 3
}
