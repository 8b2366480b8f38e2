/** One run against a real target, in this process, and what can be seen of it from outside. */
import {readFileSync} from 'node:fs'
import {performance} from 'node:perf_hooks'
import {lookUp} from '../core/registry.ts'
import {processTree} from '../hosts/local/process-tree.ts'
import {realWorld} from '../runner/real-world.ts'
import {type RunResult, run} from '../runner/run.ts'
import {resolveRun} from '../runner/settings/resolve.ts'
import {layerOf, type SettingName} from '../runner/settings/run-settings.ts'
import type {Stage, World} from '../runner/stage.ts'
import {TARGETS} from '../targets/index.ts'

export interface RealRun {
  readonly result: RunResult
  /** From nothing until the cluster could serve, ms. */
  readonly startMs: number
  /** Resident memory of all programs of the cluster once it could serve, MB a node. */
  readonly memoryMb: number
}

export interface Asked {
  readonly target: string
  readonly settings: Readonly<Partial<Record<SettingName, string>>>
  readonly bug?: string
  readonly signal: AbortSignal
  /** Called once the cluster can serve, before anything is asked of it. */
  opened?(stage: Stage): Promise<void>
  /** Called when clients and faults are let loose, and when they have come to their end. */
  driving?(when: 'begins' | 'ended'): void
}

export async function realRun({target, settings, bug, signal, opened, driving}: Asked): Promise<RealRun> {
  const options = await resolveRun({
    layers: [layerOf('flag', {...settings, target})],
    bugs: bug === undefined ? [] : [bug],
    targetArgs: [],
    thresholds: [],
    freshSeed: 'clusters',
    findTarget: async (name) => lookUp('target', TARGETS, name),
  })
  const before = new Set(processTree(process.pid))
  const world = realWorld()
  let startMs = 0
  let memoryMb = 0
  const open: World['open'] = async (context) => {
    const start = performance.now()
    const stage = await world.open(context)
    startMs = performance.now() - start
    const ours = processTree(process.pid).filter((pid) => !before.has(pid) && !isOurs(pid))
    memoryMb = ours.reduce((sum, pid) => sum + residentMb(pid), 0) / stage.cluster.nodes.length
    await opened?.(stage)
    return stage
  }
  let drives = 0
  const drive: World['driver']['drive'] = async (asked) => {
    // What follows the first are the final reads.
    if (drives++ > 0) return world.driver.drive(asked)
    driving?.('begins')
    await world.driver.drive(asked)
    driving?.('ended')
  }
  const result = await run(options, {}, signal, {...world, open, driver: {...world.driver, drive}})
  return {result, startMs, memoryMb}
}

function residentMb(pid: number): number {
  try {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024
  } catch {
    return 0
  }
}

/** Processes of the harness: its proxies, and what ends whatever is left should we be killed. */
function isOurs(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').match(/warden-main|toxiproxy/) !== null
  } catch {
    return false
  }
}
