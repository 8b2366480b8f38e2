/**
 * How long linearizability takes, ours beside Porcupine on the same histories, in the same run: single registers from
 * 1 000 to 1 000 000 operations, with repeated and with unique values, valid and with each kind of violation; with pending
 * operations; key-value stores on all cores; Porcupine's own logs; and the stream.
 *
 *     node --import tsx bench/linearizable.ts [small] [registers] [pending] [store] [corpus] [stream] [--large] [--no-peer]
 *
 * Ours is the whole check from the ops in memory to the verdict, without the story that theirs does not tell either; what
 * the story takes is told apart. Theirs is `CheckOperations`. Both apart from parsing and start-up; the median of several
 * runs where they are short. Each section ends with what it comes to.
 *
 * The first check of a process pays for compiling: see `cold.ts`. From ops that are objects in memory it takes some 0.13 s more for two
 * million of them, whoever passes over them first: they are not in the processor's cache.
 *
 * Of 1 000 operations all 56 shapes take at most 0.6 ms once warm, 5 to 50 clients (30 November 2026, others at work on both cores: load 19).
 * Of 288 violations of four seeds, 2, 5 and 20 values, the dearest took 1.1 ms of processor time; it took 5.4 ms while a wider beam was
 * tried before single values were looked at. The first such check of a process takes 10 to 70 ms, which is compiling.
 *
 * Porcupine's logs (30 November 2026, load 20): in two runs it was faster on none of 109, and the median was 5.2 and 4.2 x. The nearest, one
 * client and 38 operations, took 1.1 and 1.4 x (0.7 x while objects without overlaps went through an engine); the next 1.5 x and more.
 */
import {existsSync, readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {linearizable, linearizableStream} from '../checkers/linearizable/index.ts'
import type {Checker, Parallel} from '../core/checker.ts'
import {parseHistory} from '../core/format/index.ts'
import {history} from '../core/history.ts'
import type {Op} from '../core/op.ts'
import {createBudget} from '../runner/judging/budget.ts'
import {createCheckPool} from '../runner/judging/check-pool.ts'
import {opStream, registerHistory, storeHistory, type Violation} from './linearizable-histories.ts'
import {type Peer, type PeerResult, porcupine} from './peers/porcupine.ts'

const argv = process.argv.slice(2)
const sections = argv.filter((word) => !word.startsWith('--'))
const wants = (section: string) => sections.length === 0 || sections.includes(section)
const large = argv.includes('--large')

/** Theirs is given up after this, and beyond this memory. */
const PEER_LIMIT_MS = 10_000
const PEER_MEMORY_KB = 6_000_000

const built = argv.includes('--no-peer') ? 'Porcupine was not asked for' : porcupine(PEER_LIMIT_MS, PEER_MEMORY_KB)
const peer: Peer | undefined = typeof built === 'string' ? undefined : built
if (typeof built === 'string') console.log(`${built}: ours alone\n`)

interface Ours {
  readonly validity: string
  readonly tookMs: number
}

/** Shorter checks than this are timed so many together; so does the peer's program. */
const SHORT_MS = 0.02
const TOGETHER = 50

/** The median of several runs, of at least three and for at most a quarter of a second, where they are short. */
async function ours(checker: Checker, ops: readonly Op[], parallel?: Parallel, failFast = false): Promise<Ours> {
  const took: number[] = []
  let validity = ''
  // To ask the clock takes longer than an empty record: where one check is that short, many are timed together, here and there.
  let together = 1
  for (let spentMs = 0; took.length < 3 || (took.length < 25 && spentMs < 250); ) {
    const records = Array.from({length: together}, () => history(ops))
    const budget = createBudget(60_000, 4e9)
    const options = {budget, failFast, ...(parallel === undefined ? {} : {parallel})}
    const startNs = process.hrtime.bigint()
    for (const record of records) {
      const verdict = checker.check(record, options)
      validity = 'validity' in verdict ? verdict.validity : (await verdict).validity
    }
    const tookMs = Number(process.hrtime.bigint() - startNs) / 1e6 / together
    if (took.length === 0 && tookMs < SHORT_MS) together = TOGETHER
    took.push(tookMs)
    spentMs += tookMs
    if (spentMs > 2000) break
  }
  return {validity, tookMs: median(took)}
}

function median(numbers: number[]): number {
  return numbers.sort((left, right) => left - right)[numbers.length >> 1]!
}

const ms = (tookMs: number) => tookMs.toFixed(tookMs < 0.1 ? 4 : tookMs < 10 ? 2 : 0)

/** One line: ours, theirs, how many times faster. Says so where a verdict is not the expected one. */
async function compare(
  name: string,
  checker: Checker,
  ops: readonly Op[],
  expected: string | undefined,
  options: Options = {},
): Promise<Row> {
  const {parallel, model = 'register', againstPeer = true} = options
  const mine = await ours(checker, ops, parallel, options.failFast)
  const theirs = againstPeer ? peer?.check(ops, model) : undefined
  const other =
    theirs === undefined
      ? ''
      : theirs.verdict === 'out of memory'
        ? 'out of memory'
        : theirs.verdict === 'Unknown'
          ? `> ${PEER_LIMIT_MS / 1000} s`
          : `${ms(theirs.tookMs)} ms  ${(theirs.tookMs / mine.tookMs).toFixed(1)} x`
  const told =
    options.story === undefined ? '' : `   with its story ${ms((await ours(options.story, ops, parallel)).tookMs)} ms`
  const isWrong = expected !== undefined && mine.validity !== expected
  const wrong = isWrong ? `  !! ${mine.validity}, expected ${expected}` : ''
  console.log(`${name.padEnd(44)} ${`${ms(mine.tookMs)} ms`.padStart(12)}   ${other}${told}${wrong}`)
  if (isWrong) process.exitCode = 1
  return {isWrong, mineMs: mine.tookMs, theirsMs: theirs?.tookMs, theirs: theirs?.verdict}
}

interface Row {
  readonly isWrong: boolean
  readonly mineMs: number
  readonly theirsMs: number | undefined
  readonly theirs: PeerResult['verdict'] | undefined
}

/** What a section comes to. */
function conclude(rows: readonly Row[]): void {
  const wrong = rows.filter(({isWrong}) => isWrong).length
  const slowest = Math.max(...rows.map(({mineMs}) => mineMs))
  const both = rows.filter(({theirs}) => theirs === 'Ok' || theirs === 'Illegal')
  const undecided = rows.filter(({theirs}) => theirs === 'Unknown' || theirs === 'out of memory').length
  const ratios = both.map(({mineMs, theirsMs}) => theirsMs! / mineMs)
  const slower = ratios.filter((ratio) => ratio < 1).length
  const beside =
    ratios.length === 0
      ? ''
      : `; Porcupine decided ${both.length}, gave up ${undecided}; where it decided it took ${median(ratios).toFixed(1)} x our time (median), and on ${slower} less than ours`
  console.log(`together: ${rows.length - wrong} of ${rows.length} right, the slowest in ${ms(slowest)} ms${beside}`)
}

interface Options {
  readonly parallel?: Parallel
  readonly model?: 'register' | 'kv'
  readonly againstPeer?: boolean
  readonly failFast?: boolean
  /** The checker that explains too. */
  readonly story?: Checker
}

const casRegister = linearizable({model: 'cas-register', stories: 0})
const VIOLATIONS: readonly (Violation | undefined)[] = [
  undefined,
  'stale',
  'phantom',
  'invert',
  'chain',
  'flicker',
  'rush',
]

async function registers(): Promise<void> {
  const rows: Row[] = []
  console.log('\nsingle registers: operations, clients, values, violation')
  for (const operations of large ? [1000, 10_000, 100_000, 1_000_000] : [1000, 10_000, 100_000]) {
    for (const clients of [5, 10, 20, 50]) {
      for (const values of [5, 0]) {
        for (const violation of VIOLATIONS) {
          const shape = {seed: 'bench', operations, clients, values}
          const ops = registerHistory(violation === undefined ? shape : {...shape, violation})
          const name = `${operations} c${clients} ${values === 0 ? 'unique' : `${values} values`} ${violation ?? 'valid'}`
          // It needs more than 10 GB beyond this.
          const againstPeer = operations <= 10_000
          rows.push(await compare(name, casRegister, ops, violation === undefined ? 'valid' : 'invalid', {againstPeer}))
        }
      }
    }
  }
  conclude(rows)
}

/** What a night's run is made of: thousands of short histories. */
async function small(): Promise<void> {
  const rows: Row[] = []
  console.log('\n1 000 operations: clients, values, violation (wanted: at most 2 ms without the story)')
  const records = [5, 10, 20, 50].flatMap((clients) =>
    [5, 0].flatMap((values) =>
      VIOLATIONS.map((violation) => {
        const shape = {seed: 'bench', operations: 1000, clients, values}
        const ops = registerHistory(violation === undefined ? shape : {...shape, violation})
        const name = `c${clients} ${values === 0 ? 'unique' : `${values} values`} ${violation ?? 'valid'}`
        return {name, ops, expected: violation === undefined ? 'valid' : 'invalid'}
      }),
    ),
  )
  // Theirs is compiled before it runs.
  const warmUp = createBudget(10_000, 4e9)
  for (let round = 0; round < 30 && warmUp.exceeded() === undefined; round++) {
    for (const {ops} of records) await casRegister.check(history(ops), {budget: createBudget(60_000, 4e9)})
  }
  for (const {name, ops, expected} of records) rows.push(await compare(name, casRegister, ops, expected))
  conclude(rows)
}

async function pendings(): Promise<void> {
  const rows: Row[] = []
  console.log('\n10 000 operations, 10 clients: pending, values, violation')
  for (const pending of [1, 2, 5, 10, 20, 50, 100, 300]) {
    for (const values of [5, 0]) {
      for (const violation of VIOLATIONS) {
        const shape = {seed: 'bench', operations: 10_000, clients: 10, values, pending}
        const ops = registerHistory(violation === undefined ? shape : {...shape, violation})
        const name = `${pending} pending ${values === 0 ? 'unique' : `${values} values`} ${violation ?? 'valid'}`
        const againstPeer = violation === undefined || violation === 'chain'
        rows.push(await compare(name, casRegister, ops, violation === undefined ? 'valid' : 'invalid', {againstPeer}))
      }
    }
  }
  conclude(rows)
}

async function stores(): Promise<void> {
  console.log('\nkey-value stores, all cores: operations, keys, clients, values')
  const rows: Row[] = []
  const pool = createCheckPool()
  for (const [operations, keys] of [
    [100_000, 100],
    [1_000_000, 1000],
    [1_000_000, 10_000],
  ] as const) {
    for (const clients of [10, 50]) {
      for (const values of [5, 0]) {
        for (const violation of [undefined, 'chain'] as const) {
          const shape = {seed: 'bench', operations, keys, clients, values}
          const ops = storeHistory(violation === undefined ? shape : {...shape, violation})
          const name = `${operations} k${keys} c${clients} ${values === 0 ? 'unique' : `${values} values`} ${violation ?? 'valid'}`
          const expected = violation === undefined ? 'valid' : 'invalid'
          rows.push(await compare(name, casRegister, ops, expected, {parallel: pool}))
          // As the peer does it: it stops at the first broken key.
          if (violation !== undefined)
            rows.push(await compare(`${name}, fail-fast`, casRegister, ops, expected, {parallel: pool, failFast: true}))
        }
      }
    }
  }
  await pool.close()
  conclude(rows)
}

async function corpus(): Promise<void> {
  if (peer === undefined || !existsSync(peer.corpus)) {
    console.log("\nPorcupine's own logs: skipped, its module is not here")
    return
  }
  const data = peer.corpus
  const rows: Row[] = []
  console.log("\nPorcupine's own logs")
  let mineMs = 0
  let theirsMs = 0
  const logs = (['jepsen', 'kv'] as const).flatMap((folder) =>
    readdirSync(join(data, folder))
      .sort()
      .map((file) => ({folder, file, ops: parseHistory(readFileSync(join(data, folder, file)), {file}).ops})),
  )
  const kv = linearizable({model: 'kv', stories: 0})
  // Theirs is compiled before it runs. Ours is when it has run a few times, as it has after a few logs of a night.
  const warmUp = createBudget(10_000, 4e9)
  for (let round = 0; round < 100; round++) {
    for (const {folder, ops} of logs) {
      if (round > 3 && warmUp.exceeded() !== undefined) continue
      const options = {budget: createBudget(60_000, 4e9), failFast: true}
      await (folder === 'kv' ? kv : casRegister).check(history(ops), options)
    }
  }
  for (const folder of ['jepsen', 'kv'] as const) {
    for (const {file, ops} of logs.filter((log) => log.folder === folder)) {
      const model = folder === 'kv' ? 'kv' : 'register'
      const {verdict} = peer.check(ops, model)
      // Nothing succeeded in some of them: we say that nothing was tested.
      const tested = ops.some(({type}) => type === 'ok')
      const decided = verdict === 'Ok' ? 'valid' : verdict === 'Illegal' ? 'invalid' : undefined
      const expected = tested ? decided : 'unknown'
      const checker = folder === 'kv' ? kv : casRegister
      const story = linearizable({model: folder === 'kv' ? 'kv' : 'cas-register'})
      // As the peer does it: it stops at the first broken key.
      const took = await compare(`${folder}/${file}`, checker, ops, expected, {model, story, failFast: true})
      rows.push(took)
      mineMs += took.mineMs
      theirsMs += took.theirsMs ?? 0
    }
  }
  conclude(rows)
  console.log(`sums: ${ms(mineMs)} ms against ${ms(theirsMs)} ms: ${(theirsMs / mineMs).toFixed(1)} x`)
}

/** What a stream may have to live with. */
const STREAMS = {
  'nothing special': {},
  'pending 1 in 10 000': {pendingEvery: 10_000},
  'pending 1 in 100': {pendingEvery: 100},
  'hanging 1 in 10 000': {hangEvery: 10_000, hang: 5000},
  'new keys, pending 1 in 1000, hanging': {share: 2000, pendingEvery: 1000, hangEvery: 10_000, hang: 5000},
} as const

function stream(): void {
  console.log('\nstream: operations per second of CPU, and memory after each tenth, MB; probed every 20 000 ops')
  const operations = large ? 10_000_000 : 1_000_000
  for (const [name, special] of Object.entries(STREAMS)) {
    for (const values of [5, 0]) {
      const checking = linearizableStream({model: 'cas-register'})
      let spentUs = 0
      let done = 0
      let probes = 0
      let probeUs = 0
      const memory: string[] = []
      for (const batch of opStream({seed: 'bench', clients: 10, keys: 10, values, operations, ...special})) {
        const before = process.cpuUsage()
        for (const op of batch) checking.push(op)
        const between = process.cpuUsage()
        checking.probe()
        const after = process.cpuUsage()
        spentUs += between.user + between.system - before.user - before.system
        probeUs += after.user + after.system - between.user - between.system
        probes++
        done += batch.length
        if (memory.length < Math.floor((10 * done) / (2 * operations))) {
          memory.push(`${Math.round(process.memoryUsage.rss() / 1e6)}`)
        }
      }
      const {validity, lost} = checking.close()
      const what = `${name}, ${values === 0 ? 'unique' : `${values} values`}`
      const speed = `${Math.round((1000 * operations) / spentUs)} k/s, a probe ${ms(probeUs / probes / 1000)} ms`
      console.log(
        `${what.padEnd(52)} ${speed}, ${validity}${lost.length > 0 ? ` (${lost.length} not followed whole)` : ''}, ${memory.join(' ')}`,
      )
    }
  }
}

if (wants('corpus')) await corpus()
if (wants('small')) await small()
if (wants('registers')) await registers()
if (wants('pending')) await pendings()
if (wants('store')) await stores()
if (wants('stream')) stream()
peer?.close()
