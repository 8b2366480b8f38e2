/** What `set-full` counts over all sets of a history, and the anomalies that it found in them. */
import type {Anomaly} from '../../core/verdict.ts'
import {quantile, roundMs} from '../liveness/latency.ts'

export class Census {
  readonly anomalies: Anomaly[] = []
  elements = 0
  reads = 0
  acknowledged = 0
  /** Whether some read that is judged came after an acknowledged add. */
  tested = false
  stable = 0
  neverRead = 0
  /** How long after it was known each element was last missing from a read, ns; only where it was. */
  readonly staleForNs: number[] = []

  reason(eventual: boolean): string | undefined {
    if (this.reads === 0) return eventual ? 'No final read succeeded.' : 'No read succeeded.'
    if (this.acknowledged === 0) return 'No element was ever added.'
    return this.tested ? undefined : 'No read came after an add had been acknowledged.'
  }

  measures(): Record<string, number> {
    const stale = Float64Array.from(this.staleForNs).sort()
    const at = (share: number) => roundMs(quantile(stale, share) / 1e6)
    return {
      elements: this.elements,
      stable: this.stable,
      neverRead: this.neverRead,
      stale: stale.length,
      ...(stale.length === 0
        ? {}
        : {staleP50Ms: at(0.5), staleP95Ms: at(0.95), staleP99Ms: at(0.99), staleMaxMs: at(1)}),
    }
  }
}
