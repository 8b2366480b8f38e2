/**
 * A counter: `add` n (negative to subtract), `read` answers the sum. Starts at 0. Exact beyond 2^53, and for decimals and
 * ratios. Fractions that a machine has in binary (0.1) are read as what was written, give or take what rounding may have
 * made of them on the way.
 */
import {
  approximate,
  type Exact,
  exactOf,
  isBinary,
  mayRoundTo,
  plus as plusExact,
  showExact,
} from '../../../core/exact.ts'
import {exactNumber} from '../../../core/value.ts'
import {canonical} from '../canonical.ts'
import type {Model} from '../model.ts'

type Whole = number | bigint

/** What fractions were added to. */
interface Fractional {
  readonly sum: Exact
  /** Sizes of all that was added in binary, and how many there were; none where all of it was exact. */
  readonly size: number
  readonly terms: number
}

type Sum = Whole | Fractional

/** An amount that is whole, or else what its text stands for; NaN for no number. */
function wholeOf(value: unknown): Whole | undefined {
  if (typeof value === 'bigint') return small(value)
  if (isBinary(value)) return undefined
  if (typeof value === 'number') return Number.isFinite(value) ? exactNumber(value) : Number.NaN
  return exactOf(value) === undefined ? exactNumber(Number(value)) : undefined
}

function plus(sum: Sum, amount: unknown): Sum {
  const whole = wholeOf(amount)
  if (typeof sum === 'number' && typeof whole === 'number') {
    const total = sum + whole
    if (Number.isSafeInteger(total) || Number.isNaN(total)) return total
  }
  if (typeof sum === 'number' && Number.isNaN(sum)) return sum
  if (typeof whole === 'number' && Number.isNaN(whole)) return whole
  if (typeof sum !== 'object' && whole !== undefined) return small(BigInt(sum) + BigInt(whole))
  const added = exactOf(amount) as Exact
  const before = typeof sum === 'object' ? sum : {sum: exactOf(sum) as Exact, size: 0, terms: 0}
  const total = plusExact(before.sum, added)
  if (before.terms === 0 && !isBinary(amount)) {
    return total.under === 1n ? small(total.over) : {sum: total, size: 0, terms: 0}
  }
  // What was counted before the first of them was exact, whatever it came from.
  const size = before.terms === 0 ? Math.abs(approximate(before.sum)) : before.size
  return {sum: total, size: size + Math.abs(approximate(added)), terms: before.terms + 1}
}

function small(total: bigint): Whole {
  return Number.isSafeInteger(Number(total)) ? Number(total) : total
}

/**
 * Two orders of the same operations may differ in `size` and `terms`, which must not make many states of one. So only their
 * magnitudes count, and a read is allowed twice as much of each.
 */
const MAGNITUDES = 4

function isSum(sum: Sum, answer: unknown): boolean {
  const whole = wholeOf(answer)
  if (typeof sum !== 'object' && whole !== undefined) return sum === whole
  const {sum: exact, size, terms} = typeof sum === 'object' ? sum : {sum: exactOf(sum), size: 0, terms: 0}
  return exact !== undefined && mayRoundTo(exact, whole ?? answer, {size, terms: terms * MAGNITUDES})
}

function magnitude(size: number): number {
  return Math.ceil(Math.log2(size))
}

export const counter: Model<Sum> = {
  name: 'counter',
  description: 'add to a number and read it',
  functions: ['add', 'read'],
  reads: ['read'],
  init: 0,
  step(sum, call) {
    if (call.f === 'add') return plus(sum, call.input)
    return call.outcome !== 'ok' || isSum(sum, call.output) ? sum : undefined
  },
  hash(sum) {
    if (typeof sum !== 'object') return canonical(sum)
    const {over, under} = sum.sum
    const rounded = sum.terms === 0 ? '' : `~${magnitude(sum.terms)},${magnitude(sum.size)}`
    return `${over}/${under}${rounded}`
  },
  describe: (sum) => (typeof sum === 'object' ? showExact(sum.sum) : `${sum}`),
}
