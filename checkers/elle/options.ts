/** What both transaction checkers can be told. */
import type {Checker, CheckOptions} from '../../core/checker.ts'
import type {Verdict} from '../../core/verdict.ts'
import type {Transactions} from './transactions.ts'

export interface ElleOptions {
  /** The consistency models promised, by any name in use; default `strict-serializable`. `[]` for none. */
  readonly models?: readonly string[]
  /** Anomalies that are forbidden besides, such as `G1` or `lost-update`. */
  readonly anomalies?: readonly string[]
  /**
   * Orders besides data along which cycles are looked for; default both. Leave out `realtime` where the history's order of
   * events was not observed by one clock.
   */
  readonly orders?: readonly ('process' | 'realtime')[]
  /**
   * Values may also come from outside of the history (the database was not empty, the record is a part): reading one that
   * nobody wrote is then no anomaly.
   */
  readonly foreignValues?: boolean
  /** How many anomalies of each type are explained in full; default 8. */
  readonly examples?: number
}

/** A checker that also takes columns, for histories too large for objects; see `TransactionsBuilder`. */
export interface TransactionChecker extends Checker {
  judge(transactions: Transactions, options?: CheckOptions): Verdict
}
