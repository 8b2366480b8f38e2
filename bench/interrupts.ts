/**
 * Interrupts runs of real databases at random moments, their start included, by SIGINT, SIGTERM and SIGKILL in turn, and counts
 * what is left: processes (and so ports), mounts, loop devices, disks of nodes, temporary files.
 *
 * Each run is a line of the record, from which a later call goes on. Databases that are not installed are passed over, and said
 * so. `--page` writes what the record holds into docs/clusters.md instead.
 *
 *     npm run build && node --import tsx bench/interrupts.ts [--runs 20] [--minutes 60] [etcd redis postgres …]
 *     node --import tsx bench/interrupts.ts --page [--record FILE]
 */
import {spawn} from 'node:child_process'
import {mkdirSync, writeFileSync} from 'node:fs'
import {parseArgs} from 'node:util'
import {calendarDate} from '../core/clock.ts'
import {createRandom} from '../core/random.ts'
import {lookUp} from '../core/registry.ts'
import {REAL} from '../targets/index.ts'
import {CHAOS, processesOf, Workplace} from '../tests/e2e/cli.ts'
import {type Interruption, interruptsSection, interruptTallies} from './interrupts-section.ts'
import {files, loopDevices, marked, mounts, until} from './leftovers.ts'
import {lightFaults} from './real-faults.ts'
import {addToRecord, readRecord, writeSection} from './record.ts'

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGKILL'] as const
/** The moment of an interrupt, ms after the start of the harness: most are up after 2 to 8 s, or later on a busy machine. */
const [FROM_MS, TO_MS] = [200, 20_000]
/** What is kept in the repository of all runs. */
const FIGURES = new URL('./interrupts.json', import.meta.url)

interface Interrupt {
  readonly target: string
  readonly nemesis: string
  readonly signal: NodeJS.Signals
  readonly atMs: number
}

/** What is left half a minute later at most, how the harness ended, and how long it all took to be gone. */
async function interrupted({target, nemesis, signal, atMs}: Interrupt) {
  const place = new Workplace()
  const temporary = place.file('tmp')
  mkdirSync(temporary)
  const mark = `CHAOS_INTERRUPTED=${place.directory}`
  const words = [CHAOS, 'run', target, '--nemesis', nemesis, '--interval', '2s', '--time', '60s']
  const child = spawn(process.execPath, words, {
    cwd: place.directory,
    stdio: 'ignore',
    env: {...process.env, TMPDIR: temporary, CI: '1', CHAOS_INTERRUPTED: place.directory},
  })
  const ended = new Promise<string>((resolve) => child.once('exit', (code, by) => resolve(String(code ?? by))))
  await new Promise((resolve) => setTimeout(resolve, atMs))
  child.kill(signal)
  const start = performance.now()
  const end = await ended
  const look = () => [
    ...marked(mark).map((found) => `process ${found}`),
    ...processesOf(place.directory).map((found) => `process ${found}`),
    ...mounts(place.directory).map((found) => `mount ${found}`),
    ...loopDevices(place.directory).map((found) => `loop device ${found}`),
    ...files(temporary).map((found) => `temporary file ${found}`),
    ...files(place.file('.chaos', 'runs')).flatMap((run) =>
      files(place.file('.chaos', 'runs', run)).filter((found) => found === 'disks'),
    ),
  ]
  await until(() => look().length === 0)
  const left = look()
  const tookMs = Math.round(performance.now() - start)
  // What was left is to be looked at, and not to be taken away with it.
  if (left.length === 0) place.dispose()
  return {left, tookMs, end}
}

const {values, positionals} = parseArgs({
  allowPositionals: true,
  options: {
    runs: {type: 'string', default: '20'},
    seed: {type: 'string', default: 'interrupts'},
    minutes: {type: 'string', default: '600'},
    record: {type: 'string', default: '.chaos/interrupts.jsonl'},
    page: {type: 'boolean', default: false},
  },
})
const {record} = values
const deadlineMs = performance.now() + Number(values.minutes) * 60_000
const before = (name: string) => readRecord<Interruption>(record).filter(({target}) => target === name)

if (values.page) {
  const all = interruptTallies(readRecord<Interruption>(record), Object.keys(REAL))
  writeFileSync(FIGURES, `${JSON.stringify(all, null, 2)}\n`)
  writeSection(interruptsSection(all))
} else {
  for (const name of positionals.length === 0 ? Object.keys(REAL) : positionals) await series(name)
  process.exitCode = readRecord<Interruption>(record).every(({left}) => left.length === 0) ? 0 : 1
}

async function series(name: string): Promise<void> {
  const target = lookUp('target', REAL, name)
  const absent = target.absent?.()
  if (absent !== undefined) {
    console.log(`${name}: absent: ${absent}`)
    return
  }
  const nemesis = lightFaults(target, {disks: true})
  const runs = Number(values.runs)
  for (let i = before(name).length; i < runs && performance.now() < deadlineMs; i++) {
    const signal = SIGNALS[i % 3] as (typeof SIGNALS)[number]
    // Of each run its own, so that a series that goes on tries the same moments as one that was not cut short.
    const atMs = Math.round(createRandom(`${values.seed}:${name}:${i}`).between(FROM_MS, TO_MS))
    const {left, tookMs, end} = await interrupted({target: name, nemesis, signal, atMs})
    const date = calendarDate().toISOString().slice(0, 10)
    addToRecord(record, {target: name, nemesis, signal, atMs, left, tookMs, end, date} satisfies Interruption)
    if (left.length > 0) console.log(`${name} ${signal} after ${atMs} ms left:\n  ${left.join('\n  ')}`)
  }
  const done = before(name)
  const clean = done.filter(({left}) => left.length === 0).length
  console.log(`${name} under ${nemesis}: ${clean} of ${done.length} left nothing`)
}
