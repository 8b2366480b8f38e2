/**
 * Sets without reads of everything: each element is an object of its own (adding, removing and finding one leaves the
 * others as they are), and each is a register that holds *in* or *out*: adding writes *in*, removing writes *out*, a
 * look-up reads.
 */

import {NEVER} from '../../trace.ts'
import type {Halt} from '../frontier.ts'
import {mattersUntil, READ, type RegisterColumns, WRITE} from '../register/columns.ts'
import {decideRegister} from '../register/decide.ts'
import type {CollectionColumns} from './columns.ts'

export type SetResult =
  | 'valid'
  /** Operations that are impossible by themselves. */
  | readonly number[]
  | 'unknown'
  | undefined

/** Tests a set element by element; undefined where somebody read it as a whole. */
export function checkSet({trace, roles, element, elements}: CollectionColumns, halt: Halt): SetResult {
  if (roles.some((role) => !('element' in role))) return undefined
  const members: number[][] = Array.from({length: elements}, () => [])
  for (let i = 0; i < trace.size; i++) members[element[i]!]!.push(i)
  let answer: 'valid' | 'unknown' = 'valid'
  for (const operations of members) {
    const decision = decideRegister(columnsOf(operations), halt)
    if (decision.kind === 'invalid') return operations
    if (decision.kind === 'unknown') answer = 'unknown'
  }
  return answer

  function columnsOf(operations: readonly number[]): RegisterColumns {
    const times: {at: number; event: number}[] = []
    operations.forEach((operation, i) => {
      times.push({at: trace.invokeAt[operation]!, event: 2 * i})
      if (trace.returnAt[operation] !== NEVER) times.push({at: trace.returnAt[operation]!, event: 2 * i + 1})
    })
    times.sort((left, right) => left.at - right.at)
    const size = operations.length
    const columns = {
      size,
      kind: new Uint8Array(size),
      sees: new Int32Array(size).fill(-1),
      leaves: new Int32Array(size).fill(-1),
      invokeAt: new Int32Array(size),
      returnAt: new Int32Array(size).fill(NEVER),
      events: Int32Array.from(times, ({event}) => event),
      values: 2,
      negations: false,
    }
    times.forEach(({event}, at) => {
      if ((event & 1) === 0) columns.invokeAt[event >> 1] = at
      else columns.returnAt[event >> 1] = at
    })
    operations.forEach((operation, i) => {
      const role = roles[trace.call[operation]!]!
      if (role.role === 'member') {
        columns.kind[i] = READ
        columns.sees[i] = role.present ? 1 : 0
      } else {
        columns.kind[i] = WRITE
        columns.leaves[i] = role.role === 'insert' ? 1 : 0
      }
    })
    return {...columns, mattersUntil: mattersUntil(columns)}
  }
}
