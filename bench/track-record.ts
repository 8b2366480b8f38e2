/**
 * Every planted bug, hunted with many seeds in simulated time: how often it is convicted, by what, and how soon. Writes
 * docs/track-record.md when all bugs were hunted with all seeds; a part of them is only printed. `--keep` adds what was found
 * to a file, of which several processes on several cores can make one page.
 *
 *     nice -n 10 node --import tsx bench/track-record.ts                     all, 20 seeds each; writes the page
 *     node --import tsx bench/track-record.ts raft/forget-vote zab --set b   some, with another set of seeds; prints
 *     node --import tsx bench/track-record.ts raft paxos --keep part.jsonl   some, kept
 *     node --import tsx bench/track-record.ts --page part.jsonl              the page, of what was kept
 */
import {appendFileSync, readFileSync, writeFileSync} from 'node:fs'
import {cpus} from 'node:os'
import {parseArgs} from 'node:util'
import {wallClock} from '../core/clock.ts'
import {parseCount} from '../core/quantities.ts'
import type {Bug, Target} from '../core/target.ts'
import {BUNDLED} from '../targets/index.ts'
import {anomaliesOf, hunt, judged} from '../tests/simulated.ts'
import {median} from './claims/claim.ts'

const PAGE = 'docs/track-record.md'
const SEEDS = 20

/** One bug and what its hunts came to. */
interface Hunted {
  readonly target: string
  readonly bug: Pick<Bug, 'name' | 'source' | 'workload' | 'nemesis'>
  readonly convicted: number
  readonly seeds: number
  /** How often each expected anomaly was found. */
  readonly found: Readonly<Record<string, number>>
  /** Medians over the seeds that convicted: simulated s, and wall ms with the check. */
  readonly simulatedS: number
  readonly wallMs: number
  /** What all its hunts took together, s. */
  readonly tookS: number
  /** Seeds that did not convict, with what was found instead. */
  readonly missed: readonly string[]
}

const clock = wallClock()

async function hunted(target: Target, bug: Bug, set: string, seeds: number): Promise<Hunted> {
  const began = clock.nowNs()
  const found: Record<string, number> = {}
  const times: {simulatedS: number; wallMs: number}[] = []
  const missed: string[] = []
  for (let i = 0; i < seeds; i++) {
    const seed = `${bug.name}${set}-${i}`
    const startNs = clock.nowNs()
    const result = await judged(hunt(target, bug, seed))
    const wallMs = (clock.nowNs() - startNs) / 1e6
    const all = anomaliesOf(result)
    const expected = all.filter((type) => bug.anomalies.includes(type))
    if (expected.length === 0) {
      missed.push(`${seed} (${all.join(', ') || 'nothing'})`)
      continue
    }
    for (const type of expected) found[type] = (found[type] ?? 0) + 1
    times.push({simulatedS: result.simulation.cost.timeNs / 1e9, wallMs})
  }
  return {
    target: target.name,
    bug: {name: bug.name, source: bug.source, workload: bug.workload, nemesis: bug.nemesis},
    convicted: times.length,
    seeds,
    found,
    simulatedS: median(times.map(({simulatedS}) => simulatedS)),
    wallMs: median(times.map(({wallMs}) => wallMs)),
    tookS: (clock.nowNs() - began) / 1e9,
    missed,
  }
}

/** `lost-element 18, stale-read 3`, the commonest first. */
function foundWords(found: Hunted['found']): string {
  return Object.entries(found)
    .sort(([, left], [, right]) => right - left)
    .map(([type, count]) => `${type} ${count}`)
    .join(', ')
}

function lineOf({target, bug, convicted, seeds, found, simulatedS, wallMs, missed}: Hunted): string {
  const where = `${target}/${bug.name}`.padEnd(34)
  const missing = missed.length === 0 ? '' : `; missed: ${missed.join('; ')}`
  return `${where} ${convicted}/${seeds}  ${simulatedS.toFixed(1)} s  ${wallMs.toFixed(0)} ms  ${foundWords(found)}${missing}`
}

function page(records: readonly Hunted[]): string {
  const enough = records.filter(({convicted, seeds}) => convicted / seeds >= 0.95).length
  const row = ({target, bug, convicted, seeds, found, simulatedS, wallMs}: Hunted) =>
    [
      target,
      `\`${bug.name}\``,
      bug.source,
      `${bug.workload} under ${bug.nemesis.join(', ')}`,
      foundWords(found),
      `${convicted}/${seeds}`,
      `${simulatedS.toFixed(1)} s`,
      wallMs >= 1000 ? `${(wallMs / 1000).toFixed(1)} s` : `${wallMs.toFixed(0)} ms`,
    ].map((cell) => cell.replaceAll('|', '\\|'))
  const lines = [
    ['target', 'bug', 'what it is', 'hunted by', 'found', 'seeds', 'simulated', 'wall'],
    ['---', '---', '---', '---', '---', '--:', '--:', '--:'],
    ...records.map(row),
  ]
  return [
    '# Track record',
    '',
    '<!-- Generated: nice -n 10 node --import tsx bench/track-record.ts -->',
    '',
    `Every bug that can be planted in a bundled target, and every design that is wrong in itself, hunted with ${SEEDS} seeds in`,
    'simulated time under its own workload and faults (`chaos sim TARGET --bug NAME`). A seed counts where one of the',
    'anomalies was found that the bug is expected to show; "found" says how often which was. "simulated" is the median time',
    'on the clock of the simulated cluster from boot to the proof (to the end of the run where only the whole record proves',
    'it), "wall" the median time that took to simulate and judge.',
    '',
    `${enough} of ${records.length} are convicted by at least 19 of 20 seeds. Measured ${new Date().toISOString().slice(0, 10)} in ${Math.round(records.reduce((sum, {tookS}) => sum + tookS, 0) / 60)} min of hunting at low`,
    `priority on a shared machine with ${cpus().length} cores, so the wall times are high.`,
    '',
    ...lines.map((cells) => `| ${cells.join(' | ')} |`),
    '',
  ].join('\n')
}

const {values, positionals} = parseArgs({
  allowPositionals: true,
  options: {
    set: {type: 'string', default: ''},
    seeds: {type: 'string', default: String(SEEDS)},
    keep: {type: 'string'},
    page: {type: 'string'},
  },
})
const seeds = parseCount('--seeds', values.seeds)
const wanted = ({name}: Target, bug: Bug) =>
  positionals.length === 0 || positionals.includes(name) || positionals.includes(`${name}/${bug.name}`)
const records: Hunted[] = []
for (const target of Object.values(BUNDLED)) {
  if (values.page !== undefined) break
  for (const bug of [...target.bugs, ...(target.flaw === undefined ? [] : [target.flaw])]) {
    if (!wanted(target, bug)) continue
    const record = await hunted(target, bug, values.set, seeds)
    records.push(record)
    if (values.keep !== undefined) appendFileSync(values.keep, `${JSON.stringify(record)}\n`)
    process.stdout.write(`${lineOf(record)}\n`)
  }
}
if (values.page !== undefined) {
  const kept = readFileSync(values.page, 'utf8').split('\n').filter(Boolean)
  const order = Object.keys(BUNDLED)
  records.push(...kept.map((line) => JSON.parse(line) as Hunted))
  records.sort((left, right) => order.indexOf(left.target) - order.indexOf(right.target))
}
const complete = positionals.length === 0 && seeds === SEEDS && values.set === ''
if (values.page !== undefined || complete) writeFileSync(PAGE, page(records))
