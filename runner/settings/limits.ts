/**
 * How large a run may be. More than this is a slip of the hand: a run would take minutes to fail where no memory is left, and
 * take the machine with it.
 */
import {UsageError} from '../../core/error.ts'
import {showCount} from '../../core/quantities.ts'

/**
 * Every node dials every other, so 200 have 39 800 links. Each is a proxy with a port of its own, of which a machine has 65 535.
 */
export const MOST_NODES = 200
/**
 * On one machine each is a process, with a proxied link to every other one: ten thousand links at this many. A slip of the finger
 * (`--nodes 9999`) took all memory and processors of a machine, and Ctrl-C was not heard any more.
 */
const MOST_NODES_OF_A_MACHINE = 100
/** Each has a connection of its own to the nodes that it asks. */
export const MOST_THREADS = 10_000
export const MOST_KEYS = 1_000_000
/** Threads of ours: nobody has so many cores. */
export const MOST_WORKERS = 1024
/** A plan lists every operation, and the record has two ops of each: beyond this they do not fit into memory. */
const MOST_OPERATIONS = 10_000_000

/** Throws UsageError for more nodes than any place can hold. */
export function demandLinkable(nodes: number, text: string): void {
  if (nodes <= MOST_NODES) return
  throw new UsageError(
    `--nodes ${text}: expected at most ${MOST_NODES_OF_A_MACHINE} on one machine, each of them a process, ` +
      `and at most ${MOST_NODES} in simulated time or on several machines.`,
    ['Each of them dials every other.'],
  )
}

/** Throws UsageError for more nodes than one machine can hold. */
export function demandRoom(nodes: number, machines: readonly string[]): void {
  if (machines.length > 0 || nodes <= MOST_NODES_OF_A_MACHINE) return
  throw new UsageError(
    `--nodes ${nodes}: one machine holds at most ${MOST_NODES_OF_A_MACHINE}, each of them a process.`,
    ['More of them in simulated time: chaos sim TARGET --nodes N', 'or on other machines: --hosts a,b,c'],
  )
}

export interface Extent {
  readonly rate: string
  readonly ratePerS: number
  readonly time: string
  readonly timeMs: number
  readonly maxOperations: number
}

/** Throws UsageError where a plan would list too many operations. */
export function demandPlannable({rate, ratePerS, time, timeMs, maxOperations}: Extent): void {
  const unlimited = Number.isFinite(ratePerS) ? (ratePerS * timeMs) / 1000 : Number.POSITIVE_INFINITY
  const operations = Math.min(unlimited, maxOperations)
  // Without a rate and a limit it is drawn as the run goes on.
  if (operations <= MOST_OPERATIONS || operations === Number.POSITIVE_INFINITY) return
  const limit = Number.isFinite(maxOperations) ? ` and --ops ${maxOperations}` : ''
  throw new UsageError(
    `--rate ${rate} for --time ${time}${limit}: that is a plan of ${showCount(operations)} operations.`,
    [`Expected: at most ${showCount(MOST_OPERATIONS)}. Give a lower --rate, a shorter --time, or fewer --ops.`],
  )
}
