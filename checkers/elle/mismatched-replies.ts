/** Answers to something that was not asked: a completion with other micro-operations than its invocation. */
import {showValue} from '../../core/value.ts'
import type {Describe} from './describe.ts'
import type {Findings} from './findings.ts'
import type {MicroOp} from './micro-op.ts'

/** Reports each of them as a finding. */
export function reportMismatches(
  mismatched: readonly {readonly transaction: number; readonly asked: readonly MicroOp[]}[],
): (findings: Findings, describe: Describe) => void {
  return (findings, describe) => {
    for (const {transaction, asked} of mismatched) {
      findings.add('mismatched-reply', () => ({
        transactions: [transaction],
        sentence: `${describe.name(transaction)} answers something else than was asked: ${showValue(asked)}.`,
        why: [describe.transaction(transaction)],
        detail: {asked, transaction: describe.transactionData(transaction)},
      }))
    }
  }
}
