/** Looks at a simulated cluster every so often and keeps the fingerprint of what it sees, and of what nodes tell. */
import type {NodeId} from '../../core/node.ts'
import type {SimCluster} from '../../sim/cluster.ts'
import type {World} from '../../sim/world.ts'
import {fingerprintOf, fingerprintOfEvents} from './coverage.ts'

/** How often, ms of simulated time: a few times within an election. */
const EVERY_MS = 50

/** The fingerprints, growing while the world goes on. */
export function glimpsed(world: World, cluster: SimCluster): ReadonlySet<number> {
  const seen = new Set<number>()
  const latest = new Map<NodeId, string>()
  let read = 0
  const look = () => {
    for (; read < cluster.events.length; read++) {
      const {node, event} = cluster.events[read]!
      seen.add(fingerprintOfEvents(latest.get(node) ?? 'boot', event.type))
      latest.set(node, event.type)
    }
    seen.add(fingerprintOf(cluster.statusesNow()))
    world.at(world.nowNs() + EVERY_MS * 1e6, look)
  }
  look()
  return seen
}
