/**
 * Lists into which equal elements are appended, so that nobody can say which append a read shows: the general search, on a
 * smaller object. Lists only grow, so whatever was read must be a beginning of the longest read, and until that happens
 * the list must be one, too: how long it is says all. Behind the longest read nothing is ever looked at again.
 */
import {canonical} from '../../canonical.ts'
import type {Call, Model} from '../../model.ts'
import {NEVER, type Trace} from '../../trace.ts'
import type {CollectionStructure} from './columns.ts'

/** The smaller object; or a read that is no beginning of another, with that. */
export function alongLongestRead(
  model: Model,
  structure: CollectionStructure,
  trace: Trace,
): Model<number> | readonly number[] {
  const reads: {operation: number; elements: readonly (string | number)[]}[] = []
  let longest = -1
  for (let i = 0; i < trace.size; i++) {
    const role = structure.role(trace.calls[trace.call[i]!]!)
    if (role.role !== 'all' || trace.returnAt[i] === NEVER) continue
    reads.push({operation: i, elements: role.elements.map(canonical)})
    if (longest < 0 || role.elements.length > reads[longest]!.elements.length) longest = reads.length - 1
  }
  const whole = reads[longest]?.elements ?? []
  for (const {operation, elements} of reads) {
    if (elements.some((element, k) => element !== whole[k])) return [operation, reads[longest]!.operation]
  }
  const {name, description, functions, reads: readers} = model
  return {
    name,
    description,
    functions,
    reads: readers,
    init: 0,
    step(length, call: Call) {
      const role = structure.role(call)
      if (role.role === 'insert') {
        if (length >= whole.length) return whole.length + 1
        return canonical(role.element) === whole[length] ? length + 1 : undefined
      }
      if (call.outcome !== 'ok') return length
      return role.role === 'all' && role.elements.length === length && length <= whole.length ? length : undefined
    },
    hash: (length) => length,
    describe: (length) => `${length} elements`,
  }
}
