/**
 * Every bundled target as it is meant to be, with many simulated seeds and with ten runs of real processes: an accusation
 * among them is a fault of ours until it is explained. Goes on where an earlier call stopped: what was tried is kept in a file,
 * from which bench/track-record.ts makes its table. The main workload gets 1 000 seeds and all runs of processes; the others
 * share 1 000 seeds, each of which draws its own configuration (`--strategy swarm`).
 *
 *     nice -n 10 node --import tsx bench/correct-bundled.ts --for 9m          simulated seeds, nothing begun after 9 minutes
 *     node --import tsx bench/correct-bundled.ts --real --for 9m raft zab     runs of processes of these
 */
import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {parseArgs} from 'node:util'
import {execa} from 'execa'
import {wallClock} from '../core/clock.ts'
import {parseCount, parseDuration} from '../core/quantities.ts'
import {BUNDLED} from '../targets/index.ts'
import {ROOT} from '../tests/sources.ts'
import {addToRecord, readRecord} from './record.ts'
import {
  CORRECT,
  type CorrectSeries,
  REAL_RUNS,
  SEEDS,
  seriesOf,
  soundTargets,
  sumOf,
} from './track-record/correct-series.ts'

const CHUNK = 50
/** A seed is short and full of faults, so that a thousand are tried in the time of a coffee. */
const SHORT = ['--time', '6s', '--interval', '700ms', '--heal', '3s']

const {values, positionals} = parseArgs({
  allowPositionals: true,
  options: {
    real: {type: 'boolean', default: false},
    'at-once': {type: 'string', default: '2'},
    for: {type: 'string', default: '24h'},
  },
})
const clock = wallClock()
const untilNs = clock.nowNs() + parseDuration('--for', values.for) * 1e6
const targets = soundTargets(BUNDLED).filter(({name}) => positionals.length === 0 || positionals.includes(name))

/** One thing to do: a chunk of seeds, or one run of processes. */
interface Task {
  readonly target: string
  readonly workload: string
  readonly kind: CorrectSeries['kind']
  readonly seed: string
  readonly share: number
}

const begun = new Set<string>()

/** Whatever has come the least far, in parts of what is wanted. */
function next(): Task | undefined {
  const all = readRecord<CorrectSeries>(CORRECT)
  const tasks = targets.flatMap((target): Task[] => {
    const [main, ...others] = Object.keys(target.claims) as [string, ...string[]]
    const task = (workload: string, kind: CorrectSeries['kind'], wanted: number, step: number): Task[] => {
      let number = sumOf(seriesOf(all, target.name, kind, workload), 'seeds') / step
      while (begun.has(`${target.name} ${workload} ${kind} ${number}`)) number++
      const share = (number * step) / wanted
      return share >= 1 ? [] : [{target: target.name, workload, kind, seed: `correct-${kind}-${number}`, share}]
    }
    if (values.real) return task(main, 'real', REAL_RUNS, 1)
    return [
      ...task(main, 'random', SEEDS, CHUNK),
      ...others.flatMap((other) => task(other, 'swarm', SEEDS / others.length, CHUNK)),
    ]
  })
  const first = tasks.sort((left, right) => left.share - right.share)[0]
  if (first !== undefined) begun.add(`${first.target} ${first.workload} ${first.kind} ${first.seed.split('-')[2]}`)
  return first
}

async function chaos(...args: string[]) {
  return execa(process.execPath, [join(ROOT, 'bin/chaos.js'), ...args], {
    reject: false,
    env: {NO_COLOR: '1', CI: '1'},
  })
}

const date = () => new Date().toISOString().slice(0, 10)

async function simulated({target, workload, kind, seed}: Task, directory: string): Promise<CorrectSeries> {
  const args = ['sim', target, '-w', workload, '--seeds', String(CHUNK), '--seed', seed, '--workers', '1', ...SHORT]
  const {stdout, stderr} = await chaos(...args, '--strategy', kind, '--keep-going', '--json', '-o', directory)
  let told: {
    failed: number
    inconclusive: number
    operations: number
    faults: number
    findings: unknown[]
  }
  try {
    told = JSON.parse(stdout)
  } catch {
    throw new Error(`chaos ${args.join(' ')}: ${stderr || stdout}`)
  }
  const {operations, faults, inconclusive, findings} = told
  const accused = told.failed
  return {
    target,
    workload,
    kind,
    seed,
    seeds: CHUNK,
    accused,
    inconclusive,
    operations,
    faults,
    date: date(),
    ...(accused === 0 ? {} : {findings}),
  }
}

async function inProcesses({target, workload, kind, seed}: Task, directory: string): Promise<CorrectSeries> {
  const startNs = clock.nowNs()
  const {exitCode, stdout, stderr} = await chaos('run', target, '-w', workload, '--seed', seed, '-o', directory)
  const seconds = Number(((clock.nowNs() - startNs) / 1e9).toFixed(1))
  const said = /(\d+) operations, .*\((\d+)\/\d+ verified\)/.exec(stdout + stderr)
  const [operations, faults] = [Number(said?.[1] ?? 0), Number(said?.[2] ?? 0)]
  const accused = exitCode === 1 || exitCode === 5 ? 1 : 0
  const inconclusive = accused === 0 && exitCode !== 0 ? 1 : 0
  const findings = exitCode === 0 ? {} : {findings: [`exit ${exitCode}`, (stdout + stderr).slice(-1500)]}
  return {
    target,
    workload,
    kind,
    seed,
    seeds: 1,
    accused,
    inconclusive,
    operations,
    faults,
    date: date(),
    seconds,
    ...findings,
  }
}

async function goOn(): Promise<void> {
  for (let task = next(); task !== undefined && clock.nowNs() < untilNs; task = next()) {
    const directory = mkdtempSync(join(tmpdir(), 'chaos-correct-'))
    const series = await (values.real ? inProcesses : simulated)(task, directory)
    addToRecord(CORRECT, series)
    const {target, workload, kind, seed, seeds, accused, inconclusive} = series
    const where = accused > 0 ? `  kept in ${directory}` : ''
    process.stdout.write(
      `${target} ${workload} ${kind} ${seed}: ${seeds}, accused ${accused}, inconclusive ${inconclusive}${where}\n`,
    )
    if (accused === 0) rmSync(directory, {recursive: true, force: true})
  }
}

await Promise.all(Array.from({length: parseCount('--at-once', values['at-once'])}, goOn))
