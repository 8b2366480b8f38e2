/** What interrupted runs have left, counted, and their section of docs/clusters.md. */
import {table} from '../scripts/markdown.ts'

export interface Interruption {
  readonly target: string
  readonly nemesis: string
  readonly signal: string
  /** When it was interrupted, after the start of the harness, ms. */
  readonly atMs: number
  /** What was still there half a minute later. */
  readonly left: readonly string[]
  /** From the signal until everything was gone, ms. */
  readonly tookMs: number
  /** Exit code, or the signal that ended it. */
  readonly end: string
  readonly date: string
}

export interface InterruptTally {
  readonly target: string
  readonly nemesis: string
  readonly runs: number
  /** Runs that left nothing. */
  readonly clean: number
  /** Longest time until everything was gone, ms, by signal. */
  readonly slowestMs: Readonly<Record<string, number>>
  readonly left: readonly string[]
  readonly to: string
}

export function interruptTallies(all: readonly Interruption[], targets: readonly string[]): InterruptTally[] {
  return targets.flatMap((target) => {
    const runs = all.filter((run) => run.target === target)
    if (runs.length === 0) return []
    const slowestMs: Record<string, number> = {}
    for (const {signal, tookMs} of runs) slowestMs[signal] = Math.max(slowestMs[signal] ?? 0, tookMs)
    return {
      target,
      nemesis: runs[0]?.nemesis ?? '',
      runs: runs.length,
      clean: runs.filter(({left}) => left.length === 0).length,
      slowestMs,
      left: runs.flatMap(({left}) => left.map((thing) => thing.split(' ')[0] ?? '')),
      to:
        runs
          .map(({date}) => date)
          .sort()
          .at(-1) ?? '',
    }
  })
}

export function interruptsSection(all: readonly InterruptTally[]): string[] {
  const signals = ['SIGINT', 'SIGTERM', 'SIGKILL']
  const seconds = (ms: number | undefined) => (ms === undefined ? '' : `${(ms / 1000).toFixed(1)} s`)
  return [
    '## Interrupted runs',
    '',
    'Runs interrupted after 0.2 to 20 s by each signal in turn: whether processes, mounts, loop devices, disks of nodes or temporary',
    `files were left half a minute later (up to ${all
      .map(({to}) => to)
      .sort()
      .at(-1)}; \`node --import tsx bench/interrupts.ts\`). Times are the longest`,
    'from the signal until everything was gone, on a shared machine.',
    '',
    ...table(
      ['target', 'faults', 'runs', 'left nothing', ...signals, 'left'],
      all.map(({target, nemesis, runs, clean, slowestMs, left}) => [
        ...[`\`${target}\``, nemesis, String(runs), String(clean)],
        ...signals.map((signal) => seconds(slowestMs[signal])),
        left.join(', ') || 'nothing',
      ]),
    ),
  ]
}
