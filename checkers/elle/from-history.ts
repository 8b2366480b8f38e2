/**
 * From a history of ops to columns. One pass that pairs as it goes: a million `Operation` objects would cost more than the
 * check itself. What breaks the pairing rule is left to `History.operations`, which knows the words for it.
 */
import {UsageError} from '../../core/error.ts'
import type {History} from '../../core/history.ts'
import {isClientOp, type Op} from '../../core/op.ts'
import {TransactionsBuilder} from './builder.ts'
import {answers, type MicroOp, microOpsOf} from './micro-op.ts'
import {FAIL, INFO, NONE, OK, type Transactions, type Workload} from './transactions.ts'

export interface FromHistory {
  readonly transactions: Transactions
  /** Transactions whose completion answers something else than was asked. */
  readonly mismatched: readonly {readonly transaction: number; readonly asked: readonly MicroOp[]}[]
}

interface Open {
  readonly op: Op
  readonly position: number
}

/** The transactions of a history. Throws UsageError, naming the op, for anything that is no transaction. */
export function transactionsOf(history: History, workload: Workload): FromHistory {
  const builder = new TransactionsBuilder(workload)
  const mismatched: {transaction: number; asked: readonly MicroOp[]}[] = []
  const open = new Map<number, Open>()
  const crashed = new Set<number>()
  let count = 0
  let position = 0
  for (const op of history.ops) {
    if (!isClientOp(op)) continue
    const process = op.process as number
    const invoked = open.get(process)
    if (op.type === 'invoke') {
      if (invoked !== undefined || crashed.has(process)) throw brokenPairing(history, op)
      open.set(process, {op, position: position++})
      continue
    }
    if (invoked === undefined) throw brokenPairing(history, op)
    open.delete(process)
    const outcome = op.type === 'ok' ? OK : op.type === 'fail' ? FAIL : INFO
    if (outcome === INFO) crashed.add(process)
    builder.begin({
      process,
      outcome,
      invoked: invoked.position,
      completed: position++,
      invokeIndex: invoked.op.index,
      completeIndex: op.index,
    })
    // What did not certainly happen may come back with anything in its value: believe what was asked.
    const asked = microOpsOf(invoked.op, workload)
    const mops = outcome === OK ? microOpsOf(op, workload) : asked
    if (outcome === OK && !answers(asked, mops)) mismatched.push({transaction: count, asked})
    addMops(builder, mops)
    count++
  }
  for (const [process, {op, position: invoked}] of open) {
    builder.begin({process, outcome: INFO, invoked, completed: NONE, invokeIndex: op.index, completeIndex: NONE})
    addMops(builder, microOpsOf(op, workload))
  }
  return {transactions: builder.build(), mismatched}
}

function addMops(builder: TransactionsBuilder, mops: readonly MicroOp[]): void {
  for (let i = 0; i < mops.length; i++) {
    const mop = mops[i]!
    if (mop[0] === 'r') builder.read(mop[1], mop[2])
    else builder.write(mop[1], mop[2])
  }
}

function brokenPairing(history: History, op: Op): Error {
  // Throws the error that explains it.
  void history.operations
  return new UsageError(`op #${op.index} breaks the pairing of invocations and completions on process ${op.process}`)
}
