/**
 * What a nemesis may do to the disks of hosted nodes. A node's process makes its own disk full or slow and tears its writes;
 * what is damaged at rest the harness damages itself, in the files.
 */
import {type Clock, sleep} from '../../core/clock.ts'
import {type DiskControl, NothingToHarm} from '../../core/cluster.ts'
import type {NodeId} from '../../core/node.ts'
import {SOUND} from './disk-faults.ts'
import type {NodeProcess} from './process.ts'
import {type Damage, flipBit, takeMarks} from './stored-bytes.ts'

/** How long a node is waited for that is to lose its power in the midst of a write, ms. */
const WRITE_LIMIT_MS = 1000
/** How long a node may take to answer about its disk, ms: a slow one takes its time. */
const ANSWER_MS = 2000
const LOOK_MS = 2

export function hostedDiskControl(clock: Clock, at: (node: NodeId) => NodeProcess): DiskControl {
  const damages = new Map<NodeId, Damage>()

  async function tear(node: NodeId, process: NodeProcess): Promise<void> {
    process.harmDisk({...SOUND, powerFails: true})
    const deadlineNs = clock.nowNs() + WRITE_LIMIT_MS * 1e6
    while (process.program.state !== 'dead') {
      if (clock.nowNs() >= deadlineNs) {
        process.harmDisk(SOUND)
        throw new NothingToHarm(`${node} wrote nothing within ${WRITE_LIMIT_MS} ms`)
      }
      await sleep(clock, LOOK_MS)
    }
    // It is the one write that was torn, not the next one as well.
    process.harmDisk(SOUND)
  }

  return {
    async harm(node, fault) {
      const process = at(node)
      if (fault.kind === 'bit-flip') {
        damages.set(node, flipBit(node, process.directory, fault.at ?? 0.5))
        process.damaged = true
      } else if (fault.kind !== 'power-cut') {
        process.harmDisk(fault.kind === 'full' ? {...SOUND, full: true} : {...SOUND, slowMs: fault.delayMs})
      } else if (fault.torn) await tear(node, process)
      else await process.program.kill()
    },
    async heal(node) {
      damages.get(node)?.restore()
      damages.delete(node)
      at(node).damaged = false
      at(node).harmDisk(SOUND)
    },
    async readBack(node) {
      const process = at(node)
      const damaged = damages.get(node)
      const told = process.program.state === 'dead' ? lastFailure(process) : await process.diskWords(ANSWER_MS)
      return [damaged === undefined ? '' : `one bit of "${damaged.file}" damaged`, told ?? '']
        .filter((words) => words !== '')
        .join(', ')
    },
    probe: (node) => at(node).probeDisk(ANSWER_MS),
    mark: (node) => at(node).markDisk(ANSWER_MS),
    marks: async (node) => takeMarks(at(node).directory),
  }
}

/** What a node that went down for its disk has said last. */
function lastFailure({program}: NodeProcess): string {
  const line = program.lastLines().at(-1) ?? ''
  return /goes down: (.*)/.exec(line)?.[1] ?? ''
}
