/**
 * Micro-operations, as Jepsen writes them: `["r", k, result]`, `["append", k, v]`, `["w", k, v]`. A transaction's value is a
 * list of them; an op of its own (`f: "append", key: "x", value: 1`) is a transaction of one.
 */
import {UsageError} from '../../core/error.ts'
import type {Key, Op} from '../../core/op.ts'
import {sameValue, showValue} from '../../core/value.ts'
import type {Workload} from './transactions.ts'

export type MicroOp = readonly ['r', Key, unknown?] | readonly ['append', Key, unknown] | readonly ['w', Key, unknown]

/** The verb of a workload's writes. */
export const WRITE_VERB: Readonly<Record<Workload, 'append' | 'w'>> = {'list-append': 'append', 'rw-register': 'w'}

const SINGLE: Readonly<Record<string, 'r' | 'append' | 'w'>> = {
  r: 'r',
  read: 'r',
  append: 'append',
  w: 'w',
  write: 'w',
}

/** The micro-operations of an op. Throws UsageError, naming the op, where it has none or they are malformed. */
export function microOpsOf(op: Op, workload: Workload): readonly MicroOp[] {
  if (op.key !== undefined && Object.hasOwn(SINGLE, op.f)) {
    const single = [[SINGLE[op.f], op.key, op.value]] as unknown as readonly MicroOp[]
    checkMicroOp(op, single[0], WRITE_VERB[workload])
    return single
  }
  const value = op.value
  if (!Array.isArray(value)) throw notATransaction(op, workload)
  const verb = WRITE_VERB[workload]
  for (let i = 0; i < value.length; i++) {
    const mop = value[i]
    // The usual case, told by its shape alone.
    if (Array.isArray(mop) && mop.length === 3 && typeof mop[1] === 'number' && (mop[0] === 'r' || mop[0] === verb))
      continue
    checkMicroOp(op, mop, verb)
  }
  return value as readonly MicroOp[]
}

function checkMicroOp(op: Op, mop: unknown, verb: 'append' | 'w'): void {
  if (Array.isArray(mop) && mop.length >= 2) {
    if (mop[0] === 'r' && mop.length <= 3) return
    if (mop[0] === verb && mop.length === 3) return
  }
  throw new UsageError(`op #${op.index} has the micro-operation ${showValue(mop)}`, [
    verb === 'append'
      ? 'A list-append history has ["r", key, list] and ["append", key, value]'
      : 'An rw-register history has ["r", key, value] and ["w", key, value]',
  ])
}

function notATransaction(op: Op, workload: Workload): UsageError {
  return new UsageError(
    `op #${op.index} (f "${op.f}") is no transaction: its value is ${op.value === undefined ? 'absent' : showValue(op.value)}`,
    [
      `The value of a transaction is a list of micro-operations, such as [["r", "x", null], ["${WRITE_VERB[workload]}", "x", 1]].`,
    ],
  )
}

/** Whether a completion answers what was asked: the same verbs, keys and written values, in the same places. */
export function answers(asked: unknown, answered: readonly MicroOp[]): boolean {
  if (!Array.isArray(asked) || asked.length !== answered.length) return false
  for (let i = 0; i < answered.length; i++) {
    const left: unknown = asked[i]
    const right = answered[i]!
    if (!Array.isArray(left) || left[0] !== right[0] || !sameValue(left[1], right[1])) return false
    if (left[0] !== 'r' && !sameValue(left[2], right[2])) return false
  }
  return true
}
