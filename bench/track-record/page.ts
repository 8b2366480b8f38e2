/** docs/track-record.md, made of what the benches have kept. */
import type {Target} from '../../core/target.ts'
import {table} from '../../scripts/markdown.ts'
import {median} from '../claims/claim.ts'
import {readRecord} from '../record.ts'
import {CORRECT, type CorrectSeries, SEEDS, seriesOf, soundTargets, sumOf} from './correct-series.ts'
import {type Quarry, quarries, recipeOf} from './quarry.ts'
import {ENOUGH, isDecided, OF, REAL, type RealHunt, runsOf} from './real-hunts.ts'
import {SIMULATED, type SimulatedHunts} from './simulated-hunts.ts'

type Targets = Readonly<Record<string, Target>>

const NOT_MEASURED = '–'

/** `lost-element 18, stale-read 3`, the commonest first. */
export function foundWords(found: SimulatedHunts['found']): string {
  return Object.entries(found)
    .sort(([, left], [, right]) => right - left)
    .map(([type, count]) => `${type} ${count}`)
    .join(', ')
}

export function page(targets: Targets): string {
  return [...bugs(targets), ...correct(targets), ''].join('\n')
}

function bugs(targets: Targets): string[] {
  const simulated = readRecord<SimulatedHunts>(SIMULATED)
  const real = readRecord<RealHunt>(REAL)
  const all = quarries(targets)
  const measured = all.map((quarry) => ({quarry, hunts: huntsOf(simulated, quarry), runs: runsOf(real, quarry, false)}))
  const convicted = measured.filter(({hunts}) => hunts !== undefined && hunts.convicted / hunts.seeds >= 0.95).length
  const enough = measured.filter(({runs}) => convictions(runs).length >= ENOUGH).length
  const undecided = measured.filter(({quarry, runs}) => !isDecided(runs) && quarry.bug.simulatedOnly === undefined)
  const simulatedOnly = all.filter(({bug}) => bug.simulatedOnly !== undefined)
  const busy = all
    .map((quarry) => ({quarry, runs: runsOf(real, quarry, true)}))
    .filter(({runs}) => runs.length > 0)
    .map(({quarry, runs}) => `\`${quarry.bug.name}\` of ${quarry.target.name} ${realWords(runs)}`)
  const row = ({quarry: {target, bug}, hunts, runs}: (typeof measured)[number]) => [
    target.name,
    `\`${bug.name}\``,
    bug.source,
    `${bug.workload} under ${bug.nemesis.join(', ')}`,
    hunts === undefined ? NOT_MEASURED : foundWords(hunts.found),
    hunts === undefined ? NOT_MEASURED : `${hunts.convicted}/${hunts.seeds}`,
    hunts === undefined ? NOT_MEASURED : `${hunts.simulatedS.toFixed(1)} s`,
    hunts === undefined ? NOT_MEASURED : timeWords(hunts.wallMs),
    bug.simulatedOnly === undefined ? realWords(runs) : `cannot: ${bug.simulatedOnly}`,
  ]
  return [
    '# Track record',
    '',
    '<!-- Generated: nice -n 10 node --import tsx bench/track-record.ts (and bench/real-bugs.ts, bench/correct-bundled.ts) -->',
    '',
    'Every bug that can be planted in a bundled target, and every design that is wrong in itself, hunted with 20 seeds in',
    'simulated time under its own workload and faults (`chaos sim TARGET --bug NAME`). A seed counts where one of the',
    'anomalies was found that the bug is expected to show; "found" says how often which was. "simulated" is the median time',
    'on the clock of the simulated cluster from boot to the proof (to the end of the run where only the whole record proves',
    'it), "wall" the median time that took to simulate and judge.',
    '',
    '"real processes" is `chaos run TARGET --bug NAME --fail-fast`, each time with another seed: how many of how many runs',
    'convicted it within 120 s by an anomaly that it is expected to show, and the median time from the call of the command to',
    `its end. A bug was run until ${ENOUGH} runs had convicted it or ${OF - ENOUGH + 1} had not, two or three bugs at a time.`,
    '',
    `${convicted} of ${all.length} are convicted by at least 19 of 20 simulated seeds, ${enough} of ${all.length - simulatedOnly.length} by at least ${ENOUGH} of ${OF} runs of real`,
    `processes${undecided.length === 0 ? '' : ` (${undecided.length} were not run often enough to say)`}. Simulated: ${span(simulated)}. Real: ${span(real)}, on a shared machine with 2 cores${loadWords(real)},`,
    'so all wall times are high.',
    ...(busy.length === 0 ? [] : ['', `Beside a process that took a whole core of the two: ${busy.join('; ')}.`]),
    '',
    ...table(
      ['target', 'bug', 'what it is', 'hunted by', 'found', 'seeds', 'simulated', 'wall', 'real processes'],
      measured.map(row),
      ['---', '---', '---', '---', '---', '--:', '--:', '--:', '--:'],
    ),
  ]
}

function huntsOf(kept: readonly SimulatedHunts[], {target, bug}: Quarry): SimulatedHunts | undefined {
  const recipe = inSimulation(recipeOf(bug))
  return kept.find(
    (hunts) => hunts.target === target.name && hunts.bug === bug.name && inSimulation(hunts.recipe) === recipe,
  )
}

/** How long clients run and what is waited for afterwards: simulated hunts have their own bounds. */
const inSimulation = (recipe: string) => recipe.replaceAll(/ (time|heal)=\S+/g, '')

const convictions = (runs: readonly RealHunt[]) => runs.filter(({convicted}) => convicted)

/** `8 of 9, 14 s` */
function realWords(runs: readonly RealHunt[]): string {
  if (runs.length === 0) return NOT_MEASURED
  const seconds = convictions(runs).map((run) => run.seconds)
  return `${seconds.length} of ${runs.length}${seconds.length === 0 ? '' : `, ${Math.round(median(seconds))} s`}`
}

function timeWords(ms: number): string {
  return ms >= 1000 ? `${(ms / 1000).toFixed(1)} s` : `${ms} ms`
}

/** `2026-11-28 to 2026-11-29` */
function span(records: readonly {readonly date: string}[]): string {
  const dates = [...new Set(records.map(({date}) => date))].sort()
  return dates.length === 0
    ? 'not measured'
    : [dates[0], dates.at(-1)].filter((date, i) => i === 0 || date !== dates[0]).join(' to ')
}

function loadWords(real: readonly RealHunt[]): string {
  const loads = real.flatMap(({load}) => (load === undefined ? [] : [load]))
  return loads.length === 0
    ? ''
    : ` and a load of ${Math.round(Math.min(...loads))} to ${Math.round(Math.max(...loads))}`
}

function correct(targets: Targets): string[] {
  const kept = readRecord<CorrectSeries>(CORRECT)
  if (kept.length === 0) return []
  const rows = soundTargets(targets).map(({name, claims}) => {
    const [main, ...others] = Object.keys(claims)
    const cell = (series: readonly CorrectSeries[], unit: string) =>
      series.length === 0
        ? NOT_MEASURED
        : `${sumOf(series, 'accused')} of ${sumOf(series, 'seeds')}${unit}, ${sumOf(series, 'faults')} faults${unclear(series)}`
    return [
      name,
      `${main}`,
      cell(seriesOf(kept, name, 'random', main), ''),
      others.join(', ') || NOT_MEASURED,
      cell(seriesOf(kept, name, 'swarm'), ''),
      cell(seriesOf(kept, name, 'real', main), ''),
    ]
  })
  return [
    '',
    '## Correct targets',
    '',
    'The same targets without a bug. Accused of how many: of simulated seeds of the main workload (`chaos sim TARGET --time 6s',
    `--interval 700ms --heal 3s\`; ${SEEDS} are wanted), of seeds of the other workloads that draw their own configuration`,
    `(\`--strategy swarm\`; ${SEEDS} over all of them), and of runs of real processes with the default faults (\`chaos run TARGET\`,`,
    '10 wanted). A seed is inconclusive where too little was done or broken to say that anything was tested: six seconds are',
    `short for a seed that draws a fault every 2.5 s. ${span(kept)}.`,
    '',
    ...table(
      ['target', 'main workload', 'accused, seeds', 'other workloads', 'accused, swarm', 'accused, real processes'],
      rows,
      ['---', '---', '--:', '---', '--:', '--:'],
    ),
  ]
}

function unclear(series: readonly CorrectSeries[]): string {
  const count = sumOf(series, 'inconclusive')
  return count === 0 ? '' : `, ${count} inconclusive`
}
