/** How a run tells whoever watches it where it is, and what each phase came to in one line. */

import type {Cancel, Clock} from '../core/clock.ts'
import type {Cluster} from '../core/cluster.ts'
import {History} from '../core/history.ts'
import type {Op} from '../core/op.ts'
import {counted} from '../core/quantities.ts'
import type {Injector} from './injector.ts'
import type {Phase, RunObserver} from './observer.ts'
import type {Sink} from './stage.ts'
import {type Stopped, stoppedWords} from './stopped.ts'

/** How often a watcher hears of progress, ms. */
const PROGRESS_MS = 200

export type RunPhase = <T>(phase: Phase, work: () => Promise<T>, detail: (result: T) => string) => Promise<T>

/** Tells the observer when a phase begins and, unless the run was halted in it, what it came to. */
export function observedPhase(clock: Clock, observer: RunObserver, halt: AbortSignal): RunPhase {
  return async (phase, work, detail) => {
    const startNs = clock.nowNs()
    observer.phaseBegan?.(phase)
    const result = await work()
    if (!halt.aborted) observer.phaseEnded?.(phase, detail(result), (clock.nowNs() - startNs) / 1e6)
    return result
  }
}

/** Tells the observer how far things are, several times a second, while `work` is going on. */
export async function withProgress(
  clock: Clock,
  observer: RunObserver,
  sink: Sink,
  injector: Injector,
  totalMs: number,
  work: () => Promise<void>,
): Promise<void> {
  if (observer.progressed === undefined) return work()
  const startNs = clock.nowNs()
  const counts = {operations: 0, ok: 0, fail: 0, info: 0}
  let seen = 0
  let cancel: Cancel = () => {}
  const look = () => {
    for (; seen < sink.ops.length; seen++) {
      const {process, type} = sink.ops[seen] as Op
      if (typeof process === 'number') counts[type === 'invoke' ? 'operations' : type]++
    }
    const faults = [...injector.active].map(([fault, description]) => `${fault} ${description}`)
    observer.progressed?.({elapsedMs: (clock.nowNs() - startNs) / 1e6, totalMs, ...counts, faults})
    cancel = clock.after(PROGRESS_MS, look)
  }
  look()
  try {
    await work()
  } finally {
    cancel()
  }
}

/** `5 nodes, 25 proxied links, embedded toxiproxy 2.12` */
export function clusterWords(cluster: Cluster): string {
  const parts = [
    cluster.nodes.length === 1 ? '1 node' : `${cluster.nodes.length} nodes`,
    cluster.network === undefined ? '' : (cluster.describe?.() ?? ''),
  ]
  return parts.filter((part) => part !== '').join(', ')
}

/** `4 049 operations, 3 × kill, 2 × pause (5/5 verified)` */
export function drivenWords(ops: readonly Op[], stopped: Stopped | undefined): string {
  const history = new History(ops)
  const verified = history.faults.filter((fault) => fault.verified).length
  const kinds = new Map<string, number>()
  for (const {fault} of history.faults) kinds.set(fault, (kinds.get(fault) ?? 0) + 1)
  const faults = [...kinds].map(([fault, count]) => `${count} × ${fault}`).join(', ')
  const proof = history.faults.length === 0 ? 'no faults' : `${faults} (${verified}/${history.faults.length} verified)`
  const early = stopped === undefined ? '' : `, ${stoppedWords(stopped)}`
  return `${counted(history.operations.length, 'operation')}, ${proof}${early}`
}

/** `all faults undone, 24 final reads, none from n3 in 20.4 s` */
export function finalReadsWords(ops: readonly Op[]): string {
  const final = ops.filter((op) => op.final === true)
  const reads = final.filter(({type}) => type === 'ok').length
  const nodes = [...new Set(final.flatMap(({node}) => node ?? []))].sort()
  const silent = nodes.flatMap((node) => {
    const own = final.filter((op) => op.node === node)
    if (own.some(({type}) => type === 'ok')) return []
    const seconds = (own.at(-1)!.timeNs - own[0]!.timeNs) / 1e9
    return `none from ${node} in ${seconds.toFixed(1)} s`
  })
  return ['all faults undone', ...(reads === 0 ? [] : [counted(reads, 'final read')]), ...silent].join(', ')
}
