/**
 * Bounded staleness: registers are written and read, and a read may be old, but no older than the target's claim says:
 * `bounded-staleness-2000ms` allows for two seconds after a value was certainly overwritten.
 */
import {staleness as stalenessChecker} from '../checkers/library.ts'
import {UsageError} from '../core/error.ts'
import type {Claim, Workload} from '../core/workload.ts'
import {register} from './register.ts'

/** The bound that a claim names, ms. Throws UsageError where it names none. */
export function boundOf(claim: Claim): number {
  const bound = /^bounded-staleness-(\d+)ms$/.exec(claim)?.[1]
  if (bound !== undefined) return Number(bound)
  throw new UsageError(`The claim "${claim}" names no bound of staleness.`, ['Expected: bounded-staleness-<ms>ms'])
}

export const staleness: Workload = {
  ...register,
  name: 'staleness',
  description: 'reads and unique writes of registers; reads may be old, within the bound of the claim',
  claims: ['bounded-staleness-1000ms', 'bounded-staleness-2000ms', 'bounded-staleness-5000ms'],
  checkers: ({claim}) => [stalenessChecker({boundMs: boundOf(claim)})],
  watch: () => undefined,
}
