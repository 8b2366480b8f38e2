/**
 * Looks again and again at a fault that its beginning could not show. Nodes that are killed, frozen and cut off by other faults may be
 * there together for moments only, and neither when it begins nor when it ends.
 */
import type {Cancel, Clock} from '../core/clock.ts'
import type {Probe} from './packet-kinds.ts'
import {type Felt, promises} from './shape-felt.ts'

export interface ShapeWatch {
  /** Waits for the look that is under way. Resolves to the last one that may prove something. */
  stop(): Promise<Felt | undefined>
}

interface Watching {
  readonly clock: Clock
  readonly everyMs: number
  readonly probe: Probe
  look(): Promise<Felt | undefined>
}

export function watchShape({clock, everyMs, probe, look}: Watching): ShapeWatch {
  let best: Felt | undefined
  let stopped = false
  let cancel: Cancel = () => {}
  let underWay = Promise.resolve()
  const again = () => {
    if (stopped) return
    cancel = clock.after(everyMs, () => {
      underWay = lookOnce().then(again)
    })
  }
  again()
  return {
    async stop() {
      stopped = true
      cancel()
      await underWay
      return best
    },
  }

  async function lookOnce(): Promise<void> {
    try {
      const felt = await look()
      if (felt !== undefined && promises(probe, felt)) best = felt
    } catch {
      // The network is gone. The end of the fault tells of it; nobody is to be kept here by looking for it.
      stopped = true
    }
  }
}
