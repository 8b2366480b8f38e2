/** What runs of correct modes ended in, counted, and their section of docs/clusters.md. */
import {table} from '../scripts/markdown.ts'

export interface CorrectRun {
  readonly target: string
  readonly workload: string
  readonly seed: string
  /** `outage`: nothing was wrong with what it said, but it did not serve again. Any other word: it came to no verdict. */
  readonly outcome: 'pass' | 'unknown' | 'outage' | 'accused' | string
  /** What was accused, or why nothing is known. */
  readonly reason?: string
  readonly version: string
  /** Day of the run: 2026-11-29. */
  readonly date: string
  readonly operations: number
}

export interface Tally {
  readonly target: string
  readonly workload: string
  readonly version: string
  readonly runs: number
  readonly operations: number
  readonly outcomes: Readonly<Record<string, number>>
  /** Why runs did not pass, and how many of them. */
  readonly reasons: Readonly<Record<string, number>>
  readonly from: string
  readonly to: string
}

const HEADING = '## Correct modes'

/** What accusations there were came of. */
const EXPLAINED = [
  '`zookeeper` under `set` was accused once, **rightly**: nodes differed for good (*diverged*, *lost-element*). A leader that was cut',
  'off had logged three writes alone, was elected by a node that then could not reach it, and took a snapshot, with those writes in it;',
  'when it followed again its log was truncated, its snapshot was not. ZooKeeper says so itself in that node\'s log ("Digests are not',
  'matching") and goes on serving. `findings/zookeeper-truncated-stays.sh` does it again without us, with 3.8.0 and 3.9.5.',
  '',
  '`mariadb-galera` under `bank` was accused of a wrong total once in earlier runs, wrongly: the client computed balances from what',
  "InnoDB's REPEATABLE READ lets others change meanwhile, and wrote them over it. It locks them now. Its outages are of before somebody did",
  'what its operator has to do where every node was started again while none was primary: tell the furthest one to begin (`pc.bootstrap`).',
  '',
  'Of the runs that came to no verdict, a node of `mariadb-galera` had ended by itself while it was started behind a partition, and a',
  'port of `postgres` and `redis` had been taken by another run beside it. Such a node no longer ends the run, and runs keep their ports.',
]

/** Counts for each target, version and workload, in the order of `combinations`. */
export function tallies(runs: readonly CorrectRun[], targets: readonly string[]): Tally[] {
  const groups = new Map<string, CorrectRun[]>()
  // A run that never told its version had that of the others.
  const usual = ({target}: CorrectRun) => runs.find((run) => run.target === target && run.version !== '')?.version ?? ''
  for (const bare of runs) {
    const run = bare.version === '' ? {...bare, version: usual(bare)} : bare
    const name = [run.target, run.version, run.workload].join('\0')
    groups.set(name, [...(groups.get(name) ?? []), run])
  }
  const counted = [...groups.values()].map((group) => {
    const {target, workload, version} = group[0] as CorrectRun
    const dates = group.map(({date}) => date).sort()
    return {
      ...{target, workload, version, runs: group.length},
      operations: group.reduce((sum, {operations}) => sum + operations, 0),
      outcomes: counts(group.map(({outcome}) => outcome)),
      // The proof behind a reason is of one run, and stands in brackets.
      reasons: counts(
        group.flatMap(({reason}) => (reason === undefined ? [] : (ended(reason) ?? withoutProof(reason)))),
      ),
      ...{from: dates[0] ?? '', to: dates.at(-1) ?? ''},
    }
  })
  return counted.sort((a, b) => targets.indexOf(a.target) - targets.indexOf(b.target))
}

const withoutProof = (reason: string) => reason.replaceAll(/ \((?:[^()]|\([^()]*\))*\)/g, '')

/** The sentence that says why a run came to no verdict, out of what it printed last. */
function ended(printed: string): string | undefined {
  const sentence =
    /(Node) \S+ (ended with exit code \d+), and|(Port) \d+ of [^.]*\.[^,]*, where [^.]* (is already in use)/.exec(
      printed,
    )
  return sentence
    ?.slice(1)
    .filter((part) => part !== undefined)
    .join(' ')
}

export function correctModesSection(all: readonly Tally[], how: string): string[] {
  const runs = all.reduce((sum, tally) => sum + tally.runs, 0)
  const accused = all.reduce((sum, {outcomes}) => sum + (outcomes.accused ?? 0), 0)
  const dates = all.flatMap(({from, to}) => [from, to]).sort()
  return [
    HEADING,
    '',
    `Nothing misused, every workload that each target offers, ${how}: ${runs} runs, ${accused} accused`,
    `(${dates[0]} to ${dates.at(-1)}; \`node --import tsx bench/correct-modes.ts\`). *Unknown* is a run that proved nothing either way,`,
    '*outage* one whose cluster did not serve again in time, *not run* one that came to no verdict. The machine was shared.',
    '',
    ...table(
      [
        'target',
        'version',
        'workload',
        'runs',
        'pass',
        'unknown',
        'outage',
        'not run',
        'accused',
        'operations',
        'why not',
      ],
      all.map(row),
    ),
    '',
    ...EXPLAINED,
  ]
}

function row({target, version, workload, runs, operations, outcomes, reasons}: Tally): string[] {
  const {pass = 0, unknown = 0, outage = 0, accused = 0} = outcomes
  const why = Object.entries(reasons).map(([reason, count]) => (count === 1 ? reason : `${reason} (${count})`))
  return [
    ...[`\`${target}\``, version, `\`${workload}\``],
    ...[runs, pass, unknown, outage, runs - pass - unknown - outage - accused, accused, operations].map(String),
    why.join('; '),
  ]
}

function counts(names: readonly string[]): Record<string, number> {
  const counted: Record<string, number> = {}
  for (const name of names) counted[name] = (counted[name] ?? 0) + 1
  return counted
}
