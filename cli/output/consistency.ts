/** What transactions say of the consistency models: ruled out with what follows, and still standing. */
import type {Verdict} from '../../core/verdict.ts'
import {consistencyOf} from '../../core/verdict-detail.ts'

/** Lines for the terminal, without indentation; none for verdicts that do not speak of models. */
export function standingLines(verdict: Verdict): string[] {
  const told = consistencyOf(verdict)
  if (told === undefined) return []
  const {not, alsoNot, strongest} = told
  return [
    ...(not.length === 0 ? [] : [`weakest ruled out: ${not.join(', ')}`]),
    ...(alsoNot.length === 0 ? [] : [`and with it: ${alsoNot.join(', ')}`]),
    strongest.length === 0 ? 'no model is left standing' : `strongest still standing: ${strongest.join(', ')}`,
  ]
}
