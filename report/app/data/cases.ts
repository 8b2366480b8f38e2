/**
 * What there is to show in the first tab: each anomaly, and each verdict that stayed unknown. An unknown verdict may carry
 * how far its search came, as `detail.linearizations` (of `core/verdict`'s Counterexample).
 */
import type {Anomaly, Counterexample, Verdict} from '../../../core/verdict.ts'
import type {Payload} from '../../payload.ts'

export interface Case {
  readonly verdict: Verdict
  /** Absent for a verdict that is unknown. */
  readonly anomaly: Anomaly | undefined
  readonly counterexample: Partial<Counterexample> | undefined
  /** Indices of the ops concerned. */
  readonly indices: readonly number[]
}

export function casesOf({judgement}: Payload): Case[] {
  const safetyFirst = [...judgement.verdicts].sort((left, right) => rank(left) - rank(right))
  return safetyFirst.flatMap((verdict): Case[] => {
    const anomalies = verdict.anomalies.map((anomaly) => anomalyCase(verdict, anomaly))
    return anomalies.length === 0 && verdict.validity === 'unknown' ? [unknownCase(verdict)] : anomalies
  })
}

function anomalyCase(verdict: Verdict, anomaly: Anomaly): Case {
  const {counterexample} = anomaly
  return {verdict, anomaly, counterexample, indices: counterexample?.operations ?? anomaly.witness}
}

function unknownCase(verdict: Verdict): Case {
  const detail = (verdict.detail ?? {}) as Partial<Counterexample>
  const linearizations: Counterexample['linearizations'] | undefined = Array.isArray(detail.linearizations)
    ? detail.linearizations
    : undefined
  if (linearizations === undefined || linearizations[0] === undefined) {
    return {verdict, anomaly: undefined, counterexample: undefined, indices: []}
  }
  const indices = detail.operations ?? linearizations[0].map((step) => step.index)
  return {verdict, anomaly: undefined, counterexample: {...detail, linearizations}, indices}
}

/** Broken safety, then broken liveness, then what is unknown. */
function rank(verdict: Verdict): number {
  if (verdict.validity === 'invalid') return verdict.kind === 'safety' ? 0 : 1
  return verdict.validity === 'unknown' ? 2 : 3
}
