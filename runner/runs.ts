/**
 * Runs by name: where they are kept, how each one stands, and the nearest name to one that does not exist. What `chaos list
 * runs`, `open`, `compare` and `serve` know of runs.
 */
import {existsSync, readdirSync, readFileSync} from 'node:fs'
import {dirname, join, relative, resolve} from 'node:path'
import type {History} from '../core/history.ts'
import type {Validity} from '../core/verdict.ts'
import {asRunFacts, type EarlyEnd, type RunFacts} from './facts.ts'
import {parseVerdict} from './judging/verdict-file.ts'
import {RUNS_DIRECTORY, writeWhole} from './store.ts'

/** Links to the newest run, and to the newest that failed. */
export const RUN_LINKS = ['latest', 'latest-failure'] as const

/** How a run stands. */
export type RunState = Validity | 'running' | 'interrupted' | 'ended early' | 'damaged'

export interface RunSummary {
  readonly name: string
  /** Its directory. */
  readonly path: string
  readonly state: RunState
  /** The verdict, or why there is none. */
  readonly sentence: string
  /** Absent where `run.json` cannot be read. */
  readonly facts?: RunFacts
  /** Figures of the run by name. Where several checkers use one name, `stats`, which speaks of all operations, has it. */
  readonly measures: Readonly<Record<string, number>>
}

/** The directories of runs that a command looks in: the one it was given, or those of this directory and all above it. */
export function runsDirectories(given: string | undefined, directory: string): string[] {
  if (given !== undefined) return [given]
  const found: string[] = []
  for (let at = resolve(directory); ; at = dirname(at)) {
    const path = relative(directory, join(at, RUNS_DIRECTORY)) || '.'
    if (at === resolve(directory)) found.push(RUNS_DIRECTORY)
    else if (existsSync(join(at, RUNS_DIRECTORY))) found.push(path)
    if (at === dirname(at)) return found
  }
}

/** Where a run of this name, or a link to one, is; undefined where no directory has it. */
export function findRun(name: string, directories: readonly string[]): string | undefined {
  return directories.map((directory) => join(directory, name)).find((path) => existsSync(path))
}

/** The names that `findRun` knows, each of them once: every directory has its `latest`. */
export function runNames(directories: readonly string[]): string[] {
  const names = directories
    .filter((directory) => existsSync(directory))
    .flatMap((directory) => readdirSync(directory).filter((name) => existsSync(join(directory, name, 'run.json'))))
  return [...new Set(names)]
}

/** Every run in a directory, the newest first. */
export function summariesOf(directory: string): RunSummary[] {
  if (!existsSync(directory)) return []
  return readdirSync(directory, {withFileTypes: true})
    .filter((entry) => entry.isDirectory() && existsSync(join(directory, entry.name, 'run.json')))
    .map(({name}) => summaryOf(directory, name))
    .sort((left, right) => startOf(right).localeCompare(startOf(left)) || right.name.localeCompare(left.name))
}

function startOf({facts, name}: RunSummary): string {
  return facts?.startedAt ?? name
}

/** One run. A file of it that is damaged is its state, not an error. */
export function summaryOf(directory: string, name: string): RunSummary {
  const path = join(directory, name)
  let facts: RunFacts | undefined
  try {
    facts = asRunFacts(JSON.parse(readFileSync(join(path, 'run.json'), 'utf8')), join(path, 'run.json'))
    const file = join(path, 'verdict.json')
    if (!existsSync(file)) return {name, path, facts, measures: {}, ...unjudged(facts)}
    const {validity, sentence, verdicts} = parseVerdict(readFileSync(file, 'utf8'), file)
    const statsLast = verdicts.toSorted((a, b) => Number(a.checker === 'stats') - Number(b.checker === 'stats'))
    const measures = Object.assign({}, ...statsLast.map((one) => one.measures ?? {})) as Record<string, number>
    return {name, path, facts, state: validity, sentence, measures}
  } catch (error) {
    const sentence = error instanceof Error ? error.message : String(error)
    return {name, path, state: 'damaged', sentence, measures: {}, ...(facts === undefined ? {} : {facts})}
  }
}

function unjudged(facts: RunFacts): Pick<RunSummary, 'state' | 'sentence'> {
  if (facts.ended?.interrupted === true) return {state: 'interrupted', sentence: facts.ended.reason}
  if (facts.ended !== undefined) return {state: 'ended early', sentence: facts.ended.reason}
  if (isAlive(Number(facts.host['pid']))) return {state: 'running', sentence: `by process ${facts.host['pid']}`}
  return {state: 'ended early', sentence: 'its process is gone'}
}

/** A record that is shorter than this part of the time for which clients were to run is not whole. */
const WHOLE = 0.9

/**
 * Why a run has no verdict where its `run.json` has nothing to say of it: it is going on, or it was killed before it could
 * heal and judge. Undefined for a run that seems to have come to its end.
 */
export function unfinished(path: string, facts: RunFacts, history: History): EarlyEnd | undefined {
  const pid = Number(facts.host['pid'])
  const noted = facts.ended !== undefined || facts.stopped !== undefined
  if (noted || pid === process.pid || existsSync(join(path, 'verdict.json'))) return undefined
  if (isAlive(pid)) return {interrupted: false, reason: 'It is still going on.', going: true}
  const unhealed = history.faults.some(({endIndex}) => endIndex === undefined)
  const limited = facts.options.some(({name, value}) => name === 'ops' && value !== '')
  const lastMs = (history.ops.at(-1)?.timeNs ?? 0) / 1e6
  const short = !limited && facts.simulated !== true && lastMs < WHOLE * facts.timeMs
  return unhealed || short ? {interrupted: false, reason: 'Its process was gone before it was over.'} : undefined
}

/** Whether there is a process of this number on this machine. */
export function isAlive(pid: number): boolean {
  if (!(pid > 0)) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Notes in `run.json` that the run has no verdict, and why. A run that cannot be written to stays as it is. */
export function noteEnded(path: string, facts: RunFacts, ended: EarlyEnd): void {
  try {
    writeWhole(join(path, 'run.json'), `${JSON.stringify({...facts, ended}, null, 2)}\n`)
  } catch {
    // A full disk may be what ended it.
  }
}
