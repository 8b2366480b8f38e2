/**
 * Every planted bug, hunted with real processes (`chaos run TARGET --bug NAME --fail-fast`): how often it is convicted within
 * two minutes, and how soon. Goes on where an earlier call stopped: each run is kept in a file, from which
 * bench/track-record.ts makes its column. A bug is done when 8 runs have convicted it or 3 have not; the bugs with the fewest
 * runs come first. Runs of an earlier recipe do not count.
 *
 *     nice -n 10 node --import tsx bench/real-bugs.ts                          all, two at a time
 *     node --import tsx bench/real-bugs.ts raft/forget-vote zab --for 9m      some, nothing new begun after nine minutes
 *     node --import tsx bench/real-bugs.ts raft/forget-vote --busy            beside a process that takes a whole core
 */
import {spawn} from 'node:child_process'
import {mkdtempSync, readdirSync, readFileSync, rmSync} from 'node:fs'
import {loadavg, tmpdir} from 'node:os'
import {join} from 'node:path'
import {parseArgs} from 'node:util'
import {execa} from 'execa'
import {wallClock} from '../core/clock.ts'
import {parseCount, parseDuration} from '../core/quantities.ts'
import {BUNDLED} from '../targets/index.ts'
import {ROOT} from '../tests/sources.ts'
import {addToRecord, readRecord} from './record.ts'
import {type Quarry, quarries, recipeOf} from './track-record/quarry.ts'
import {isDecided, OF, REAL, type RealHunt, runsOf} from './track-record/real-hunts.ts'

const LIMIT_MS = 120_000

const {values, positionals} = parseArgs({
  allowPositionals: true,
  options: {
    'at-once': {type: 'string', default: '2'},
    for: {type: 'string', default: '24h'},
    set: {type: 'string', default: 'real'},
    busy: {type: 'boolean', default: false},
  },
})
const {busy} = values
const clock = wallClock()
const untilNs = clock.nowNs() + parseDuration('--for', values.for) * 1e6
const wanted = quarries(BUNDLED).filter(
  ({target: {name}, bug}) =>
    bug.simulatedOnly === undefined &&
    (positionals.length === 0 || positionals.includes(name) || positionals.includes(`${name}/${bug.name}`)),
)
const running = new Map<Quarry, number>()

/** The bug that has been run the least and is not done, with the seed that is next. */
function next(): {quarry: Quarry; seed: string} | undefined {
  const all = readRecord<RealHunt>(REAL)
  const open = wanted
    .map((quarry) => ({quarry, runs: runsOf(all, quarry, busy)}))
    .filter(({runs}) => !isDecided(runs))
    .map(({quarry, runs}) => ({quarry, count: runs.length + (running.get(quarry) ?? 0)}))
    .filter(({count}) => count < OF)
    .sort((left, right) => left.count - right.count)
  const first = open[0]
  return first && {quarry: first.quarry, seed: `${values.set}-${first.count}`}
}

async function hunted({target: {name: target}, bug}: Quarry, seed: string): Promise<RealHunt> {
  const directory = mkdtempSync(join(tmpdir(), 'chaos-real-bugs-'))
  const args = target === bug.name ? [] : ['--bug', bug.name]
  const startNs = clock.nowNs()
  const {exitCode, stderr} = await execa(
    process.execPath,
    [join(ROOT, 'bin/chaos.js'), 'run', target, ...args, '--fail-fast', '--seed', seed, '-o', directory],
    {reject: false, timeout: LIMIT_MS, killSignal: 'SIGINT', env: {NO_COLOR: '1', CI: '1'}, stdout: 'ignore'},
  )
  const seconds = Number(((clock.nowNs() - startNs) / 1e9).toFixed(1))
  const found = anomaliesIn(directory)
  rmSync(directory, {recursive: true, force: true})
  const convicted =
    (exitCode === 1 || exitCode === 5) &&
    seconds * 1000 < LIMIT_MS &&
    found.some((type) => bug.anomalies.includes(type))
  const why = convicted
    ? {}
    : {why: `exit ${exitCode ?? 'by signal'}${exitCode === 1 ? '' : `: ${stderr.slice(-200)}`}`}
  const date = new Date().toISOString().slice(0, 10)
  return {
    target,
    bug: bug.name,
    recipe: recipeOf(bug),
    busy,
    seed,
    convicted,
    seconds,
    found,
    date,
    load: Math.round(loadavg()[0] ?? 0),
    ...why,
  }
}

function anomaliesIn(directory: string): string[] {
  const run = readdirSync(directory).find((name) => !name.startsWith('latest'))
  if (run === undefined) return []
  try {
    const {verdicts} = JSON.parse(readFileSync(join(directory, run, 'verdict.json'), 'utf8')) as {
      verdicts: {anomalies: {type: string}[]}[]
    }
    return [...new Set(verdicts.flatMap(({anomalies}) => anomalies.map(({type}) => type)))]
  } catch {
    // It was ended before there was a verdict.
    return []
  }
}

async function huntOn(): Promise<void> {
  for (let found = next(); found !== undefined && clock.nowNs() < untilNs; found = next()) {
    const {quarry, seed} = found
    running.set(quarry, (running.get(quarry) ?? 0) + 1)
    const hunt = await hunted(quarry, seed)
    running.set(quarry, (running.get(quarry) ?? 1) - 1)
    addToRecord(REAL, hunt)
    const outcome = hunt.convicted ? 'convicted' : `MISSED (${hunt.why})`
    process.stdout.write(
      `${`${hunt.target}/${hunt.bug}`.padEnd(34)} ${seed} ${outcome} ${hunt.seconds} s  ${hunt.found.join(', ') || 'nothing'}\n`,
    )
  }
}

// A whole core for as long as we run, and no longer: it ends with its parent's pipe.
const loop =
  'process.stdin.on("end", () => process.exit()).resume(); setInterval(() => { const until = Date.now() + 95; while (Date.now() < until); }, 0)'
const burden = busy ? spawn(process.execPath, ['-e', loop], {stdio: ['pipe', 'ignore', 'ignore']}) : undefined
try {
  await Promise.all(Array.from({length: parseCount('--at-once', values['at-once'])}, huntOn))
} finally {
  burden?.kill('SIGKILL')
}
