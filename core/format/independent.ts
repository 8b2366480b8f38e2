/**
 * Independent keys. Jepsen's `independent` puts the key of an object into the value, as `[key value]`, and EDN cannot tell
 * such a tuple from any other pair; we have a field for it.
 */
import type {Key, Op} from '../op.ts'
import {isClientOp} from '../op.ts'

/** Whether every client op looks like one on an independent key: its value is a pair whose first half is a name or number. */
export function looksIndependent(ops: readonly Op[]): boolean {
  let seen = false
  for (const op of ops) {
    if (!isClientOp(op) || op.type === 'fail' || op.type === 'info') continue
    if (op.key !== undefined || op.f === 'txn' || !isPair(op.value)) return false
    // A bare compare-and-set is a pair as well, but a read is not.
    seen ||= op.f === 'read'
  }
  return seen
}

function isPair(value: unknown): value is readonly [Key, unknown] {
  return Array.isArray(value) && value.length === 2 && (typeof value[0] === 'number' || typeof value[0] === 'string')
}

/** Takes the key out of the value of each client op. */
export function liftKeys(ops: readonly Op[]): Op[] {
  return ops.map((op) => {
    if (!isClientOp(op) || !isPair(op.value)) return op
    const [key, value] = op.value
    return {...op, key, value}
  })
}

/** Puts the key back into the value, for Jepsen's own checkers. */
export function lowerKeys(ops: Iterable<Op>): Op[] {
  return Array.from(ops, (op) => {
    const {key, ...rest} = op
    return key === undefined ? op : {...rest, value: [key, op.value]}
  })
}
