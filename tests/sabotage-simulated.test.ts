/** The faults of single messages exist in simulation only: there, too, a network that ignores them convinces nobody. */
import {expect, test} from 'vitest'
import {DISK_KINDS} from '../nemesis/disk-kinds.ts'
import {parseNemeses} from '../nemesis/index.ts'
import {simulate} from '../runner/simulate.ts'
import {SimDisk} from '../sim/disk.ts'
import {SimLink} from '../sim/link.ts'
import {raft} from '../targets/raft/index.ts'
import {WORKLOADS} from '../workloads/index.ts'

const simulated = async (fault: string) => {
  const nemeses = parseNemeses(fault)
  const {history} = await simulate({target: raft, workload: WORKLOADS['register']!, nemeses, seed: 'm', timeMs: 6000})
  const struck = history.faults.filter((window) => window.fault === fault.split(':')[0])
  expect(struck.length).toBeGreaterThan(1)
  return struck.filter(({verified}) => verified).length / struck.length
}

test.each([
  'loss',
  'duplicate',
  'reorder',
  'latency',
  'partition',
  'clock',
  ...DISK_KINDS.map((kind) => `disk:${kind}`),
])('%s is proved', async (fault) => {
  expect(await simulated(fault)).toBe(1)
})

test.each(['loss', 'duplicate', 'reorder'])(
  '%s that the network says is in force, but is not, is not proved',
  async (fault) => {
    const {arrivalNs, duplicated} = SimLink.prototype
    SimLink.prototype.arrivalNs = (nowNs) => nowNs + 1e6
    SimLink.prototype.duplicated = () => false
    try {
      expect(await simulated(fault)).toBe(0)
    } finally {
      Object.assign(SimLink.prototype, {arrivalNs, duplicated})
    }
  },
)

test.each(['full', 'slow', 'power-cut', 'torn', 'bit-flip'])(
  'disk:%s on disks that nothing harms is not proved',
  async (kind) => {
    const {crash, harm, failAtSync} = SimDisk.prototype
    SimDisk.prototype.crash = () => {}
    SimDisk.prototype.harm = () => {}
    SimDisk.prototype.failAtSync = () => {}
    try {
      expect(await simulated(`disk:${kind}`)).toBe(0)
    } finally {
      Object.assign(SimDisk.prototype, {crash, harm, failAtSync})
    }
  },
)
