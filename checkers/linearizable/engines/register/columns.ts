/**
 * A register's trace with calls taken apart: what each operation sees and what it leaves behind, as numbers. All register
 * engines read these columns.
 */
import {scratch8, scratch32} from '../../../columns/scratch.ts'
import {Interner} from '../../canonical.ts'
import type {Model, Structure} from '../../model.ts'
import {NEVER, type Trace} from '../../trace.ts'

export type RegisterStructure = Extract<Structure, {kind: 'register'}>

/** Sees a value. Also a cas from a value to itself. */
export const READ = 0
export const WRITE = 1
/** Sees one value and leaves another. */
export const CAS = 2
/** Sees that the value is not this one. */
export const NOT = 3

export interface RegisterColumns {
  readonly size: number
  readonly kind: Uint8Array
  /** By operation: the value seen (READ, CAS), or seen not to be (NOT). Value 0 is the initial one. */
  readonly sees: Int32Array
  /** By operation: the value left behind (WRITE, CAS). */
  readonly leaves: Int32Array
  readonly invokeAt: Int32Array
  readonly returnAt: Int32Array
  /**
   * By operation: the last event at which it matters. A required operation matters until it returns. A pending one until
   * the last operation that could see its value has returned: later it explains nothing, and taking it out of a
   * linearization together with whatever it alone explains, which is nothing, leaves one. -1: it never matters.
   */
  readonly mattersUntil: Int32Array
  readonly events: Int32Array
  /** How many values there are. */
  readonly values: number
  /** Whether there is a NOT. */
  readonly negations: boolean
}

/** Takes the calls of a trace apart. */
export function registerColumns(trace: Trace, model: Model, structure: RegisterStructure): RegisterColumns {
  const interner = new Interner()
  interner.idOf(model.init)
  const count = trace.calls.length
  const callKind = scratch8(count)
  const callSees = scratch32(count).fill(-1)
  const callLeaves = scratch32(count).fill(-1)
  let negations = false
  for (let c = 0; c < count; c++) {
    const seen = structure.observes(trace.calls[c]!)
    const left = structure.produces(trace.calls[c]!)
    if (seen !== undefined) callSees[c] = interner.idOf('not' in seen ? seen.not : seen.value)
    if (left !== undefined) callLeaves[c] = interner.idOf(left.value)
    if (seen === undefined) callKind[c] = WRITE
    else if ('not' in seen) {
      callKind[c] = NOT
      negations = true
    } else callKind[c] = left === undefined || callSees[c] === callLeaves[c] ? READ : CAS
  }
  const {size, call, invokeAt, returnAt, events} = trace
  const kind = scratch8(size)
  const sees = scratch32(size)
  const leaves = scratch32(size)
  for (let i = 0; i < size; i++) {
    kind[i] = callKind[call[i]!]!
    sees[i] = callSees[call[i]!]!
    leaves[i] = kind[i] === READ ? -1 : callLeaves[call[i]!]!
  }
  const values = interner.values.length
  return withNeeds({size, kind, sees, leaves, invokeAt, returnAt, events, values, negations})
}

/** The columns with what follows from them. (Written out: a spread takes as long as a dozen operations.) */
export function withNeeds(columns: Omit<RegisterColumns, 'mattersUntil'>): RegisterColumns {
  const {size, kind, sees, leaves, invokeAt, returnAt, events, values, negations} = columns
  const needs = mattersUntil(columns)
  return {size, kind, sees, leaves, invokeAt, returnAt, mattersUntil: needs, events, values, negations}
}

/** See `RegisterColumns.mattersUntil`. A pending cas hands its own observers' need on to the value it sees. */
export function mattersUntil(columns: Omit<RegisterColumns, 'mattersUntil'>): Int32Array {
  const {size, kind, sees, leaves, invokeAt, returnAt, values} = columns
  const pending: number[] = []
  for (let i = 0; i < size; i++) if (returnAt[i] === NEVER) pending.push(i)
  if (pending.length === 0) return returnAt
  const lastSeen = scratch32(values).fill(-1)
  let lastNegation = -1
  for (let i = 0; i < size; i++) {
    const returns = returnAt[i]!
    if (returns === NEVER) continue
    if (kind[i] === NOT) lastNegation = Math.max(lastNegation, returns)
    else if (kind[i] !== WRITE) lastSeen[sees[i]!] = Math.max(lastSeen[sees[i]!]!, returns)
  }
  const until = returnAt.slice()
  for (let changed = true; changed; ) {
    changed = false
    for (let k = pending.length - 1; k >= 0; k--) {
      const i = pending[k]!
      if (kind[i] !== CAS) continue
      const need = Math.max(lastSeen[leaves[i]!]!, lastNegation)
      if (need <= invokeAt[i]! || need <= lastSeen[sees[i]!]!) continue
      lastSeen[sees[i]!] = need
      changed = true
    }
  }
  for (const i of pending) {
    const need = kind[i] === READ || kind[i] === NOT ? -1 : Math.max(lastSeen[leaves[i]!]!, lastNegation)
    until[i] = need > invokeAt[i]! ? need : -1
  }
  return until
}
