/**
 * Numbers that are added up exactly, whatever form a history has them in: whole numbers beyond 2^53, exact decimals (`10.50M`) and
 * ratios (`1/3`) of EDN, and fractions of JSON, which stand for the decimal that they are written as: 0.1 and 0.2 are 0.3.
 */
import {EdnLiteral} from './edn-literal.ts'

/** `over / under`, in lowest terms, `under` positive. */
export interface Exact {
  readonly over: bigint
  readonly under: bigint
}

const ZERO: Exact = {over: 0n, under: 1n}

/** The number that a value is; undefined for what is none (and for NaN and infinities, which add up to nothing). */
export function exactOf(value: unknown): Exact | undefined {
  if (typeof value === 'bigint') return {over: value, under: 1n}
  if (typeof value === 'number') {
    if (Number.isInteger(value)) return {over: BigInt(value), under: 1n}
    return Number.isFinite(value) ? decimal(String(value)) : undefined
  }
  if (!(value instanceof EdnLiteral)) return undefined
  const ratio = /^(-?\d+)\/(\d+)$/.exec(value.edn)
  if (ratio !== null) return lowest(BigInt(ratio[1] as string), BigInt(ratio[2] as string))
  return value.edn.endsWith('M') ? decimal(value.edn.slice(0, -1)) : undefined
}

/** Digits beyond which a decimal is told apart from no other: an exponent of a million would fill the memory. */
const MOST_DIGITS = 4096

function decimal(text: string): Exact | undefined {
  const parts = /^([+-]?)(\d+)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/.exec(text)
  if (parts === null) return undefined
  const [, sign, whole = '', fraction = '', power = '0'] = parts
  const shift = Number(power) - fraction.length
  if (Math.abs(shift) > MOST_DIGITS) return undefined
  const digits = BigInt(`${sign === '-' ? '-' : ''}${whole}${fraction}`)
  return shift >= 0 ? {over: digits * 10n ** BigInt(shift), under: 1n} : lowest(digits, 10n ** BigInt(-shift))
}

function lowest(over: bigint, under: bigint): Exact | undefined {
  return under === 0n ? undefined : exactRatio(over, under)
}

/** `over / under`, which must not be zero, nor negative. */
export function exactRatio(over: bigint, under: bigint): Exact {
  const divisor = greatestDivisor(over < 0n ? -over : over, under)
  return {over: over / divisor, under: under / divisor}
}

/** The greatest number that divides both; neither is negative. Of nothing and a number, the number. */
export function greatestDivisor(left: bigint, right: bigint): bigint {
  let [a, b] = [left, right]
  while (b !== 0n) [a, b] = [b, a % b]
  return a
}

/** The least number that both divide. */
export function leastMultiple(left: bigint, right: bigint): bigint {
  return left === right ? left : (left / greatestDivisor(left, right)) * right
}

export function sumOfExact(numbers: readonly Exact[]): Exact {
  return numbers.reduce(plus, ZERO)
}

export function plus(left: Exact, right: Exact): Exact {
  if (left.under === right.under && left.under === 1n) return {over: left.over + right.over, under: 1n}
  return lowest(left.over * right.under + right.over * left.under, left.under * right.under) as Exact
}

export function sameExact(left: Exact, right: Exact): boolean {
  return left.over === right.over && left.under === right.under
}

/** Whether a machine has it in binary, and so perhaps not as it is written: 0.1, and no whole number. */
export function isBinary(value: unknown): boolean {
  return typeof value === 'number' && Number.isFinite(value) && !Number.isInteger(value)
}

/** What a machine added up in binary: how many numbers, and the sum of their sizes. */
export interface Rounding {
  readonly terms: number
  readonly size: number
}

/**
 * Whether `answer` is the sum, as far as somebody can tell who added up in binary. Each number is written, each sum stored and the
 * answer written with half a unit of the last place: `size` in `2^53` for each. Exact numbers answered in binary lose one place.
 */
export function mayRoundTo(sum: Exact, answer: unknown, {terms, size}: Rounding): boolean {
  const read = exactOf(answer)
  if (read === undefined) return false
  if (sameExact(sum, read)) return true
  // Whole numbers of which none was in binary are answered as they are.
  if (terms === 0 && sum.under === 1n) return false
  const slack = slackOf(answer, {terms, size})
  return slack > 0 && approximate(distance(sum, read)) <= slack
}

/** How far an answer may be from the sum. Nothing, where neither was in binary. */
export function slackOf(answer: unknown, {terms, size}: Rounding): number {
  if (terms === 0) return isBinary(answer) ? Math.abs(answer as number) * Number.EPSILON : 0
  return (terms + 1) * Number.EPSILON * size
}

/** How far apart two numbers are. */
export function distance(left: Exact, right: Exact): Exact {
  const {over, under} = plus(left, {over: -right.over, under: right.under})
  return {over: over < 0n ? -over : over, under}
}

/** As a number of JavaScript, which may be rounded. */
export function approximate({over, under}: Exact): number {
  if (under === 1n) return Number(over)
  // Both halves may be beyond what a number holds: the whole part, and 64 bits of the rest.
  const negative = over < 0n
  const size = negative ? -over : over
  const rest = Number(((size % under) << 64n) / under) / 2 ** 64
  return (negative ? -1 : 1) * (Number(size / under) + rest)
}

/** In digits: `10.5`, and `1/3` where no decimal is the same. */
export function showExact({over, under}: Exact): string {
  if (under === 1n) return `${over}`
  let rest = under
  let [twos, fives] = [0, 0]
  for (; rest % 2n === 0n; twos++) rest /= 2n
  for (; rest % 5n === 0n; fives++) rest /= 5n
  const places = Math.max(twos, fives)
  if (rest !== 1n || places > 40) return `${over}/${under}`
  const digits = `${((over < 0n ? -over : over) * 10n ** BigInt(places)) / under}`.padStart(places + 1, '0')
  return `${over < 0n ? '-' : ''}${digits.slice(0, -places)}.${digits.slice(-places)}`
}
