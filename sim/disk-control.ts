/** What a nemesis may do to simulated disks. */
import {sleep} from '../core/clock.ts'
import {type DiskControl, NothingToHarm} from '../core/cluster.ts'
import type {NodeId} from '../core/node.ts'
import {DiskFailure} from '../core/record.ts'
import type {SimMachine} from './machine.ts'
import type {World} from './world.ts'

/** How long a node is waited for that is to lose its power in the midst of a write, ms. */
const WRITE_LIMIT_MS = 1000
const LOOK_MS = 1
const PROBE = '~probe'
const SYNCED = '~synced'
/** A crash keeps an unsynced change by chance, but not all of so many. */
const UNSYNCED = Array.from({length: 12}, (_, i) => `~unsynced-${i}`)

export function simDiskControl(world: World, at: (node: NodeId) => SimMachine): DiskControl {
  return {
    async harm(node, fault) {
      const machine = at(node)
      if (fault.kind !== 'power-cut') {
        machine.disk.harm(fault)
        if (fault.kind === 'bit-flip' && machine.disk.describe() === '') {
          throw new NothingToHarm(`${node} has stored nothing`)
        }
      } else if (fault.torn) {
        machine.disk.failAtSync(true)
        const deadlineNs = world.nowNs() + WRITE_LIMIT_MS * 1e6
        while (machine.state !== 'dead') {
          if (world.nowNs() >= deadlineNs) {
            machine.disk.failAtSync(false)
            throw new NothingToHarm(`${node} wrote nothing within ${WRITE_LIMIT_MS} ms`)
          }
          await sleep(world, LOOK_MS)
        }
      } else machine.kill()
    },
    heal: async (node) => at(node).disk.heal(),
    readBack: async (node) => at(node).disk.describe(),
    async probe(node) {
      const machine = at(node)
      const {disk, stallMs} = machine
      if (machine.state === 'dead') return undefined
      try {
        disk.append(PROBE, 1)
        disk.sync(PROBE)
        // The machine waits for its disk: what it waits longer now is what our sync takes.
        return {tookMs: machine.stallMs - stallMs}
      } catch (error) {
        if (error instanceof DiskFailure) return {refused: error.message}
        throw error
      } finally {
        disk.remove(PROBE)
      }
    },
    async mark(node) {
      const {disk} = at(node)
      disk.append(SYNCED, 1)
      disk.sync(SYNCED)
      for (const file of UNSYNCED) disk.append(file, 1)
    },
    async marks(node) {
      const {disk} = at(node)
      const there = (file: string) => disk.read(file).length > 0
      const marks = {synced: there(SYNCED), unsynced: UNSYNCED.every(there)}
      for (const file of [SYNCED, ...UNSYNCED]) disk.remove(file)
      return marks
    },
  }
}
