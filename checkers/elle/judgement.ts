/**
 * From anomalies to models: what is ruled out, what still stands, and whether that breaks the promise under test.
 */
import {type AnomalyType, anomalyNamed, impliedBy, modelsRuledOutBy} from './anomalies.ts'
import {MODELS, type Model, modelNamed, orderOf, strongest, upwards, weakest} from './models.ts'

/** What a history is judged against. */
export interface Requirement {
  readonly models: readonly Model[]
  /** Anomalies that are forbidden besides those that the models forbid. */
  readonly anomalies: readonly string[]
}

/** Reads what a person asked for. Throws UsageError for a model or an anomaly that is unknown. */
export function requirementOf(models: readonly string[], anomalies: readonly string[]): Requirement {
  return {models: models.map(modelNamed), anomalies: anomalies.map(anomalyNamed)}
}

/** Whether an anomaly breaks the promise: by itself or by what it implies. */
export function breaks(type: AnomalyType, requirement: Requirement): boolean {
  const out = modelsRuledOutBy(type)
  if (requirement.models.some((model) => out.has(model))) return true
  const shown = impliedBy(type)
  return requirement.anomalies.some((name) => shown.has(name))
}

/** What anomalies say of the models. */
export interface Standing {
  /** The weakest models that are ruled out. */
  readonly not: readonly Model[]
  /** The stronger ones that fall with them. */
  readonly alsoNot: readonly Model[]
  /** The strongest that nothing speaks against, among those whose orders were looked at. */
  readonly strongest: readonly Model[]
}

export function standingOf(types: readonly AnomalyType[], orders: readonly ('process' | 'realtime')[]): Standing {
  const out = upwards(types.flatMap((type) => [...modelsRuledOutBy(type)]))
  const judged = MODELS.filter((model) => {
    const order = orderOf(model)
    return order === undefined || orders.includes(order) || (order === 'process' && orders.includes('realtime'))
  })
  const not = weakest(out)
  return {
    not,
    alsoNot: [...out].filter((model) => !not.includes(model)).sort(),
    strongest: strongest(new Set(judged.filter((model) => !out.has(model)))),
  }
}
