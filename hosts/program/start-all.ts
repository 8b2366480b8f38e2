/** Starting all programs of a cluster, at once or in turn, where the failure of one is the end of it. */
import {type Clock, sleep} from '../../core/clock.ts'
import type {NodeId} from '../../core/node.ts'

/** How a cluster is started one node after another. */
export interface InTurn {
  readonly clock: Clock
  /** The next is started once one is up, or after this long, ms: it may need the others to be. */
  readonly mostMs: number
}

/**
 * Waits for all of them even when one fails: what is still starting could not be stopped. But `givenUp` is aborted then, so that nobody
 * goes on to wait for a program that waits for the one that failed. Rejects with the first failure in time.
 */
export async function startAll(
  nodes: readonly NodeId[],
  start: (node: NodeId) => Promise<void>,
  givenUp: AbortController,
  inTurn?: InTurn,
): Promise<void> {
  const failures: unknown[] = []
  const started: Promise<void>[] = []
  for (const node of nodes) {
    const up = start(node).catch((error: unknown) => {
      failures.push(error)
      givenUp.abort(error)
    })
    started.push(up)
    if (inTurn !== undefined) await upOrLate(up, inTurn)
    if (failures.length > 0) break
  }
  await Promise.all(started)
  if (failures.length > 0) throw failures[0]
}

async function upOrLate(up: Promise<void>, {clock, mostMs}: InTurn): Promise<void> {
  const enough = new AbortController()
  const late = sleep(clock, mostMs, enough.signal)
  late.catch(() => {})
  await Promise.race([up, late])
  enough.abort()
}

/**
 * Rejects with the reason of the first of these signals, unless `unheard` is aborted before. Not `AbortSignal.any`: Node keeps what that
 * makes for ever once somebody has listened to it, and there are many starts.
 */
export function rejectsOnAbort(signals: readonly AbortSignal[], unheard: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    for (const signal of signals) {
      signal.addEventListener('abort', () => reject(signal.reason), {once: true, signal: unheard})
    }
  })
}
