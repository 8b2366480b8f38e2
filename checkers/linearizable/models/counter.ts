/** A counter: `add` n (negative to subtract), `read` answers the sum. Starts at 0. Exact beyond 2^53. */
import {exactNumber} from '../../../core/value.ts'
import type {Model} from '../model.ts'

type Amount = number | bigint

const amountOf = (value: unknown): Amount => (typeof value === 'bigint' ? value : exactNumber(Number(value)))

function plus(sum: Amount, amount: Amount): Amount {
  if (typeof sum === 'number' && typeof amount === 'number') {
    const total = sum + amount
    if (Number.isSafeInteger(total) || !Number.isInteger(sum) || !Number.isInteger(amount)) return total
  }
  if (typeof sum === 'number' && !Number.isInteger(sum)) return sum + Number(amount)
  if (typeof amount === 'number' && !Number.isInteger(amount)) return Number(sum) + amount
  const total = BigInt(sum) + BigInt(amount)
  return Number.isSafeInteger(Number(total)) ? Number(total) : total
}

export const counter: Model<Amount> = {
  name: 'counter',
  description: 'add to a number and read it',
  functions: ['add', 'read'],
  reads: ['read'],
  init: 0,
  step(sum, call) {
    if (call.f === 'add') return plus(sum, amountOf(call.input))
    return call.outcome !== 'ok' || sum === amountOf(call.output) ? sum : undefined
  },
}
