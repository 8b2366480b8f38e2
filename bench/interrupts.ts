/**
 * Interrupts runs of real databases at random moments, their start included, by SIGINT, SIGTERM and SIGKILL in turn, and counts
 * what is left: processes (and so ports), mounts, loop devices, disks of nodes, temporary files.
 *
 *     npm run build && node --import tsx bench/interrupts.ts [--runs 20] [--seed interrupts] [etcd redis postgres …]
 *
 * Databases that are not installed are passed over, and said so.
 */
import {spawn} from 'node:child_process'
import {mkdirSync} from 'node:fs'
import {parseArgs} from 'node:util'
import {can} from '../core/capabilities.ts'
import {createRandom} from '../core/random.ts'
import {lookUp} from '../core/registry.ts'
import {REAL} from '../targets/index.ts'
import {CHAOS, processesOf, Workplace} from '../tests/e2e/cli.ts'
import {files, loopDevices, marked, mounts, until} from './leftovers.ts'

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGKILL'] as const
/** The moment of an interrupt, ms after the start of the harness: most are up after 2 to 8 s. */
const [FROM_MS, TO_MS] = [200, 12_000]

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
  place.dispose()
  return {left, tookMs, end}
}

const {values, positionals} = parseArgs({
  allowPositionals: true,
  options: {runs: {type: 'string', default: '20'}, seed: {type: 'string', default: 'interrupts'}},
})
const runs = Number(values.runs)
let leaks = 0
for (const name of positionals.length === 0 ? Object.keys(REAL) : positionals) {
  const target = lookUp('target', REAL, name)
  const absent = target.absent?.()
  if (absent !== undefined) {
    console.log(`${name}: absent: ${absent}`)
    continue
  }
  const capabilities = target.capabilities({nodes: ['n1', 'n2', 'n3'], bugs: [], args: {}})
  const nemesis = can(capabilities, 'disk.power-cut') ? 'disk,partition,kill,pause' : 'partition,kill,pause'
  const random = createRandom(`${values.seed}:${name}`)
  const slowest = {SIGINT: 0, SIGTERM: 0, SIGKILL: 0}
  const ends = new Map<string, number>()
  let clean = 0
  for (let i = 0; i < runs; i++) {
    const signal = SIGNALS[i % 3] as (typeof SIGNALS)[number]
    const atMs = Math.round(random.between(FROM_MS, TO_MS))
    const {left, tookMs, end} = await interrupted({target: name, nemesis, signal, atMs})
    slowest[signal] = Math.max(slowest[signal], tookMs)
    ends.set(end, (ends.get(end) ?? 0) + 1)
    if (left.length === 0) clean++
    else console.log(`${name} ${signal} after ${atMs} ms left:\n  ${left.join('\n  ')}`)
  }
  leaks += runs - clean
  const how = [...ends].map(([end, times]) => `${times} × ${end}`).join(', ')
  console.log(
    `${name} under ${nemesis}: ${clean} of ${runs} left nothing; ends ${how}; slowest ${JSON.stringify(slowest)} ms`,
  )
}
process.exitCode = leaks === 0 ? 0 : 1
