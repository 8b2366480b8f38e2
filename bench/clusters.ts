/**
 * Measures every real target that is installed here, by real runs, and writes docs/clusters.md: version, start, memory, how
 * long until writes are acknowledged again after each fault, and what was found. Stops beginning anything new once its time is
 * up; the page says what was not measured.
 *
 * What was measured is kept in .chaos/clusters.json, and a later call goes on from there; `--fresh` begins anew.
 *
 *     npm run build && node --import tsx bench/clusters.ts [--minutes 25] [--no-bugs] [--fresh] [--apart HEADING] [target…]
 *
 * `--apart` writes a section of its own, for another version of a target that comes first in PATH.
 */
import {existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {cpus, loadavg, tmpdir} from 'node:os'
import {join} from 'node:path'
import {performance} from 'node:perf_hooks'
import {parseArgs} from 'node:util'
import {calendarDate} from '../core/clock.ts'
import {messageOf} from '../core/error.ts'
import type {History} from '../core/history.ts'
import {lookUp} from '../core/registry.ts'
import type {Target} from '../core/target.ts'
import {REAL} from '../targets/index.ts'
import {apartSection, clustersPage, type Found, type Measured, type Recovery} from './clusters-page.ts'
import {realRun} from './real-run.ts'
import {writeSection} from './record.ts'

/** Faults after which recovery is measured, where the target can tell who leads, and where not. */
const FAULTS = ['kill', 'pause', 'partition'] as const
/** How long clients run, s: by the interval, a fault begins after 2.8 to 8.4 s and lasts for 5.6 to 11.2 s. */
const CLIENTS_S = 16
/** Runs in which a misconfiguration must show itself. */
const ATTEMPTS = 5
const PAGE = new URL('../docs/clusters.md', import.meta.url)

const {values, positionals} = parseArgs({
  allowPositionals: true,
  options: {
    minutes: {type: 'string', default: '25'},
    'no-bugs': {type: 'boolean', default: false},
    fresh: {type: 'boolean', default: false},
    apart: {type: 'string'},
  },
})
const KEPT = `.chaos/clusters${values.apart === undefined ? '' : `-${values.apart.replaceAll(/[^\w.]+/g, '-')}`}.json`
const names = positionals.length === 0 ? Object.keys(REAL) : positionals
for (const name of names) lookUp('real target', REAL, name)
const deadlineMs = performance.now() + Number(values.minutes) * 60_000
const timeIsUp = () => performance.now() > deadlineMs
const directory = mkdtempSync(join(tmpdir(), 'chaos-clusters-'))
const interrupt = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => interrupt.abort(new Error(signal)))

interface Kept {
  readonly measured: readonly Measured[]
  readonly found: readonly (readonly [string, readonly Found[]])[]
}
const kept: Kept =
  existsSync(KEPT) && !values.fresh ? JSON.parse(readFileSync(KEPT, 'utf8')) : {measured: [], found: []}
const measured = new Map(kept.measured.map((each) => [each.name, each] as const))
const found = new Map(kept.found)
try {
  for (const name of names) {
    if ((measured.get(name)?.recoveries?.length ?? 0) < FAULTS.length)
      measured.set(name, await measure(REAL[name] as Target))
    write()
  }
  // One misuse of each first: something of everybody is known when time is up.
  const rounds = values['no-bugs'] ? 0 : Math.max(...names.map((name) => (REAL[name] as Target).bugs.length))
  for (let round = 0; round < rounds; round++) for (const name of names) await hunt(REAL[name] as Target, round)
} finally {
  write()
  rmSync(directory, {recursive: true, force: true})
}

async function measure(target: Target): Promise<Measured> {
  const absent = target.absent?.()
  if (absent !== undefined) return {name: target.name, skipped: `absent: ${absent}`}
  const recoveries: Recovery[] = []
  const accused: string[] = []
  const starts: number[] = []
  const loads: number[] = []
  let [version, memoryMb, seconds] = ['', 0, 0]
  for (const fault of FAULTS) {
    if (timeIsUp() || interrupt.signal.aborted) break
    const capabilities = target.capabilities({nodes: [], bugs: [], args: {}})
    const nemesis = capabilities.leader === true ? `${fault}:leader` : `${fault}:one`
    try {
      const settings = {
        nemesis,
        time: `${CLIENTS_S}s`,
        interval: '14s',
        output: directory,
        seed: `page-${fault}`,
        rate: '100',
      }
      const run = await realRun({target: target.name, settings, signal: interrupt.signal})
      const {facts, history, judgement} = run.result
      version = facts.cluster?.split(',')[0] ?? ''
      memoryMb = run.memoryMb
      starts.push(run.startMs)
      seconds += CLIENTS_S
      loads.push(loadavg()[0] ?? 0)
      recoveries.push(recoveryOf(nemesis, history))
      for (const {checker, kind, validity} of judgement?.verdicts ?? [])
        if (kind === 'safety' && validity === 'invalid') accused.push(`${checker} under ${nemesis}`)
    } catch (error) {
      recoveries.push({fault: nemesis, problem: messageOf(error)})
    }
    console.log(`${target.name} ${nemesis}: ${JSON.stringify(recoveries.at(-1))}`)
  }
  if (recoveries.length === 0) return {name: target.name, skipped: 'not measured: time was up'}
  return {
    name: target.name,
    version,
    nodes: target.defaultNodes,
    startMs: starts,
    memoryMb,
    loads,
    recoveries,
    accused,
    seconds,
  }
}

/** From the first fault that was proved: until something new is done by somebody, and until the victims were back. */
function recoveryOf(fault: string, history: History): Recovery {
  const window = history.faults.find(({verified}) => verified)
  if (window === undefined) return {fault, problem: 'the fault was not proved'}
  const writes = [...history.operations].filter(({f, outcome, final}) => f !== 'read' && outcome === 'ok' && !final)
  const before = writes.filter(({endNs}) => endNs <= window.startNs).length
  const next = writes.find(({startNs}) => startNs > window.startNs)
  const ops = history.nemesisOps
  const asked = [...ops].filter(({f, timeNs}) => f.startsWith('stop-') && timeNs >= window.startNs)
  const [from, to] = [asked[0]?.timeNs, asked[1]?.timeNs]
  return {
    fault,
    ...(next === undefined || before === 0 ? {} : {writesMs: (next.endNs - window.startNs) / 1e6}),
    ...(from === undefined || to === undefined ? {} : {backMs: (to - from) / 1e6}),
  }
}

/** Whether a misuse is convicted, and in which run. */
async function hunt(target: Target, round: number): Promise<void> {
  const bug = target.bugs[round]
  if (bug === undefined || measured.get(target.name)?.skipped !== undefined) return
  const known = found.get(target.name) ?? []
  const before = known.find((each) => each.bug === bug.name)
  // One that time cut short goes on with the next run.
  if (before !== undefined && (before.anomalies.length > 0 || before.runs >= ATTEMPTS)) return
  let run = before?.runs ?? 0
  let convicted: readonly string[] = []
  let problem: string | undefined
  while (
    run < ATTEMPTS &&
    convicted.length === 0 &&
    problem === undefined &&
    !timeIsUp() &&
    !interrupt.signal.aborted
  ) {
    run++
    try {
      const settings = {output: directory, seed: `page-${bug.name}-${run}`, 'fail-fast': 'true'}
      const {result} = await realRun({target: target.name, settings, bug: bug.name, signal: interrupt.signal})
      const anomalies = (result.judgement?.verdicts ?? []).flatMap(({anomalies}) => anomalies.map(({type}) => type))
      convicted = [...new Set(anomalies.filter((type) => bug.anomalies.includes(type)))]
    } catch (error) {
      problem = messageOf(error)
    }
  }
  const outcome = {bug: bug.name, runs: run, anomalies: convicted, ...(problem === undefined ? {} : {problem})}
  found.set(target.name, [...known.filter((each) => each.bug !== bug.name), outcome])
  console.log(`${target.name} --bug ${bug.name}: ${JSON.stringify(outcome)}`)
  write()
}

function write(): void {
  mkdirSync('.chaos', {recursive: true})
  writeFileSync(KEPT, JSON.stringify({measured: [...measured.values()], found: [...found]} satisfies Kept))
  const machine = `${cpus().length} cores, ${process.platform}, Node ${process.version}`
  // In the order of the list, whatever was measured last.
  const rows = Object.keys(REAL).flatMap((name) => measured.get(name) ?? [])
  if (values.apart !== undefined) {
    writeSection(apartSection(values.apart, calendarDate(), rows, found))
    return
  }
  // Other benches have sections of their own after ours.
  const [, ...sections] = (existsSync(PAGE) ? readFileSync(PAGE, 'utf8') : '').split(/^(?=## )/m)
  const others = sections.filter((section) => !section.startsWith('## What was found'))
  writeFileSync(PAGE, [clustersPage(calendarDate(), machine, rows, found), ...others].join('\n'))
}
