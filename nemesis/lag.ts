/** How late this process itself is: what takes its time because we are busy is no effect of a fault. */
import type {Cancel, Clock} from '../core/clock.ts'

/** How often we look, ms. */
const TICK_MS = 5

/** What `work` resolves to, and the longest that a timer was late while it was under way, ms. */
export async function withLag<T>(
  clock: Clock,
  work: Promise<T>,
): Promise<{readonly result: T; readonly lagMs: number}> {
  if (clock.exact === true) return {result: await work, lagMs: 0}
  let lagMs = 0
  let cancel: Cancel = () => {}
  const tick = () => {
    const dueNs = clock.nowNs() + TICK_MS * 1e6
    cancel = clock.after(TICK_MS, () => {
      lagMs = Math.max(lagMs, (clock.nowNs() - dueNs) / 1e6)
      tick()
    })
  }
  tick()
  try {
    return {result: await work, lagMs}
  } finally {
    cancel()
  }
}
