/**
 * The first check of a process, beside an older build: what a user of `chaos check` waits for, compiling included. One register of
 * 1 000 000 operations, 50 clients, 5 values, read from a file as `chaos check` reads it; then the check alone is timed. The builds
 * take turns, each time in a fresh process.
 *
 *     node --import tsx bench/cold.ts [--base COMMIT] [--turns 3]
 *
 * Counted is processor time, since others may use the machine: that of the thread that checks, which is what one waits for, and that
 * of the whole process, in which V8 compiles beside it. Linux only.
 *
 * Figures (30 November 2026, Node 20.20, 2 cores, nothing else running), three turns: the thread 389, 389, 390 ms against 1841, 1835,
 * 1851 ms, 4.7 x; the process 605, 597, 598 ms against 2169, 2129, 2165 ms, 3.6 x. At most 216 MB against 251 MB. Some 200 ms of the
 * process are other threads of V8, which compile above all; 320 ms with the older build.
 */
import {execFileSync, execSync} from 'node:child_process'
import {
  closeSync,
  createReadStream,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeSync,
} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {fileURLToPath, pathToFileURL} from 'node:url'
import {parseArgs} from 'node:util'
import {FORMATS} from '../core/format/index.ts'
import {registerHistory} from './linearizable-histories.ts'

interface Took {
  readonly validity: string
  readonly threadMs: number
  readonly processMs: number
  readonly memoryMb: number
}

const root = fileURLToPath(new URL('..', import.meta.url))
const {values} = parseArgs({
  options: {
    base: {type: 'string', default: '0809371'},
    turns: {type: 'string', default: '3'},
    // Of the processes that this one starts.
    build: {type: 'string'},
    file: {type: 'string'},
  },
})

if (values.build !== undefined && values.file !== undefined) {
  console.log(JSON.stringify(await checkOnce(values.build, values.file)))
} else compare(values.base, Number(values.turns))

function compare(base: string, turns: number): void {
  const directory = mkdtempSync(join(tmpdir(), 'chaos-cold-'))
  try {
    const older = join(directory, 'older')
    mkdirSync(older)
    execSync(`git archive ${base} | tar -x -C '${older}'`, {cwd: root})
    symlinkSync(join(root, 'node_modules'), join(older, 'node_modules'))
    const file = join(directory, 'register.jsonl')
    write(file)
    const took = {older: [] as Took[], ours: [] as Took[]}
    for (let turn = 0; turn < turns; turn++) {
      took.older.push(inFreshProcess(older, file))
      took.ours.push(inFreshProcess(root, file))
    }
    for (const [name, all] of Object.entries(took)) {
      const of = (field: 'threadMs' | 'processMs' | 'memoryMb') => all.map((one) => one[field].toFixed(0)).join(', ')
      const what = `${name}, ${all[0]!.validity}`
      console.log(
        `${what.padEnd(14)} thread ${of('threadMs')} ms, process ${of('processMs')} ms, memory ${of('memoryMb')} MB`,
      )
    }
    const ratio = (field: 'threadMs' | 'processMs') =>
      (
        took.older.reduce((sum, one) => sum + one[field], 0) / took.ours.reduce((sum, one) => sum + one[field], 0)
      ).toFixed(1)
    console.log(`${ratio('threadMs')} x by the thread that checks, ${ratio('processMs')} x by the process`)
  } finally {
    rmSync(directory, {recursive: true, force: true})
  }
}

function write(path: string): void {
  const {write: writer} = FORMATS.jsonl
  const file = openSync(path, 'w')
  const ops = registerHistory({seed: 'bench', operations: 1_000_000, clients: 50, values: 5})
  for (let first = 0; first < ops.length; first += 50_000) {
    writeSync(
      file,
      `${ops
        .slice(first, first + 50_000)
        .map(writer.op)
        .join('\n')}\n`,
    )
  }
  closeSync(file)
}

function inFreshProcess(build: string, file: string): Took {
  const words = ['--import', 'tsx', fileURLToPath(import.meta.url), '--build', build, '--file', file]
  return JSON.parse(execFileSync(process.execPath, words, {cwd: root, encoding: 'utf8'})) as Took
}

/** With the modules of this build. */
async function checkOnce(build: string, file: string): Promise<Took> {
  const from = async (path: string) => await import(pathToFileURL(join(build, path)).href)
  const {linearizable} = (await from(
    'checkers/linearizable/index.ts',
  )) as typeof import('../checkers/linearizable/index.ts')
  const {AnyReader, readBatches} = (await from('core/format/index.ts')) as typeof import('../core/format/index.ts')
  const {OpStore} = (await from('core/store/op-store.ts')) as typeof import('../core/store/op-store.ts')
  const {history} = (await from('core/history.ts')) as typeof import('../core/history.ts')
  const store = new OpStore()
  const bytes = createReadStream(file, {highWaterMark: 1 << 20})
  for await (const ops of readBatches(new AnyReader({file}), bytes)) store.pushAll(ops)
  const checker = linearizable({model: 'cas-register', stories: 0})
  const processBefore = process.cpuUsage()
  const threadBefore = threadMs()
  const {validity} = await checker.check(history(store))
  const threadAfter = threadMs()
  const {user, system} = process.cpuUsage(processBefore)
  const memoryMb = process.resourceUsage().maxRSS / 1024
  return {validity, threadMs: threadAfter - threadBefore, processMs: (user + system) / 1000, memoryMb}
}

/** What the main thread has used of a processor, by the scheduler's own count. */
function threadMs(): number {
  return Number(readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'utf8').split(' ')[0]) / 1e6
}
