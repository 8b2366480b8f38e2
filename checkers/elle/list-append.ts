/**
 * list-append: transactions that append unique elements to lists and read whole lists. A read shows the order of all that
 * was appended before, so that version orders are known and serializability is decided in linear time
 * (Kingsbury & Alvaro, "Elle: Inferring Isolation Anomalies from Experimental Observations", VLDB 2020).
 */
import {type CheckOptions, UNLIMITED} from '../../core/checker.ts'
import type {History} from '../../core/history.ts'
import type {Analyse} from './analysis.ts'
import {addAppendEdges, appendReason} from './append-edges.ts'
import {appendOrder} from './append-order.ts'
import {checkTransactions} from './check.ts'
import {findDirtyListReads, findDirtyUpdates} from './dirty-reads.ts'
import {transactionsOf} from './from-history.ts'
import {findInternalInLists} from './internal.ts'
import {findDuplicates, findIncompatibleOrders, findReversedAppends} from './list-anomalies.ts'
import {findLostUpdates} from './lost-updates.ts'
import {reportMismatches} from './mismatched-replies.ts'
import type {ElleOptions, TransactionChecker} from './options.ts'
import {settingsOf} from './settings.ts'
import type {Transactions} from './transactions.ts'

const analyse: Analyse = (transactions, observations, describe, findings) => {
  const order = appendOrder(transactions, observations)
  findDirtyListReads(transactions, observations, describe, findings)
  findDirtyUpdates(transactions, order, describe, findings)
  findInternalInLists(transactions, observations, order, describe, findings)
  findDuplicates(transactions, describe, findings)
  findIncompatibleOrders(transactions, describe, findings)
  findReversedAppends(transactions, observations, order, describe, findings)
  findLostUpdates(transactions, observations, describe, findings)
  return {
    addEdges: (edges) => addAppendEdges(transactions, observations, order, edges),
    reason: (from, to, kind) => appendReason(transactions, observations, order, from, to, kind),
  }
}

/**
 * Judges histories of `["append", k, v]` and `["r", k, list]`.
 *
 * Proves that a model is violated, never by chance: every anomaly comes with its transactions and reasons. Where every
 * append is seen by some read, "valid" is exact for serializability; appends that nobody read may hide anomalies.
 * Throws UsageError for an ill-formed history: an element appended twice to a key, ops that are no transactions.
 */
export function listAppend(options: ElleOptions = {}): TransactionChecker {
  const settings = settingsOf('list-append', options)
  return {
    name: 'list-append',
    description:
      'Transactions over lists: cycles and other isolation anomalies, and the models that they rule out (Elle)',
    check(history: History, {budget = UNLIMITED}: CheckOptions = {}) {
      const {transactions, mismatched} = transactionsOf(history, 'list-append')
      return checkTransactions(transactions, analyse, settings, budget, reportMismatches(mismatched))
    },
    judge(transactions: Transactions, {budget = UNLIMITED}: CheckOptions = {}) {
      return checkTransactions(transactions, analyse, settings, budget)
    },
  }
}
