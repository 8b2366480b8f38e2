/**
 * A cheap necessary condition, value by value, that convicts most broken registers at once: whoever saw v needs a writer
 * of v that is not certainly overwritten.
 *
 * For an operation o that saw v, let `best` be the latest return of any writer of v that was invoked before o returned
 * (never, for a pending one), and `over` the latest invocation of an operation that leaves another value and returned
 * before o was invoked. If best < over, every writer of v was finished before that other one began, which was finished
 * before o began: o cannot have seen v. Sound, not complete; one pass.
 */
import {column32} from '../../../columns/column.ts'
import {scratch32} from '../../../columns/scratch.ts'
import {CAS, NOT, READ, type RegisterColumns, WRITE} from './columns.ts'

export interface Refutation {
  /** The event at which it is certain. */
  readonly at: number
  /** What was seen, what overwrote it, and its latest writer: impossible together. */
  readonly core: readonly number[]
}

/** The first operation whose value cannot be explained, or undefined. */
export function refute(columns: RegisterColumns): Refutation | undefined {
  const {events, kind, sees, leaves, invokeAt, returnAt, values, size, mattersUntil} = columns
  // By value: the writer with the latest return so far. The initial value returned before everything.
  const best = scratch32(values).fill(-1)
  // By seeing operation: who overwrote its value, latest, when it was invoked.
  const over = column32(size).fill(-1)
  // Of those that returned: the latest invoked, and the latest invoked that leaves another value than that one.
  let latest = -1
  let second = -1
  for (let at = 0; at < events.length; at++) {
    const operation = events[at]! >> 1
    const operationKind = kind[operation]!
    if (operationKind === NOT) continue
    if ((events[at]! & 1) === 0) {
      if (operationKind !== READ && mattersUntil[operation]! >= 0) {
        const value = leaves[operation]!
        const known = best[value]!
        if (known < 0 || returnAt[operation]! > returnAt[known]!) best[value] = operation
      }
      if (operationKind !== WRITE) {
        over[operation] = latest >= 0 && leaves[latest] === sees[operation] ? second : latest
      }
      continue
    }
    if (operationKind !== WRITE) {
      const value = sees[operation]!
      const writer = best[value]!
      if (writer < 0 && value !== 0) return {at, core: [operation]}
      const overwriter = over[operation]!
      if (overwriter >= 0 && (writer < 0 ? -1 : returnAt[writer]!) < invokeAt[overwriter]!) {
        return {at, core: writer < 0 ? [overwriter, operation] : [writer, overwriter, operation]}
      }
    }
    if (operationKind === WRITE || operationKind === CAS) {
      if (latest < 0 || invokeAt[operation]! > invokeAt[latest]!) {
        if (latest >= 0 && leaves[latest] !== leaves[operation]) second = latest
        latest = operation
      } else if (leaves[operation] !== leaves[latest] && (second < 0 || invokeAt[operation]! > invokeAt[second]!)) {
        second = operation
      }
    }
  }
  return undefined
}
