/** What a verdict on transactions says of the consistency models: ruled out, with what follows, and still possible. */
import type {Verdict} from '../../core/verdict.ts'
import {consistencyOf} from '../../core/verdict-detail.ts'

/** Lines for the terminal, without indentation; none for verdicts that do not speak of models. */
export function consistencyLines(verdict: Verdict): string[] {
  const consistency = consistencyOf(verdict)
  if (consistency === undefined) return []
  const {not, alsoNot, strongest, dependencies} = consistency
  return [
    ...(not.length === 0 ? [] : [`weakest ruled out: ${not.join(', ')}`]),
    ...(alsoNot.length === 0 ? [] : [`and with it: ${alsoNot.join(', ')}`]),
    strongest.length > 0
      ? `strongest still standing: ${strongest.join(', ')}`
      : dependencies === 0
        ? 'the others were not put to the test: no transaction depends on another'
        : 'no model is left standing',
  ]
}
