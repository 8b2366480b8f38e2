/**
 * How much memory large histories take, and how fast they go, stage by stage: read, kept in the store, checked as `chaos
 * check` does it. Each stage is a process of its own; a file need not fit into memory, and must not have to.
 *
 *     node --import tsx bench/memory.ts [megabytes] [directory]
 *
 * MB/s are by CPU time of all threads: other load on the machine does not count.
 */
import {spawnSync} from 'node:child_process'
import {createReadStream, mkdtempSync, rmSync, statSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {checkOne} from '../cli/commands/check/check-one.ts'
import {AnyReader, readBatches} from '../core/format/index.ts'
import {OpStore} from '../core/store/op-store.ts'
import {createCheckPool} from '../runner/judging/check-pool.ts'
import {type BigFile, writeBigFile} from './big-files.ts'

/** What a stage makes of a file, in a few words. */
const STAGES: Readonly<Record<string, (file: string) => Promise<string>>> = {
  async read(file) {
    let ops = 0
    for await (const batch of batchesOf(file)) ops += batch.length
    return `${ops} ops`
  },
  async store(file) {
    const store = new OpStore()
    for await (const batch of batchesOf(file)) store.pushAll(batch)
    return `${store.length} ops`
  },
  async check(file) {
    const pool = createCheckPool()
    const request = {judging: {thresholds: []}, timeoutMs: 600_000, memoryBytes: 2e9, json: false} as const
    const checked = await checkOne(file, {...request, expect: 'pass', unknownAs: 'unknown'}, {parallel: pool})
    await pool.close()
    return 'judged' in checked ? checked.judged.judgement.validity : 'not judged'
  },
}

const CASES: Readonly<Record<string, Omit<BigFile, 'bytes'>>> = {
  'registers, 1000 keys': {what: 'register', format: 'jsonl', keys: 1000},
  'registers, one key': {what: 'register', format: 'jsonl', keys: 1},
  lists: {what: 'list-append', format: 'jsonl'},
  'registers in EDN': {what: 'register', format: 'edn', keys: 1000},
}

if (process.argv[2] === '--stage') await child(process.argv[3]!, process.argv[4]!)
else main(Number(process.argv[2] ?? 300), process.argv[3])

function main(megabytes: number, parent = tmpdir()): void {
  const directory = mkdtempSync(join(parent, 'chaos-memory-'))
  try {
    for (const [name, shape] of Object.entries(CASES)) {
      const file = join(directory, `history.${shape.format}`)
      writeBigFile(file, {...shape, bytes: megabytes * 1e6})
      const bytes = statSync(file).size
      console.log(`\n${name}: ${(bytes / 1e6).toFixed(0)} MB`)
      for (const stage of Object.keys(STAGES)) console.log(`  ${stage.padEnd(6)} ${measured(stage, file, bytes)}`)
      rmSync(file)
    }
  } finally {
    rmSync(directory, {recursive: true})
  }
}

function measured(stage: string, file: string, bytes: number): string {
  const script = fileURLToPath(import.meta.url)
  const {status, stdout, stderr} = spawnSync(process.execPath, ['--import', 'tsx', script, '--stage', stage, file], {
    encoding: 'utf8',
  })
  if (status !== 0) return `ended with ${status}: ${stderr.trim().split('\n').at(-1)}`
  const {result, cpuMs, wallMs, peakBytes} = JSON.parse(stdout) as Measured
  const rate = `${(bytes / 1000 / cpuMs).toFixed(0).padStart(4)} MB/s`
  const took = `${(cpuMs / 1000).toFixed(1).padStart(6)} s CPU ${(wallMs / 1000).toFixed(1).padStart(6)} s`
  return `${rate} ${took}   peak ${(peakBytes / 1e6).toFixed(0).padStart(5)} MB   ${result}`
}

interface Measured {
  readonly result: string
  readonly cpuMs: number
  readonly wallMs: number
  readonly peakBytes: number
}

/** The stage alone, start-up apart; the peak is of the whole process. */
async function child(stage: string, file: string): Promise<void> {
  const before = process.cpuUsage()
  const startNs = process.hrtime.bigint()
  const result = await STAGES[stage]!(file)
  const {user, system} = process.cpuUsage(before)
  const wallMs = Number(process.hrtime.bigint() - startNs) / 1e6
  const peakBytes = 1024 * process.resourceUsage().maxRSS
  console.log(JSON.stringify({result, cpuMs: (user + system) / 1000, wallMs, peakBytes} satisfies Measured))
}

function batchesOf(file: string) {
  return readBatches(
    new AnyReader({file}),
    createReadStream(file, {highWaterMark: 1 << 18}) as AsyncIterable<Uint8Array>,
  )
}
