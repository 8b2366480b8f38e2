/**
 * Every planted bug, hunted with many seeds in simulated time: how often it is convicted, by what, and how soon. What was
 * measured is kept in bench/track-record/simulated.jsonl; the page docs/track-record.md is made of it and of what
 * bench/real-bugs.ts and bench/correct-bundled.ts have kept.
 *
 *     nice -n 10 node --import tsx bench/track-record.ts                     all, 20 seeds each
 *     node --import tsx bench/track-record.ts raft/forget-vote zab           some
 *     node --import tsx bench/track-record.ts raft/forget-vote --set b       with another set of seeds; only prints
 *     node --import tsx bench/track-record.ts --page                         the page alone
 */
import {writeFileSync} from 'node:fs'
import {parseArgs} from 'node:util'
import {wallClock} from '../core/clock.ts'
import {parseCount} from '../core/quantities.ts'
import {BUNDLED} from '../targets/index.ts'
import {anomaliesOf, hunt, judged} from '../tests/simulated.ts'
import {median} from './claims/claim.ts'
import {replaceInRecord} from './record.ts'
import {foundWords, page} from './track-record/page.ts'
import {type Quarry, quarries, recipeOf} from './track-record/quarry.ts'
import {SIMULATED, type SimulatedHunts} from './track-record/simulated-hunts.ts'

const PAGE = 'docs/track-record.md'
const SEEDS = 20

const clock = wallClock()

async function hunted({target, bug}: Quarry, set: string, seeds: number): Promise<SimulatedHunts> {
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
    bug: bug.name,
    recipe: recipeOf(bug),
    convicted: times.length,
    seeds,
    found,
    simulatedS: Number(median(times.map(({simulatedS}) => simulatedS)).toFixed(1)),
    wallMs: Math.round(median(times.map(({wallMs}) => wallMs))),
    missed,
    date: new Date().toISOString().slice(0, 10),
  }
}

function lineOf({target, bug, convicted, seeds, found, simulatedS, wallMs, missed}: SimulatedHunts): string {
  const where = `${target}/${bug}`.padEnd(34)
  const missing = missed.length === 0 ? '' : `; missed: ${missed.join('; ')}`
  return `${where} ${convicted}/${seeds}  ${simulatedS.toFixed(1)} s  ${wallMs} ms  ${foundWords(found)}${missing}`
}

const {values, positionals} = parseArgs({
  allowPositionals: true,
  options: {
    set: {type: 'string', default: ''},
    seeds: {type: 'string', default: String(SEEDS)},
    page: {type: 'boolean', default: false},
  },
})
const seeds = parseCount('--seeds', values.seeds)
const wanted = quarries(BUNDLED).filter(
  ({target: {name}, bug}) =>
    positionals.length === 0 || positionals.includes(name) || positionals.includes(`${name}/${bug.name}`),
)
const asKept = seeds === SEEDS && values.set === ''
for (const quarry of values.page ? [] : wanted) {
  const hunts = await hunted(quarry, values.set, seeds)
  if (asKept) {
    const same = ({target, bug}: SimulatedHunts) => target === hunts.target && bug === hunts.bug
    replaceInRecord(SIMULATED, same, hunts)
  }
  process.stdout.write(`${lineOf(hunts)}\n`)
}
if (asKept) writeFileSync(PAGE, page(BUNDLED))
