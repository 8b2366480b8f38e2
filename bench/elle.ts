/**
 * The transaction checkers: wall time, processor time and memory over generated histories, each case in a process of its own,
 * beside what Elle was recorded to take (bench/elle-recorded.ts: not measured in this run). And beside Elle itself, in this
 * run, where ELLE_CLI_JAR names it (bench/elle-peer.ts).
 *
 *     node --import tsx bench/elle.ts [filter]
 *
 * `ops` is a check of a history of op objects (conversion included), `columns` of one that is in columns already. On a busy
 * machine processor time is the figure to look at.
 */
import {spawnSync} from 'node:child_process'
import {readFileSync, rmSync} from 'node:fs'
import {loadavg} from 'node:os'
import {fileURLToPath} from 'node:url'
import {type ElleDetail, listAppend, rwRegister} from '../checkers/elle/index.ts'
import {wallClock} from '../core/clock.ts'
import {parseHistory} from '../core/format/index.ts'
import {history} from '../core/history.ts'
import type {Verdict} from '../core/verdict.ts'
import {benchColumns, benchHistory, type HistoryShape, type Planted} from './elle-history.ts'
import {ellePeer, writeEdn} from './elle-peer.ts'
import {ELLE} from './elle-recorded.ts'
import {SHOWN, WORST, type Worst, worstColumns} from './elle-worst.ts'

interface Case extends HistoryShape {
  readonly form: 'ops' | 'columns'
  readonly allKeyOrders: boolean
  readonly repeats: number
  readonly worst?: Worst
}

/** What a child process measured: medians but for `firstMs`. */
interface Measured {
  readonly firstMs: number
  readonly wallMs: number
  readonly cpuMs: number
  readonly peakMb: number
  readonly found: readonly string[]
  readonly validity: string
}

const PLANTED: readonly Planted[] = ['none', 'G1c', 'G-single', 'G2-item']
const TYPE_OF: Readonly<Record<Planted, readonly string[]>> = {
  none: [],
  G1c: ['G1c'],
  'G-single': ['G-single-item'],
  'G2-item': ['G2-item'],
}

const base = {clients: 20, planted: 'none', seed: 'bench', form: 'ops', allKeyOrders: false, repeats: 7} as const

const CASES: readonly Case[] = [
  {...base, workload: 'list-append', transactions: 10_000, repeats: 21},
  ...[20, 100].flatMap((clients) =>
    PLANTED.map((planted): Case => ({...base, workload: 'list-append', transactions: 100_000, clients, planted})),
  ),
  {...base, workload: 'list-append', transactions: 100_000, form: 'columns'},
  ...PLANTED.map(
    (planted): Case => ({
      ...base,
      workload: 'list-append',
      transactions: 1_000_000,
      planted,
      form: 'columns',
      repeats: 3,
    }),
  ),
  {...base, workload: 'list-append', transactions: 1_000_000, repeats: 3},
  {...base, workload: 'rw-register', transactions: 10_000, repeats: 21},
  ...PLANTED.map((planted): Case => ({...base, workload: 'rw-register', transactions: 100_000, planted})),
  {...base, workload: 'rw-register', transactions: 100_000, form: 'columns'},
  {...base, workload: 'rw-register', transactions: 1_000_000, form: 'columns', repeats: 3},
  {...base, workload: 'rw-register', transactions: 10_000, allKeyOrders: true, repeats: 21},
  {...base, workload: 'rw-register', transactions: 100_000, allKeyOrders: true},
  ...[100_000, 400_000].flatMap((transactions) =>
    WORST.map((worst): Case => ({...base, workload: 'list-append', transactions, worst, form: 'columns', repeats: 3})),
  ),
]

/** What is measured beside Elle, in files. */
const BESIDE: readonly HistoryShape[] = [
  {...base, workload: 'list-append', transactions: 10_000},
  ...PLANTED.map((planted): HistoryShape => ({...base, workload: 'list-append', transactions: 100_000, planted})),
  {...base, workload: 'list-append', transactions: 100_000, clients: 100},
  {...base, workload: 'rw-register', transactions: 10_000},
  {...base, workload: 'rw-register', transactions: 100_000},
]

if (process.argv[2] === '--case') console.log(JSON.stringify(await measure(JSON.parse(process.argv[3]!) as Case)))
else {
  main(process.argv[2] ?? '')
  await beside(process.argv[2] ?? '')
}

function main(filter: string): void {
  console.log(`load ${loadavg()[0]!.toFixed(1)}`)
  console.log('case                                             first     wall      cpu     peak  recorded Elle')
  let wrong = 0
  for (const one of CASES.filter((each) => nameOf(each).includes(filter))) {
    const measured = inChild(one)
    const isRight =
      one.worst === undefined
        ? JSON.stringify(measured.found) === JSON.stringify(TYPE_OF[one.planted])
        : SHOWN[one.worst].every((type) => measured.found.includes(type))
    if (!isRight) wrong++
    const recorded = ELLE[nameOf(one).replace(/ \((ops|columns)\)/, '')]
    const beside = recorded
      ? `${recorded.ms} ms: ${Math.round(recorded.ms / measured.wallMs)} ×, ${Math.round(recorded.ms / measured.cpuMs)} × our cpu (${recorded.note})`
      : ''
    const figures = [measured.firstMs, measured.wallMs, measured.cpuMs].map((ms) => `${ms.toFixed(0)} ms`.padStart(8))
    const verdict = isRight ? '' : `  WRONG: ${measured.validity} ${measured.found}`
    console.log(
      `${nameOf(one).padEnd(46)} ${figures.join(' ')} ${`${measured.peakMb} MB`.padStart(8)}  ${beside}${verdict}`,
    )
  }
  if (wrong > 0) process.exitCode = 1
}

/** `list-append 100000 G1c (ops)` */
function nameOf({workload, transactions, clients, planted, form, allKeyOrders, worst}: Case): string {
  const parts = [workload, transactions, ...(clients === 20 ? [] : [`${clients} clients`])]
  if (planted !== 'none') parts.push(planted)
  if (allKeyOrders) parts.push('all key orders')
  if (worst !== undefined) parts.push(worst)
  return `${parts.join(' ')} (${form})`
}

/** Reading and checking a file, ours and Elle's. */
async function beside(filter: string): Promise<void> {
  const peer = ellePeer()
  if (typeof peer === 'string') {
    console.log(`beside Elle: skipped, ${peer}`)
    return
  }
  console.log('reading and checking an EDN file          ours: wall       cpu  Elle: wall       cpu')
  const clock = wallClock()
  for (const shape of BESIDE) {
    const name = nameOf({...shape, form: 'ops', allKeyOrders: false, repeats: 0}).replace(' (ops)', '')
    if (!name.includes(filter)) continue
    const {file, directory} = writeEdn(benchHistory(shape), 'history')
    const checker = shape.workload === 'list-append' ? listAppend() : rwRegister()
    const wall: number[] = []
    const cpu: number[] = []
    let validity = ''
    for (let i = 0; i < base.repeats; i++) {
      const before = process.cpuUsage()
      const startNs = clock.nowNs()
      const verdict = await checker.check(history(parseHistory(readFileSync(file), {file}).ops))
      wall.push((clock.nowNs() - startNs) / 1e6)
      const used = process.cpuUsage(before)
      cpu.push((used.user + used.system) / 1e3)
      validity = verdict.validity
    }
    const theirs = peer.judge(file, shape.workload)
    rmSync(directory, {recursive: true, force: true})
    const agree = {valid: 'true', invalid: 'false', unknown: 'unknown'}[validity] === theirs.verdict
    const columns = [median(wall), median(cpu), theirs.wallMs, theirs.cpuMs]
    const figures = columns.map((ms) => `${ms.toFixed(0)} ms`.padStart(9))
    const ratio = `${(theirs.wallMs / median(wall)).toFixed(1)} × (cpu ${(theirs.cpuMs / median(cpu)).toFixed(1)} ×)`
    console.log(
      `${name.padEnd(46)} ${figures.join(' ')}  ${ratio}${agree ? '' : `  DISAGREE: ${validity}, ${theirs.verdict}`}`,
    )
  }
  peer.close()
}

function inChild(one: Case): Measured {
  const script = fileURLToPath(import.meta.url)
  const args = [...process.execArgv, '--max-old-space-size=4096', script, '--case', JSON.stringify(one)]
  const child = spawnSync(process.execPath, args, {encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit']})
  if (child.status !== 0)
    throw new Error(`${nameOf(one)}: the child process ended with ${child.status ?? child.signal}`)
  return JSON.parse(child.stdout) as Measured
}

async function measure(one: Case): Promise<Measured> {
  const clock = wallClock()
  const options = one.allKeyOrders ? {sequentialKeys: true, linearizableKeys: true} : {}
  const checker = one.workload === 'list-append' ? listAppend() : rwRegister(options)
  const history = one.form === 'ops' ? benchHistory(one) : undefined
  const columns =
    one.worst !== undefined
      ? worstColumns(one.worst, one.transactions)
      : one.form === 'columns'
        ? benchColumns(one)
        : undefined
  const wall: number[] = []
  const cpu: number[] = []
  let verdict: Verdict | undefined
  for (let i = 0; i < one.repeats; i++) {
    const before = process.cpuUsage()
    const startNs = clock.nowNs()
    verdict = columns ? checker.judge(columns) : await checker.check(history!)
    wall.push((clock.nowNs() - startNs) / 1e6)
    const used = process.cpuUsage(before)
    cpu.push((used.user + used.system) / 1e3)
  }
  const {anomalyTypes, allowed} = verdict!.detail as ElleDetail
  return {
    firstMs: wall[0]!,
    wallMs: median(wall),
    cpuMs: median(cpu),
    peakMb: Math.round(process.resourceUsage().maxRSS / 1024),
    found: [...anomalyTypes, ...allowed],
    validity: verdict!.validity,
  }
}

function median(values: readonly number[]): number {
  return [...values].sort((left, right) => left - right)[values.length >> 1]!
}
