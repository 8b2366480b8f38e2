/**
 * Looks again and again at a fault that its beginning could not show. Nodes that are killed, frozen and cut off by other faults may be
 * there together for moments only, and neither when it begins nor when it ends.
 */
import type {Cancel, Clock} from '../core/clock.ts'
import type {Probe} from './packet-kinds.ts'
import {type Felt, promises, tooBusy} from './shape-felt.ts'

export interface ShapeWatch {
  /** Waits for the look that is under way. */
  stop(): Promise<Watched>
}

export interface Watched {
  /** The last look that may prove something. */
  readonly best?: Felt
  /** Whether links that answered, in a moment that was calm enough, showed nothing: it is no use to look once more. */
  readonly inVain: boolean
}

/** A look costs probes, which must not become a load of their own: it is followed by a pause of so many times what it took. */
const PAUSE = 5

interface Watching {
  readonly clock: Clock
  /** Between looks, at least. */
  readonly everyMs: number
  readonly probe: Probe
  look(): Promise<Felt | undefined>
}

export function watchShape({clock, everyMs, probe, look}: Watching): ShapeWatch {
  let best: Felt | undefined
  let inVain = false
  let stopped = false
  let cancel: Cancel = () => {}
  let underWay = Promise.resolve()
  const again = (tookMs: number) => {
    if (stopped) return
    cancel = clock.after(Math.max(everyMs, PAUSE * tookMs), () => {
      const startNs = clock.nowNs()
      underWay = lookOnce().then(() => again((clock.nowNs() - startNs) / 1e6))
    })
  }
  again(0)
  return {
    async stop() {
      stopped = true
      cancel()
      await underWay
      return {inVain, ...(best === undefined ? {} : {best})}
    },
  }

  async function lookOnce(): Promise<void> {
    try {
      const felt = await look()
      if (felt === undefined) return
      if (promises(probe, felt)) best = felt
      else if (!tooBusy(probe, felt) && felt.pings.flat().some(({reachable}) => reachable)) inVain = true
    } catch {
      // The network is gone. The end of the fault tells of it; nobody is to be kept here by looking for it.
      stopped = true
    }
  }
}
