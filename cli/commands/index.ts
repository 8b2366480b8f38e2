/**
 * Every command, by name: a line each. A command's module is imported only when it is asked for, so that starting stays
 * quick; oclif finds in `COMMANDS` what has been imported so far.
 */
import type {Command} from '@oclif/core'

interface Entry {
  /** What the list of commands says of it: the command's own summary. */
  readonly summary: string
  readonly group: 'TEST' | 'JUDGE AND LOOK' | 'SET UP'
  /** Absent where a plug-in of oclif is the command. */
  import?(): Promise<{readonly default: Command.Class}>
}

export const ENTRIES: Readonly<Record<string, Entry>> = {
  run: {
    summary: 'Drive clients against a cluster, inject faults, and judge what was recorded.',
    group: 'TEST',
    import: () => import('./run/run.ts'),
  },
  sim: {
    summary: 'Try many seeds of a target in simulated time; every one that fails becomes a run.',
    group: 'TEST',
    import: () => import('./sim/sim.ts'),
  },
  maelstrom: {
    summary: 'Test a Maelstrom node, unmodified, with Maelstrom’s own flags.',
    group: 'TEST',
    import: () => import('./maelstrom/maelstrom.ts'),
  },
  replay: {
    summary: 'Do a run again: a simulated one exactly, a real one with the same operations and faults.',
    group: 'TEST',
    import: () => import('./replay/replay.ts'),
  },
  shrink: {
    summary: 'Leave out of a failed run what it does not need: fewer faults, operations, keys, less time.',
    group: 'TEST',
    import: () => import('./shrink/shrink.ts'),
  },
  cap: {
    summary: 'Measure what targets give up while the network is partitioned: their CAP cards.',
    group: 'TEST',
    import: () => import('./cap/cap.ts'),
  },
  ci: {
    summary: 'A nightly job: the matrix within a budget, canaries that must be caught, failing seeds kept.',
    group: 'TEST',
    import: () => import('./ci/ci.ts'),
  },
  campaign: {
    summary: 'Many small runs as a queue: on all cores, on many machines, resumed where it was.',
    group: 'TEST',
    import: () => import('./campaign/campaign.ts'),
  },
  'campaign worker': {
    summary: 'Take jobs of campaigns from a broker, one at a time, until it is told to stop.',
    group: 'TEST',
    import: () => import('./campaign/worker.ts'),
  },
  'campaign merge': {
    summary: 'Put the parts of a campaign (--shard) together: one index, one report, one exit code.',
    group: 'TEST',
    import: () => import('./campaign/merge.ts'),
  },
  proxy: {
    summary: 'A drop-in toxiproxy-server: the one that runs embed, alone.',
    group: 'TEST',
    import: () => import('./proxy.ts'),
  },
  check: {
    summary: 'Judge saved histories: runs, or files in any format that is known.',
    group: 'JUDGE AND LOOK',
    import: () => import('./check/check.ts'),
  },
  explain: {
    summary: 'Explain an anomaly in general, or what a run found in particular.',
    group: 'JUDGE AND LOOK',
    import: () => import('./explain/explain.ts'),
  },
  report: {
    summary: 'Build report.html again from a run, or from a lone history.',
    group: 'JUDGE AND LOOK',
    import: () => import('./report.ts'),
  },
  open: {
    summary: 'Open the report of a run, made anew where there is none.',
    group: 'JUDGE AND LOOK',
    import: () => import('./open.ts'),
  },
  diff: {
    summary: 'Where two runs part: first planned entry, first operation, verdict, latency.',
    group: 'JUDGE AND LOOK',
    import: () => import('./diff/diff.ts'),
  },
  compare: {
    summary: 'Set two runs side by side: settings, properties, figures.',
    group: 'JUDGE AND LOOK',
    import: () => import('./compare/compare.ts'),
  },
  serve: {
    summary: 'Serve an index of runs with filters, trends and reports, to this machine only.',
    group: 'JUDGE AND LOOK',
    import: () => import('./serve/serve.ts'),
  },
  convert: {
    summary: 'Write a history in another format.',
    group: 'JUDGE AND LOOK',
    import: () => import('./convert/convert.ts'),
  },
  list: {
    summary: 'What there is: targets, bugs, workloads, faults, models, checkers, anomalies, runs.',
    group: 'SET UP',
    import: () => import('./list/list.ts'),
  },
  init: {
    summary: 'Write a configuration, an example target and a nightly workflow to start from.',
    group: 'SET UP',
    import: () => import('./init/init.ts'),
  },
  doctor: {
    summary: 'Check whether this machine can do what runs need, and say how to mend what cannot.',
    group: 'SET UP',
    import: () => import('./doctor/doctor.ts'),
  },
  autocomplete: {
    summary: 'Say how to complete commands and flags with the tab key, in bash, zsh and PowerShell.',
    group: 'SET UP',
  },
  schema: {
    summary: 'Print the JSON Schema of chaos.config.json, for editors.',
    group: 'SET UP',
    import: () => import('./schema.ts'),
  },
}

/** The command that these words begin with: `campaign worker` before `campaign`. Undefined where there is none. */
export function commandOf([first, second]: readonly string[]): string | undefined {
  return [`${first} ${second}`, first ?? ''].find((name) => Object.hasOwn(ENTRIES, name))
}

/** What oclif calls a command of this name. */
export function idOf(name: string): string {
  return name.replaceAll(' ', ':')
}

/** What has been imported, for oclif. */
export const COMMANDS: Record<string, Command.Class> = {}

/** Imports these commands. */
export async function importCommands(names: readonly string[]): Promise<void> {
  await Promise.all(
    names.map(async (name) => {
      const module = await ENTRIES[name]?.import?.()
      if (module !== undefined) COMMANDS[idOf(name)] = module.default
    }),
  )
}
