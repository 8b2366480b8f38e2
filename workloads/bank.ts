/**
 * A bank: money moves between accounts, and all balances are read in one transaction. Every account holds
 * `OPENING_BALANCE` until it is first touched, and none may be overdrawn: such a transfer fails.
 *
 * - `transfer` `{from, to, amount}`.
 * - `read` a list of accounts; the answer is their balances, `{account: balance}`.
 */
import {bankWatch} from '../checkers/invariants/bank-watch.ts'
import {bank as bankChecker} from '../checkers/library.ts'
import type {Invocation} from '../core/generator.ts'
import {fn} from '../core/generators.ts'
import type {Random} from '../core/random.ts'
import {OPENING_BALANCE, type Workload, type WorkloadOptions} from '../core/workload.ts'
import {onEveryNode} from './final-reads.ts'

/** The largest amount of one transfer: small against the opening balance, so that most transfers can be made. */
const LARGEST = 20
/** With fewer accounts there is nobody to pay. */
const FEWEST_ACCOUNTS = 2

function accountsOf({keys}: WorkloadOptions): string[] {
  return Array.from({length: Math.max(keys, FEWEST_ACCOUNTS)}, (_, i) => `a${i}`)
}

function draw(accounts: readonly string[], random: Random): Invocation {
  if (random.chance(0.4)) return {f: 'read', value: accounts}
  const [from, to] = random.shuffle(accounts)
  return {f: 'transfer', value: {from, to, amount: random.between(1, LARGEST)}}
}

export const bank: Workload = {
  name: 'bank',
  description: 'moves money between accounts and reads all balances, which always add up',
  requires: ['read', 'transfer'],
  claims: ['strict-serializable', 'serializable', 'snapshot-isolation', 'read-committed'],
  generator: (options) => {
    const accounts = accountsOf(options)
    return fn((context) => draw(accounts, context.random))
  },
  finalGenerator: (options) => {
    return onEveryNode(options.nodes.length, {f: 'read', value: accountsOf(options), final: true})
  },
  checkers: (options) => [bankChecker(rulesOf(options))],
  watch: (options) => bankWatch(rulesOf(options)),
}

/** What every read is held against. */
function rulesOf(options: WorkloadOptions) {
  const accounts = accountsOf(options)
  const claim = options.claim === 'read-committed' ? ('read-committed' as const) : ('snapshot' as const)
  return {claim, total: accounts.length * OPENING_BALANCE, accounts}
}
