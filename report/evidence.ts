/**
 * The judgement as the page carries it: every verdict, but of a checker that lists ten thousand lost elements only the
 * first ones, with a word about the rest. And the stretches of time that the evidence stands in, which stay complete
 * whatever else has to be thinned.
 */
import {showCount} from '../core/quantities.ts'
import type {Anomaly, Counterexample, Judgement, Verdict} from '../core/verdict.ts'
import type {Span} from './logs.ts'
import type {Row} from './tabulate.ts'

const ANOMALY_LIMIT = 50
const WITNESS_LIMIT = 500
const LINEARIZATION_LIMIT = 8
const STEP_LIMIT = 400
const DETAIL_LIMIT_BYTES = 64 * 1024
const VERDICT_DETAIL_LIMIT_BYTES = 256 * 1024

/** The most stretches that are kept whole. */
const SPAN_LIMIT = 100

export interface Trimmed {
  readonly judgement: Judgement
  readonly notes: readonly string[]
}

export function trimJudgement(judgement: Judgement): Trimmed {
  const notes: string[] = []
  const verdicts = judgement.verdicts.map((verdict): Verdict => {
    const {detail, ...rest} = verdict
    const anomalies = verdict.anomalies.slice(0, ANOMALY_LIMIT).map(trimAnomaly)
    if (anomalies.length < verdict.anomalies.length) {
      notes.push(
        `${verdict.property}: the first ${anomalies.length} of ${showCount(verdict.anomalies.length)} anomalies are shown.`,
      )
    }
    return {...rest, anomalies, ...(fits(detail, VERDICT_DETAIL_LIMIT_BYTES) ? {detail} : {})}
  })
  return {judgement: {...judgement, verdicts}, notes}
}

function trimAnomaly(anomaly: Anomaly): Anomaly {
  const {counterexample, detail, ...rest} = anomaly
  return {
    ...rest,
    witness: anomaly.witness.slice(0, WITNESS_LIMIT),
    ...(counterexample === undefined ? {} : {counterexample: trimCounterexample(counterexample)}),
    ...(fits(detail, DETAIL_LIMIT_BYTES) ? {detail} : {}),
  }
}

/** The longest partial linearizations, and of each its end: what came long before the failure does not explain it. */
function trimCounterexample(counterexample: Counterexample): Counterexample {
  const {linearizations, next} = counterexample
  const longest = [...linearizations.keys()]
    .sort((left, right) => linearizations[right]!.length - linearizations[left]!.length)
    .slice(0, LINEARIZATION_LIMIT)
  return {
    ...counterexample,
    operations: counterexample.operations.slice(-STEP_LIMIT),
    linearizations: longest.map((at) => linearizations[at]!.slice(-STEP_LIMIT)),
    ...(next === undefined ? {} : {next: longest.map((at) => next[at]!.slice(0, STEP_LIMIT))}),
  }
}

function fits(detail: unknown, limit: number): boolean {
  if (detail === undefined) return false
  const text = JSON.stringify(detail, (_, value) => (typeof value === 'bigint' ? String(value) : value))
  return text !== undefined && text.length <= limit
}

/** Indices of the ops that the judgement points at, those of counterexamples included. */
export function evidenceIndices(judgement: Judgement): Set<number> {
  const indices = new Set<number>()
  for (const verdict of judgement.verdicts) {
    for (const anomaly of verdict.anomalies) {
      for (const index of anomaly.witness) indices.add(index)
      const {counterexample} = anomaly
      if (counterexample === undefined) continue
      indices.add(counterexample.impossible)
      for (const index of counterexample.operations) indices.add(index)
      for (const steps of counterexample.linearizations) for (const step of steps) indices.add(step.index)
    }
  }
  return indices
}

/** Whether one of an operation's two ops is among these. */
export function touches(indices: ReadonlySet<number>, {invoke, completion}: Row): boolean {
  return indices.has(invoke.index) || (completion !== undefined && indices.has(completion.index))
}

/** The stretches within `marginNs` of the evidence, merged, by time. */
export function evidenceSpans(rows: readonly Row[], evidence: ReadonlySet<number>, marginNs: number): Span[] {
  const spans: {fromNs: number; toNs: number}[] = []
  for (const row of rows) {
    if (!touches(evidence, row)) continue
    const {invoke, completion} = row
    const fromNs = invoke.timeNs - marginNs
    const toNs = (completion?.type === 'ok' ? completion.timeNs : invoke.timeNs) + marginNs
    const last = spans.at(-1)
    if (last !== undefined && fromNs <= last.toNs) last.toNs = Math.max(last.toNs, toNs)
    else if (spans.length < SPAN_LIMIT) spans.push({fromNs, toNs})
  }
  return spans
}
