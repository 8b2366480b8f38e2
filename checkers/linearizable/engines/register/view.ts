/** Which traces can be seen as a register's: those of registers, and those of texts that can be taken apart. */
import type {Model} from '../../model.ts'
import type {Trace} from '../../trace.ts'
import {type TextView, textView} from '../texts/columns.ts'
import {registerColumns} from './columns.ts'

/** The register, or registers of which one must be possible; undefined where there is no such view. */
export function registerView(model: Model, trace: Trace): TextView {
  const {structure} = model
  if (structure?.kind === 'register') return {ways: [registerColumns(trace, model, structure)], ambiguous: NONE}
  return structure?.kind === 'text' ? textView(trace, (call) => structure.role(call)) : undefined
}

const NONE: ReadonlySet<number> = new Set()
