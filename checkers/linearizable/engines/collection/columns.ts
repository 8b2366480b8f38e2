/**
 * A collection's trace taken apart: what each operation does to which element. The collection engines want every element
 * inserted once; they say nothing (and leave it to the general search) where that is not so.
 */
import {Interner} from '../../canonical.ts'
import type {Role, Structure} from '../../model.ts'
import {NEVER, type Trace} from '../../trace.ts'

export type CollectionStructure = Extract<Structure, {kind: 'collection'}>

export interface CollectionColumns {
  readonly trace: Trace
  /** By call number. */
  readonly roles: readonly Role[]
  /** By operation: its element; -1 for none. */
  readonly element: Int32Array
  readonly elements: number
  /** By element: the operation that inserts it, -1 for none; undefined if some element has two. */
  readonly inserted: Int32Array | undefined
  /** By element: the operation that removes it, -1 for none. A pending one counts only if there is no other. */
  readonly removed: Int32Array
  /** Two required removals of one element, if there are. */
  readonly removedTwice: readonly number[] | undefined
  /** Whether somebody removed who knows what. */
  readonly unknownRemovals: boolean
  readonly interner: Interner
}

/** Takes the calls of a trace apart. */
export function collectionColumns(trace: Trace, structure: CollectionStructure): CollectionColumns {
  const interner = new Interner()
  const roles = trace.calls.map((call) => structure.role(call))
  const callElement = Int32Array.from(roles, (role) => ('element' in role ? interner.idOf(role.element) : -1))
  for (const role of roles) if (role.role === 'all') for (const element of role.elements) interner.idOf(element)
  const elements = interner.values.length
  const element = Int32Array.from(trace.call, (call) => callElement[call]!)
  const inserted = new Int32Array(elements).fill(-1)
  const removed = new Int32Array(elements).fill(-1)
  let unique = true
  let removedTwice: number[] | undefined
  let unknownRemovals = false
  for (let i = 0; i < trace.size; i++) {
    const {role} = roles[trace.call[i]!]!
    const e = element[i]!
    if (role === 'insert') {
      unique &&= inserted[e]! < 0
      inserted[e] = i
    } else if (role === 'remove') {
      const other = removed[e]!
      // Of pending ones the first to begin could have been at any moment that the others could.
      if (other < 0) removed[e] = i
      else if (trace.returnAt[i] === NEVER) continue
      else if (trace.returnAt[other] === NEVER) removed[e] = i
      else removedTwice ??= [other, i]
    } else if (role === 'remove-unknown') unknownRemovals = true
  }
  return {
    trace,
    roles,
    element,
    elements,
    inserted: unique ? inserted : undefined,
    removed,
    removedTwice,
    unknownRemovals,
    interner,
  }
}
