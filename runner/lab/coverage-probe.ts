/** Looks at a simulated cluster every so often and keeps the fingerprint of what it sees. */
import type {Op} from '../../core/op.ts'
import type {SimCluster} from '../../sim/cluster.ts'
import type {World} from '../../sim/world.ts'
import {fingerprintOf} from './coverage.ts'

/** How often, ms of simulated time: a few times within an election. */
const EVERY_MS = 50

/** The fingerprints, growing while the world goes on. `ops` is the record, which tells of operations and faults. */
export function glimpsed(world: World, cluster: SimCluster, ops: readonly Op[]): ReadonlySet<number> {
  const seen = new Set<number>()
  const faults = new Set<string>()
  let waiting = 0
  let read = 0
  const look = () => {
    for (; read < ops.length; read++) {
      const {process, type, f} = ops[read] as Op
      if (typeof process === 'number') waiting += type === 'invoke' ? 1 : -1
      else if (f.startsWith('start-')) faults.add(f.slice('start-'.length))
      else faults.delete(f.slice('stop-'.length))
    }
    const {sent, delivered, lost} = cluster.network.counts
    const planned = Math.max(0, sent - delivered - lost)
    seen.add(fingerprintOf({statuses: cluster.statusesNow(), faults: [...faults], waiting, planned}))
    world.at(world.nowNs() + EVERY_MS * 1e6, look)
  }
  look()
  return seen
}
