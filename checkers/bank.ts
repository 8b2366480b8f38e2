/**
 * Bank: money moves between accounts and never appears or disappears.
 *
 * Definition. `transfer` moves `{from, to, amount}`; `read` returns all balances, `{account: balance}`. In a read:
 * *unknown-account* and *missing-account* (against `accounts`, or those that most reads have), *nil-balance*, *negative-balance*
 * (unless overdrafts are allowed), *wrong-total*. Under a *snapshot* reading (serializable, snapshot isolation) every read is
 * a moment's truth and must add up; under *read committed* a read may mix moments, so only final reads must.
 * Without `total`, the commonest total is taken for right, and the summary says so.
 *
 * Proves: reads that no serial order of whole transfers explains. Cannot see: a transfer that was acknowledged and never
 * happened, or happened twice (totals stay right): that is for the transaction checker.
 */
import type {Checker} from '../core/checker.ts'
import type {Operation} from '../core/op.ts'
import {showValue} from '../core/value.ts'
import type {Anomaly} from '../core/verdict.ts'
import {counted, ofKey, verdictOf, witnessOf} from './finding.ts'

export interface BankOptions {
  readonly claim?: 'snapshot' | 'read-committed'
  /** What all balances add up to. */
  readonly total?: number | bigint
  readonly accounts?: readonly (string | number)[]
  readonly allowNegative?: boolean
}

type Amount = number | bigint

export function bank(options: BankOptions = {}): Checker {
  const {claim = 'snapshot', allowNegative = false} = options
  return {
    name: 'bank',
    description: 'balances add up to the same total in every read, and none is negative',
    check(history) {
      const anomalies: Anomaly[] = []
      let reads = 0
      const totals: string[] = []
      for (const [, operations] of history.byKey()) {
        const all = operations.filter(({f, outcome}) => f === 'read' && outcome === 'ok')
        const judged = claim === 'snapshot' ? all : all.filter(({final}) => final)
        reads += judged.length
        const statements = judged.map((read) => ({read, balances: balancesOf(read)}))
        const accounts = new Set(
          options.accounts?.map(String) ??
            commonest(statements.map(({balances}) => accountsOf(balances)))?.split(',') ??
            [],
        )
        const whole = statements.filter(({balances}) => sumOf(balances) !== undefined)
        const total = options.total ?? parseAmount(commonest(whole.map(({balances}) => String(sumOf(balances)))))
        if (total !== undefined) totals.push(String(total))
        for (const {read, balances} of statements) {
          anomalies.push(...misstatements(read, balances, {accounts, total, allowNegative}))
        }
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

type Balances = ReadonlyMap<string, unknown>

function balancesOf({output}: Operation): Balances {
  return new Map(typeof output === 'object' && output !== null ? Object.entries(output) : [])
}

function accountsOf(balances: Balances): string {
  return [...balances.keys()].sort().join()
}

/** The sum of all balances; undefined where one is no number. */
function sumOf(balances: Balances): Amount | undefined {
  const amounts = [...balances.values()]
  if (amounts.every((amount) => typeof amount === 'number')) {
    const sum = (amounts as number[]).reduce((a, b) => a + b, 0)
    if (!amounts.every(Number.isInteger) || Number.isSafeInteger(sum)) return sum
  }
  if (!amounts.every((amount) => typeof amount === 'bigint' || Number.isInteger(amount))) return undefined
  const sum = (amounts as Amount[]).reduce((a: bigint, b) => a + BigInt(b), 0n)
  return sum >= BigInt(Number.MIN_SAFE_INTEGER) && sum <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(sum) : sum
}

function parseAmount(text: string | undefined): Amount | undefined {
  if (text === undefined) return undefined
  const amount = Number(text)
  return Number.isInteger(amount) && !Number.isSafeInteger(amount) ? BigInt(text) : amount
}

/** The text that occurs most often; the first of several. */
function commonest(texts: readonly string[]): string | undefined {
  const counts = new Map<string, number>()
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1)
  let best: string | undefined
  for (const [text, count] of counts) if (best === undefined || count > (counts.get(best) as number)) best = text
  return best
}

interface Rules {
  readonly accounts: ReadonlySet<string>
  readonly total: Amount | undefined
  readonly allowNegative: boolean
}

function misstatements(read: Operation, balances: Balances, {accounts, total, allowNegative}: Rules): Anomaly[] {
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
  const unknown = [...balances.keys()].filter((account) => !accounts.has(account))
  const missing = [...accounts].filter((account) => !balances.has(account))
  const nil = [...balances].filter(([, amount]) => amount === null).map(([account]) => account)
  if (unknown.length > 0) tell('unknown-account', `a balance of ${unknown.join(', ')}, which is no account`)
  if (missing.length > 0) tell('missing-account', `no balance of ${missing.join(', ')}`)
  if (nil.length > 0) tell('nil-balance', `nothing as the balance of ${nil.join(', ')}`)
  if (found.length > 0) return found
  const sum = sumOf(balances)
  if (sum === undefined) tell('nil-balance', `${showValue(read.output)}, which is not all numbers`)
  // biome-ignore lint/suspicious/noDoubleEquals: a bigint and a number of equal value are one amount
  else if (total !== undefined && sum != total)
    tell('wrong-total', `a total of ${sum} instead of ${total}`, {sum: String(sum)})
  const negative = [...balances].filter(([, amount]) => (amount as Amount) < 0)
  if (negative.length > 0 && !allowNegative) {
    tell(
      'negative-balance',
      negative.map(([account, amount]) => `a balance of ${amount} on account ${account}`).join(' and '),
    )
  }
  return found
}
