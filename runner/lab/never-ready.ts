/**
 * A cluster that never serves, with nothing done to it: a finding of a search that no record shows. Booting is a matter of
 * the seed and the nodes, so neither what clients ask nor a fault has any part in it.
 */
import type {RunOptions} from '../options.ts'
import type {Plan} from '../plan.ts'
import {simulate} from '../simulate.ts'
import {requestOf} from './attempt.ts'

/** Whether a simulated run of these options and this plan begins with a cluster that is not ready. */
export async function isNeverReady(options: RunOptions, plan: Plan): Promise<boolean> {
  if (options.target.protocol === undefined) return false
  const {unready} = await simulate(requestOf(options, {...plan, operations: [], faults: []}))
  return unready !== undefined
}
