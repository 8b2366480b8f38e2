/**
 * Real targets in their correct modes, run again and again under every workload: an accusation among these runs is a fault of
 * ours until it is explained. Those that did not pass are kept.
 *
 * Each run is a line of the record, from which a later call goes on. Every combination of target and workload gets its first
 * run before any gets its second, so that a series cut short has seen something of all.
 *
 *     npm run build && node --import tsx bench/correct-modes.ts [--runs 10] [--minutes 60] [--jobs 1] [TARGET[:WORKLOAD]…]
 *     node --import tsx bench/correct-modes.ts --page [--record FILE]…
 *
 * `--page` writes what the records hold into docs/clusters.md instead. All runs of all targets take hours.
 */
import {existsSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {performance} from 'node:perf_hooks'
import {parseArgs} from 'node:util'
import {execa} from 'execa'
import {calendarDate} from '../core/clock.ts'
import {lookUp} from '../core/registry.ts'
import {REAL} from '../targets/index.ts'
import {ROOT} from '../tests/sources.ts'
import {type CorrectRun, correctModesSection, tallies} from './correct-modes-section.ts'
import {lightFaults} from './real-faults.ts'
import {addToRecord, readRecord, writeSection} from './record.ts'

const ENDS: Readonly<Record<number, string>> = {0: 'pass', 1: 'accused', 3: 'unknown', 5: 'outage'}
const OUTPUT = '.chaos/correct-modes'
/** What is kept in the repository of all runs. */
const FIGURES = new URL('./correct-modes.json', import.meta.url)

const {values, positionals} = parseArgs({
  options: {
    runs: {type: 'string', default: '10'},
    time: {type: 'string', default: '30s'},
    rate: {type: 'string', default: '50'},
    'target-arg': {type: 'string', multiple: true, default: []},
    record: {type: 'string', multiple: true, default: ['.chaos/correct-modes.jsonl']},
    minutes: {type: 'string', default: '600'},
    jobs: {type: 'string', default: '1'},
    page: {type: 'boolean', default: false},
  },
  allowPositionals: true,
})
const record = values.record[0] as string
const how = `${values.time} each under partitions, kills and pauses, ${values.rate} operations a second`

interface Combination {
  readonly target: string
  readonly workload: string
  /** Runs begun in this process that are not in the record yet. */
  running: number
}

const sameAs =
  ({target, workload}: Combination) =>
  (run: CorrectRun) =>
    run.target === target && run.workload === workload

if (values.page) page()
else await series(combinations(positionals.length > 0 ? positionals : Object.keys(REAL)))

/** First workloads of all, then second ones: runs side by side are of different targets. */
function combinations(names: readonly string[]): Combination[] {
  const lists = names.map((name) => {
    const [targetName = '', only] = name.split(':')
    const target = lookUp('target', REAL, targetName)
    const absent = target.absent?.()
    if (absent !== undefined) console.log(`${targetName}: absent (${absent})`)
    const workloads =
      only === undefined ? Object.keys(target.claims) : [lookUp('workload', target.claims, only) && only]
    return absent === undefined ? workloads.map((workload) => ({target: targetName, workload, running: 0})) : []
  })
  const longest = Math.max(...lists.map(({length}) => length))
  return Array.from({length: longest}, (_, i) => lists.flatMap((list) => list[i] ?? [])).flat()
}

async function series(all: readonly Combination[]): Promise<void> {
  const deadlineMs = performance.now() + Number(values.minutes) * 60_000
  const next = (): Combination | undefined => {
    const done = readRecord<CorrectRun>(record)
    const begun = (each: Combination) => done.filter(sameAs(each)).length + each.running
    const [first] = [...all].sort((a, b) => begun(a) - begun(b))
    return first !== undefined && begun(first) < Number(values.runs) ? first : undefined
  }
  const job = async () => {
    for (let each = next(); each !== undefined && performance.now() < deadlineMs; each = next()) {
      each.running++
      const run = await runOnce(each, `correct-${crypto.randomUUID().slice(0, 8)}`)
      each.running--
      addToRecord(record, run)
      console.log(`${run.target} ${run.workload} ${run.seed}: ${run.outcome}${run.reason ? `: ${run.reason}` : ''}`)
    }
  }
  await Promise.all(Array.from({length: Number(values.jobs)}, job))
  const accused = readRecord<CorrectRun>(record).filter(({outcome}) => outcome === 'accused')
  process.exitCode = accused.length > 0 ? 1 : 0
}

async function runOnce({target, workload}: Combination, seed: string): Promise<CorrectRun> {
  const args = ['run', target, '-w', workload, '--time', values.time, '--seed', seed, '-o', OUTPUT]
  args.push('--nemesis', lightFaults(lookUp('target', REAL, target), {disks: false}), '--rate', values.rate)
  for (const arg of values['target-arg']) args.push('--target-arg', arg)
  const {
    exitCode = 70,
    stdout,
    stderr,
  } = await execa(process.execPath, [join(ROOT, 'bin/chaos.js'), ...args], {
    ...{reject: false, timeout: 300_000, killSignal: 'SIGINT'},
    env: {NO_COLOR: '1', CI: '1'},
  })
  const kept = /^ +Report +(.*)\/report\.html$/m.exec(stdout)?.[1]
  const version = kept === undefined ? '' : `${json(join(kept, 'run.json')).cluster ?? ''}`.split(',')[0]
  const verdicts: Verdict[] = kept === undefined ? [] : (json(join(kept, 'verdict.json')).verdicts ?? [])
  const outcome = ENDS[exitCode] ?? `exit ${exitCode}`
  const bad = verdicts.filter(({validity}) => validity === (outcome === 'unknown' ? 'unknown' : 'invalid'))
  const reason =
    bad.map(({property, summary}) => `${property}: ${summary}`).join('; ') || `${stderr}${stdout}`.slice(-400)
  if (exitCode === 0 && kept !== undefined) rmSync(kept, {recursive: true, force: true})
  else console.log(`  kept ${kept}`)
  return {
    ...{target, workload, seed, outcome, version: version ?? ''},
    ...(exitCode === 0 ? {} : {reason}),
    date: calendarDate().toISOString().slice(0, 10),
    operations: verdicts.find(({checker}) => checker === 'stats')?.measures?.operations ?? 0,
  }
}

interface Verdict {
  readonly checker: string
  readonly property: string
  readonly validity: string
  readonly summary: string
  readonly reason?: string
  readonly anomalies: readonly {readonly type: string}[]
  readonly measures?: {readonly operations?: number}
}

function json(file: string) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {}
}

function page(): void {
  const all = tallies(
    values.record.flatMap((file) => readRecord<CorrectRun>(file)),
    Object.keys(REAL),
  )
  writeFileSync(FIGURES, `${JSON.stringify(all, null, 2)}\n`)
  writeSection(correctModesSection(all, how))
}
