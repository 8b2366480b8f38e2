/** What transactions say of the consistency models: ruled out with what follows, and still standing. */
import type {Verdict} from '../../core/verdict.ts'

/** The part of a transaction checker's `Verdict.detail` that this tells; see `checkers/elle/judgement.ts`. */
interface Standing {
  readonly not: readonly string[]
  readonly alsoNot: readonly string[]
  readonly strongest: readonly string[]
}

/** Lines for the terminal, without indentation; none for verdicts that do not speak of models. */
export function standingLines({detail}: Verdict): string[] {
  if (!speaksOfModels(detail)) return []
  const {not, alsoNot, strongest} = detail
  return [
    ...(not.length === 0 ? [] : [`weakest ruled out: ${not.join(', ')}`]),
    ...(alsoNot.length === 0 ? [] : [`and with it: ${alsoNot.join(', ')}`]),
    strongest.length === 0 ? 'no model is left standing' : `strongest still standing: ${strongest.join(', ')}`,
  ]
}

function speaksOfModels(detail: unknown): detail is Standing {
  const {not, alsoNot, strongest} = (detail ?? {}) as Partial<Record<keyof Standing, unknown>>
  return [not, alsoNot, strongest].every(Array.isArray)
}
