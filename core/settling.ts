/** Waiting until a cluster serves, or has come to rest: by what its nodes say, on whatever clock the run is on. */
import {type Clock, sleep} from './clock.ts'
import type {Observation} from './cluster.ts'
import {EnvironmentError} from './error.ts'
import type {NodeId} from './node.ts'
import {type Statuses, statusesOf} from './status.ts'

/** Pause between two looks, ms. */
const LOOK_AGAIN_MS = 50

export interface Waiting {
  readonly nodes: readonly NodeId[]
  readonly observe: Observation
  readonly clock: Clock
  readonly limitMs: number
  /** What is still missing, in words: `unready` or `unsettled` of `core/status.ts`. */
  missing(statuses: Statuses): string | undefined
  readonly signal?: AbortSignal
  /** Asked before each look: throws where waiting has become pointless, as when a node has died. */
  check?(): void
}

/** Resolves once nothing is missing; throws EnvironmentError once `limitMs` has passed, with what still is. */
export async function untilSettled({nodes, observe, clock, limitMs, missing, signal, check}: Waiting): Promise<void> {
  const deadlineNs = clock.nowNs() + limitMs * 1e6
  for (;;) {
    signal?.throwIfAborted()
    check?.()
    const lacking = missing(await statusesOf(observe, nodes))
    if (lacking === undefined) return
    if (clock.nowNs() >= deadlineNs) {
      throw new EnvironmentError(`The cluster was not ready within ${limitMs / 1000} s: ${lacking}.`)
    }
    await sleep(clock, LOOK_AGAIN_MS, signal)
  }
}
