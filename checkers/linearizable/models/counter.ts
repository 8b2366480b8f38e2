/** A counter: `add` n (negative to subtract), `read` answers the sum. Starts at 0. */
import type {Model} from '../model.ts'

export const counter: Model<number> = {
  name: 'counter',
  description: 'add to a number and read it',
  functions: ['add', 'read'],
  reads: ['read'],
  init: 0,
  step(sum, call) {
    if (call.f === 'add') return sum + Number(call.input)
    return call.outcome !== 'ok' || sum === Number(call.output) ? sum : undefined
  },
}
