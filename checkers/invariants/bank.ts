/**
 * Bank: money moves between accounts and never appears or disappears.
 *
 *     0  |read {a: 4 b: 6}|  |read {a: 1 b: 6}|     3 left a and had not reached b: half a transfer
 *
 * Definition. `transfer` moves `{from, to, amount}`; `read` returns all balances, `{account: balance}`. In a read:
 * *unknown-account* and *missing-account* (against `accounts`, or those that most reads have), *nil-balance*, *negative-balance*
 * (unless `allowNegative`), *wrong-total* (against `total`); *reply-mismatch* where it holds no balances at all. Under a
 * *snapshot* reading (serializable, snapshot isolation) every read is a moment's truth and must add up; under *read
 * committed* a read may mix moments, so only final reads must; single balances are judged in every read.
 * Without `total`, the commonest total is taken for right, and the summary says so. Decimals and ratios add up exactly; of
 * fractions that a machine has in binary (0.1) a total may differ by what rounding each of them may have made of it.
 *
 * Proves: reads that no serial order of whole transfers explains. Cannot see: a transfer that was acknowledged and never
 * happened, or happened twice (totals stay right): that is for the transaction checker. Kingsbury's bank test of Jepsen,
 * whose `:total-amount` is `total` and `:negative-balances?` is `allowNegative`.
 */

import type {Checker} from '../../core/checker.ts'
import {approximate, distance, type Exact, exactOf, sameExact, showExact, sumOfExact} from '../../core/exact.ts'
import {MapKeys, plainName} from '../../core/format/map-keys.ts'
import type {History} from '../../core/history.ts'
import type {Operation} from '../../core/op.ts'
import {counted} from '../../core/quantities.ts'
import {isMap, showValue, type ValueKey, valueKey} from '../../core/value.ts'
import type {Anomaly} from '../../core/verdict.ts'
import {ofKey, verdictOf, witnessOf} from '../findings/finding.ts'
import {wrongAnswer} from '../findings/wrong-shape.ts'

export interface BankOptions {
  readonly claim?: 'snapshot' | 'read-committed'
  /** What all balances add up to. */
  readonly total?: number | bigint
  readonly accounts?: readonly (string | number)[]
  readonly allowNegative?: boolean
}

export function bank(options: BankOptions = {}): Checker {
  const {claim = 'snapshot', allowNegative = false} = options
  return {
    name: 'bank',
    description: 'balances add up to the same total in every read, and none is negative',
    check(history) {
      const anomalies: Anomaly[] = []
      let reads = 0
      const totals: string[] = []
      const named = namedAccounts(history, options.accounts ?? [])
      for (const [, operations] of history.byKey()) {
        const statements: Statement[] = []
        for (const read of operations) {
          if (read.f !== 'read' || read.outcome !== 'ok') continue
          const whole = claim === 'snapshot' || read.final
          if (whole) reads++
          const balances = balancesOf(read, named)
          if (balances === undefined) anomalies.push(wrongAnswer(read, 'a map of balances'))
          else statements.push({read, balances, sum: whole ? sumOf(balances) : undefined})
        }
        const known =
          options.accounts === undefined
            ? commonest(
                statements.map(({balances}) => accountsIn(balances)),
                valueKey,
              )
            : asNamed(options.accounts, statements)
        const sums = statements.flatMap(({sum}) => sum ?? [])
        const total = options.total === undefined ? commonest(sums, showExact) : exactOf(options.total)
        if (total !== undefined) totals.push(showExact(total))
        const rules = {
          accounts: new Map((known ?? []).map((account) => [valueKey(account), account])),
          total,
          allowNegative,
        }
        for (const statement of statements) for (const found of misstatements(statement, rules)) anomalies.push(found)
      }
      const guessed =
        options.total === undefined && totals.length > 0 ? `, total taken to be ${[...new Set(totals)].join(', ')}` : ''
      return verdictOf({
        checker: 'bank',
        property: claim === 'snapshot' ? 'totals are constant' : 'totals are right at rest',
        kind: 'safety',
        summary: `${counted(reads, 'read')}${guessed}`,
        anomalies,
        reason: reads > 0 ? undefined : claim === 'snapshot' ? 'No read succeeded.' : 'No final read succeeded.',
      })
    },
  }
}

/** By account, as a value of the history. */
type Balances = ReadonlyMap<ValueKey, Balance>

interface Balance {
  readonly account: unknown
  readonly amount: unknown
}

/** One read, with what it says. */
interface Statement {
  readonly read: Operation
  readonly balances: Balances
  /** What its balances add up to; undefined where one is no number, and where they may be of different moments. */
  readonly sum: Exact | undefined
}

function balancesOf({output}: Operation, accounts: MapKeys): Balances | undefined {
  if (!isMap(output)) return undefined
  return new Map(accounts.entriesOf(output).map(([account, amount]) => [valueKey(account), {account, amount}]))
}

/** The accounts that transfers name: what the maps of reads are about. */
function namedAccounts(history: History, given: readonly (string | number)[]): MapKeys {
  const accounts = new MapKeys()
  for (const account of given) accounts.know(account)
  for (const {f, input} of history.operations) {
    if (f !== 'transfer' || typeof input !== 'object' || input === null) continue
    const {from, to} = input as {readonly from?: unknown; readonly to?: unknown}
    accounts.know(from)
    accounts.know(to)
  }
  return accounts
}

function accountsIn(balances: Balances): unknown[] {
  return Array.from(balances.values(), ({account}) => account).sort((left, right) =>
    nameOf(left) < nameOf(right) ? -1 : 1,
  )
}

/** Accounts that a person typed, as the reads have them: `a` may be the keyword `:a` there, and `0` the number. */
function asNamed(given: readonly (string | number)[], statements: readonly Statement[]): unknown[] {
  const read = new Map<string, unknown>()
  for (const {balances} of statements) for (const {account} of balances.values()) read.set(plainName(account), account)
  const exact = new Set(statements.flatMap(({balances}) => [...balances.keys()]))
  return given.map((account) => (exact.has(valueKey(account)) ? account : (read.get(plainName(account)) ?? account)))
}

function nameOf(account: unknown): string {
  return account === null ? 'nil' : showValue(account)
}

/** The sum of all balances; undefined where one is no number. */
function sumOf(balances: Balances): Exact | undefined {
  let small = 0
  for (const {amount} of balances.values())
    small = Number.isSafeInteger(amount) ? small + (amount as number) : Number.NaN
  // Nearly all are of this kind; NaN is no safe integer.
  if (Number.isSafeInteger(small)) return {over: BigInt(small), under: 1n}
  const amounts = Array.from(balances.values(), ({amount}) => exactOf(amount))
  return amounts.includes(undefined) ? undefined : sumOfExact(amounts as Exact[])
}

/** Whether balances that a machine may have rounded add up to this, as far as it can tell. */
function isRounded(balances: Balances, sum: Exact, total: Exact): boolean {
  const amounts = Array.from(balances.values(), ({amount}) => amount)
  if (amounts.every((amount) => typeof amount !== 'number' || Number.isInteger(amount))) return false
  const size = amounts.reduce((sizes: number, amount) => sizes + Math.abs(approximate(exactOf(amount) as Exact)), 0)
  return approximate(distance(sum, total)) <= (amounts.length + 1) * Number.EPSILON * size
}

function isNegative(amount: unknown): boolean {
  return typeof amount === 'number' ? amount < 0 : (exactOf(amount) as Exact).over < 0n
}

/** The value that occurs most often; the first of several. */
function commonest<T>(values: readonly T[], keyOf: (value: T) => ValueKey): T | undefined {
  const counts = new Map<ValueKey, {readonly value: T; count: number}>()
  for (const value of values) {
    const entry = counts.get(keyOf(value))
    if (entry === undefined) counts.set(keyOf(value), {value, count: 1})
    else entry.count++
  }
  let best: {readonly value: T; count: number} | undefined
  for (const entry of counts.values()) if (best === undefined || entry.count > best.count) best = entry
  return best?.value
}

interface Rules {
  readonly accounts: ReadonlyMap<ValueKey, unknown>
  readonly total: Exact | undefined
  readonly allowNegative: boolean
}

function misstatements({read, balances, sum}: Statement, {accounts, total, allowNegative}: Rules): Anomaly[] {
  const {key, process} = read
  const found: Anomaly[] = []
  const tell = (type: string, fact: string, detail?: unknown) =>
    found.push({
      type,
      sentence: `Process ${process} read ${fact}${ofKey(key)}.`,
      ...(key === undefined ? {} : {key}),
      witness: witnessOf(read),
      ...(detail === undefined ? {} : {detail}),
    })
  const unknown = [...balances].flatMap(([id, {account}]) => (accounts.has(id) ? [] : [nameOf(account)]))
  const missing = [...accounts].flatMap(([id, account]) => (balances.has(id) ? [] : [nameOf(account)]))
  const nil = [...balances.values()].flatMap(({account, amount}) => (amount === null ? [nameOf(account)] : []))
  if (unknown.length > 0)
    tell('unknown-account', `the balance of ${accountsNamed(unknown)}, which the bank does not have`)
  if (missing.length > 0) tell('missing-account', `no balance of ${accountsNamed(missing)}`)
  if (nil.length > 0) tell('nil-balance', `nothing as the balance of ${accountsNamed(nil)}`)
  if (found.length > 0) return found
  const odd = [...balances.values()].find(({amount}) => !Number.isSafeInteger(amount) && exactOf(amount) === undefined)
  if (odd !== undefined) {
    return [wrongAnswer(read, `all numbers (the balance of ${nameOf(odd.account)} is ${showValue(odd.amount)})`)]
  }
  if (sum !== undefined && total !== undefined && !sameExact(sum, total) && !isRounded(balances, sum, total))
    tell('wrong-total', `a total of ${showExact(sum)} instead of ${showExact(total)}`, {sum: showExact(sum)})
  const negative = [...balances.values()].filter(({amount}) => isNegative(amount))
  if (negative.length > 0 && !allowNegative) {
    tell(
      'negative-balance',
      negative
        .map(({account, amount}) => `a balance of ${showValue(amount)} on account ${nameOf(account)}`)
        .join(' and '),
    )
  }
  return found
}

/** `account a`, `accounts a, b`. */
function accountsNamed(names: readonly string[]): string {
  return `account${names.length === 1 ? '' : 's'} ${names.join(', ')}`
}
