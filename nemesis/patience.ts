/** How long a fault may wait for what it needs, and for its proof: never so long that it keeps a run from its end. */
import type {StrikeContext} from '../core/nemesis.ts'

/**
 * How much longer whoever strikes may wait, ms, asked whenever it matters. In simulated time nobody is slow, so that nothing has to be
 * broken off.
 */
export function leftOf({clock, untilNs}: Pick<StrikeContext, 'clock' | 'untilNs'>): () => number {
  if (untilNs === undefined || clock.exact === true) return () => Number.POSITIVE_INFINITY
  return () => (untilNs - clock.nowNs()) / 1e6
}
