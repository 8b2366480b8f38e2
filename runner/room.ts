/** How many nodes one machine is asked to hold. */
import {UsageError} from '../core/error.ts'

/**
 * Each node is a process, with a proxied link to every other one: ten thousand links at this many. A slip of the finger
 * (`--nodes 9999`) took all memory and processors of a machine, and Ctrl-C was not heard any more.
 */
const MOST_NODES = 100

/** Throws UsageError for more nodes than one machine can hold. */
export function demandRoom(nodes: number, machines: readonly string[]): void {
  if (machines.length > 0 || nodes <= MOST_NODES) return
  throw new UsageError(`--nodes ${nodes}: one machine holds at most ${MOST_NODES}, each of them a process.`, [
    'More of them in simulated time: chaos sim TARGET --nodes N',
    'or on other machines: --hosts a,b,c',
  ])
}
