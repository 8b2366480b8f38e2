/**
 * rw-register: transactions that write unique values to registers and read them. A read shows one value and no past, so
 * the order of versions is only partly known; it is inferred from what the options vouch for
 * (Kingsbury & Alvaro, "Elle: Inferring Isolation Anomalies from Experimental Observations", VLDB 2020, §5).
 */
import {type CheckOptions, UNLIMITED} from '../../core/checker.ts'
import type {History} from '../../core/history.ts'
import type {Analyse} from './analysis.ts'
import {checkTransactions} from './check.ts'
import {findCyclicVersions} from './cyclic-versions.ts'
import {findDirtyRegisterReads} from './dirty-reads.ts'
import {transactionsOf} from './from-history.ts'
import {findInternalInRegisters} from './internal.ts'
import {findLostUpdates} from './lost-updates.ts'
import {reportMismatches} from './mismatched-replies.ts'
import type {ElleOptions, TransactionChecker} from './options.ts'
import {addRegisterEdges, registerReason} from './register-edges.ts'
import {registerOrder} from './register-order.ts'
import {settingsOf} from './settings.ts'
import {touchesOf} from './touches.ts'
import type {Transactions} from './transactions.ts'
import {linearizableKeys, sequentialKeys, transactionOrder, writesFollowReads} from './version-sources.ts'

export interface RwRegisterOptions extends ElleOptions {
  /** A transaction that reads a version of a key and then writes another puts them in order; default true. */
  readonly writesFollowReads?: boolean
  /** Each key by itself is sequentially consistent: processes see its versions in order. */
  readonly sequentialKeys?: boolean
  /** Each key by itself is linearizable: real time orders its versions. */
  readonly linearizableKeys?: boolean
  /** Where the store tells the order of commits: a transaction's place by the `index` of its completion. */
  readonly transactionOrder?: ReadonlyMap<number, number>
}

function analyseWith(options: RwRegisterOptions): Analyse {
  return (transactions, observations, describe, findings) => {
    const places = options.transactionOrder
    const sources = []
    if (options.writesFollowReads ?? true) sources.push(writesFollowReads(transactions, observations))
    if (options.sequentialKeys || options.linearizableKeys || places) {
      const touches = touchesOf(transactions, observations)
      if (options.sequentialKeys) sources.push(sequentialKeys(transactions, touches))
      if (options.linearizableKeys) sources.push(linearizableKeys(transactions, touches))
      if (places) sources.push(transactionOrder(transactions, touches, (index) => places.get(index)))
    }
    const order = registerOrder(transactions, observations, sources)
    findCyclicVersions(order, describe, findings)
    findDirtyRegisterReads(transactions, observations, describe, findings)
    findInternalInRegisters(transactions, observations, describe, findings)
    findLostUpdates(transactions, observations, describe, findings)
    return {
      addEdges: (edges) => addRegisterEdges(transactions, order, edges),
      reason: (from, to, kind) => registerReason(transactions, order, from, to, kind),
    }
  }
}

/**
 * Judges histories of `["w", k, v]` and `["r", k, v]`; null is the initial value.
 *
 * Proves that a model is violated where the versions' order is known; what is not known may hide anomalies, so "valid" is
 * weaker than for list-append, and stronger the more the options vouch for. Throws UsageError for an ill-formed history: a
 * value written twice to a key, null written, ops that are no transactions.
 */
export function rwRegister(options: RwRegisterOptions = {}): TransactionChecker {
  const settings = settingsOf('rw-register', options)
  const analyse = analyseWith(options)
  return {
    name: 'rw-register',
    description:
      'Transactions over registers: cycles and other isolation anomalies, and the models that they rule out (Elle)',
    check(history: History, {budget = UNLIMITED}: CheckOptions = {}) {
      const {transactions, mismatched} = transactionsOf(history, 'rw-register')
      return checkTransactions(transactions, analyse, settings, budget, reportMismatches(mismatched))
    },
    judge(transactions: Transactions, {budget = UNLIMITED}: CheckOptions = {}) {
      return checkTransactions(transactions, analyse, settings, budget)
    },
  }
}
