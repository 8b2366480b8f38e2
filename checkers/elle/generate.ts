/**
 * Transactions to run: an endless stream of micro-operations over a few active keys, as a pure value. Keys are chosen with
 * exponentially growing odds, so that some are contended and some are rare; a key that has been written often enough is
 * retired for a new one, so that lists stay short. The scheme is Jepsen's `elle.txn/wr-txns`.
 */
import type {Random} from '../../core/random.ts'
import {type MicroOp, WRITE_VERB} from './micro-op.ts'
import type {Workload} from './transactions.ts'

export interface TransactionShape {
  /** Keys in use at a time; default 10. */
  readonly activeKeys?: number
  /** Micro-operations per transaction; default 1 to 4. */
  readonly minLength?: number
  readonly maxLength?: number
  /** Writes after which a key is retired; default 32. */
  readonly maxWritesPerKey?: number
  /** How much likelier each active key is than the one before it; 1 for all alike; default 2. */
  readonly skew?: number
  /** Share of reads among micro-operations; default 0.5. */
  readonly readRatio?: number
}

/** A stream of transactions. `next` never changes the source it is called on; all its chance comes from `random`. */
export interface TransactionSource {
  next(random: Random): {readonly transaction: readonly MicroOp[]; readonly source: TransactionSource}
}

/** Keys are 0, 1, 2, …; values of each key 1, 2, 3, …, so that no value is ever written to a key twice. */
export function transactionSource(workload: Workload, shape: TransactionShape = {}): TransactionSource {
  const {activeKeys = 10, minLength = 1, maxLength = 4, maxWritesPerKey = 32, skew = 2, readRatio = 0.5} = shape
  const settings = {activeKeys, minLength, maxLength, maxWritesPerKey, skew, readRatio, verb: WRITE_VERB[workload]}
  const keys = Array.from({length: activeKeys}, (_, key) => ({key, written: 0}))
  return sourceOf(settings, keys, activeKeys)
}

type Settings = Required<TransactionShape> & {readonly verb: 'append' | 'w'}

interface ActiveKey {
  readonly key: number
  readonly written: number
}

function sourceOf(settings: Settings, active: readonly ActiveKey[], nextKey: number): TransactionSource {
  return {
    next(random) {
      const keys = active.slice()
      let unused = nextKey
      const transaction: MicroOp[] = []
      for (let left = random.between(settings.minLength, settings.maxLength); left > 0; left--) {
        const place = choose(random, keys.length, settings.skew)
        const {key, written} = keys[place]!
        if (random.chance(settings.readRatio)) {
          transaction.push(['r', key, null])
          continue
        }
        const value = written + 1
        transaction.push(settings.verb === 'append' ? ['append', key, value] : ['w', key, value])
        keys[place] = value < settings.maxWritesPerKey ? {key, written: value} : {key: unused++, written: 0}
      }
      return {transaction, source: sourceOf(settings, keys, unused)}
    },
  }
}

/** A place below `count`; each is `skew` times as likely as the one before it. */
function choose(random: Random, count: number, skew: number): number {
  if (skew === 1) return random.int(count)
  const total = skew ** count - 1
  return Math.min(count - 1, Math.floor(Math.log1p(random.next() * total) / Math.log(skew)))
}
