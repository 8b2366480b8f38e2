/**
 * From a history of ops to columns. One pass that pairs as it goes: a million `Operation` objects would cost more than the
 * check itself. What breaks the pairing rule is left to `History.pairingError`, which knows the words for it.
 */
import {UsageError} from '../../core/error.ts'
import type {History} from '../../core/history.ts'
import {isClientOp, type Op} from '../../core/op.ts'
import {TransactionsBuilder} from './builder.ts'
import {answers, type MicroOp, microOpsOf} from './micro-op.ts'
import {NONE, type Transactions, type Workload} from './transactions.ts'

export interface FromHistory {
  readonly transactions: Transactions
  /** Transactions whose completion answers something else than was asked. */
  readonly mismatched: readonly {readonly transaction: number; readonly asked: readonly MicroOp[]}[]
}

/** The transactions of a history. Throws UsageError, naming the op, for anything that is no transaction. */
export function transactionsOf(history: History, workload: Workload): FromHistory {
  const builder = new TransactionsBuilder(workload, (history.ops.length >> 1) + 1)
  const mismatched: {transaction: number; asked: readonly MicroOp[]}[] = []
  // By process, which is nearly always a small number: arrays.
  const open: (Op | undefined)[] = []
  const openAt: number[] = []
  const crashed: boolean[] = []
  let count = 0
  let position = 0
  for (const op of history.ops) {
    if (!isClientOp(op)) continue
    const process = op.process as number
    const invoked = open[process]
    if (op.type === 'invoke') {
      if (invoked !== undefined || crashed[process] === true) throw history.pairingError()
      if (!Number.isInteger(process) || process < 0 || process >= 2 ** 31) throw oddProcess(op)
      open[process] = op
      openAt[process] = position++
      continue
    }
    if (invoked === undefined) throw history.pairingError()
    open[process] = undefined
    const outcome = op.type
    if (outcome === 'info') crashed[process] = true
    builder.begin({
      process,
      outcome,
      invoked: openAt[process]!,
      completed: position++,
      invokeIndex: invoked.index,
      completeIndex: op.index,
    })
    // What did not certainly happen may come back with anything in its value: believe what was asked.
    const mops = microOpsOf(outcome === 'ok' ? op : invoked, workload)
    if (outcome === 'ok' && !answers(invoked.value, mops)) {
      const asked = microOpsOf(invoked, workload)
      if (!answers(asked, mops)) mismatched.push({transaction: count, asked})
    }
    addMops(builder, mops)
    count++
  }
  open.forEach((op, process) => {
    if (op === undefined) return
    const invoked = openAt[process]!
    builder.begin({process, outcome: 'info', invoked, completed: NONE, invokeIndex: op.index, completeIndex: NONE})
    addMops(builder, microOpsOf(op, workload))
  })
  return {transactions: builder.build(), mismatched}
}

function addMops(builder: TransactionsBuilder, mops: readonly MicroOp[]): void {
  for (let i = 0; i < mops.length; i++) {
    const mop = mops[i]!
    if (mop[0] === 'r') builder.read(mop[1], mop[2])
    else builder.write(mop[1], mop[2])
  }
}

function oddProcess(op: Op): UsageError {
  return new UsageError(`op #${op.index} is of process ${op.process}`, ['Client processes are numbered from 0.'])
}
