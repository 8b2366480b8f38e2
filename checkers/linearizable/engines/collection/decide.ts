/** Decides a collection by the test made for it, where one applies. */

import {NEVER, type Trace} from '../../trace.ts'
import type {Decision} from '../decision.ts'
import type {Halt} from '../frontier.ts'
import {type CollectionStructure, collectionColumns} from './columns.ts'
import {checkQueue} from './queue.ts'
import {checkRanks} from './ranks.ts'
import {checkSet} from './set.ts'
import {checkStack} from './stack.ts'

/** The decision, or undefined where only a search can tell. */
export function decideCollection(trace: Trace, structure: CollectionStructure, halt: Halt): Decision | undefined {
  const result = check(trace, structure, halt)
  if (result === undefined) return undefined
  if (result === 'valid') return {kind: 'valid', steps: 0}
  if (result === 'unknown') return {kind: 'unknown', reached: 0, steps: 0}
  if (result === 'invalid') return {kind: 'invalid', at: trace.events.length - 1, late: true, steps: 0}
  return {kind: 'invalid', at: lastReturn(trace, result), steps: 0, core: result}
}

function check(trace: Trace, structure: CollectionStructure, halt: Halt) {
  const columns = collectionColumns(trace, structure)
  switch (structure.order) {
    case 'fifo':
      return checkQueue(columns, true)
    case 'bag':
      return checkQueue(columns, false)
    case 'lifo':
      return checkStack(columns)
    case 'log':
      return checkRanks(columns, true)
    case 'set':
      return checkSet(columns, halt) ?? checkRanks(columns, false)
  }
}

/** The last event of a set of operations: by then it is certain. */
function lastReturn({returnAt}: Trace, operations: readonly number[]): number {
  let last = 0
  for (const i of operations) if (returnAt[i] !== NEVER) last = Math.max(last, returnAt[i]!)
  return last
}
