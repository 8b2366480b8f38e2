/** Starting all programs of a cluster at once, where the failure of one is the end of it. */
import type {NodeId} from '../../core/node.ts'

/**
 * Waits for all of them even when one fails: what is still starting could not be stopped. But `givenUp` is aborted then, so that nobody
 * goes on to wait for a program that waits for the one that failed. Rejects with the first failure in time.
 */
export async function startAll(
  nodes: readonly NodeId[],
  start: (node: NodeId) => Promise<void>,
  givenUp: AbortController,
): Promise<void> {
  const failures: unknown[] = []
  const started = nodes.map((node) =>
    start(node).catch((error: unknown) => {
      failures.push(error)
      givenUp.abort(error)
    }),
  )
  await Promise.all(started)
  if (failures.length > 0) throw failures[0]
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
