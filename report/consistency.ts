/** What a verdict on transactions says of the consistency models; see `checkers/elle/judgement.ts`, which makes it. */
import type {Verdict} from '../core/verdict.ts'

export interface Consistency {
  /** What the transactions were judged against. */
  readonly models: readonly string[]
  /** The weakest models that are ruled out. */
  readonly not: readonly string[]
  /** The stronger ones that fall with them. */
  readonly alsoNot: readonly string[]
  /** The strongest that nothing speaks against. */
  readonly strongest: readonly string[]
  /** Types of anomaly that were found and break nothing that was promised. */
  readonly allowed: readonly string[]
}

/** Undefined for verdicts that do not speak of models. */
export function consistencyOf({detail}: Verdict): Consistency | undefined {
  const {models, not, alsoNot, strongest, allowed} = (detail ?? {}) as Partial<Consistency>
  if (!Array.isArray(not) || !Array.isArray(alsoNot) || !Array.isArray(strongest)) return undefined
  return {models: models ?? [], not, alsoNot, strongest, allowed: allowed ?? []}
}
