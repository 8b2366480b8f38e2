/**
 * Reads back what a run left behind, or a lone history in any format: given a run directory, its name, `latest`, a file, or
 * `-` for standard input.
 */

import {existsSync, statSync} from 'node:fs'
import {join} from 'node:path'
import {BudgetSpent} from '../../core/checker.ts'
import {ChaosError, EXIT, UsageError} from '../../core/error.ts'
import {
  AnyReader,
  type FormatName,
  IndependenceWatch,
  liftKey,
  readBatches,
  type Torn,
} from '../../core/format/index.ts'
import {History} from '../../core/history.ts'
import type {Op} from '../../core/op.ts'
import {showCount} from '../../core/quantities.ts'
import {closest} from '../../core/registry.ts'
import {OpStore} from '../../core/store/op-store.ts'
import {showValue} from '../../core/value.ts'
import type {Judgement} from '../../core/verdict.ts'
import {asJudgedBy, asRunFacts, type JudgedBy, type RunFacts} from '../facts.ts'
import {findRun, RUN_LINKS, runNames, runsDirectories, unfinished} from '../runs.ts'
import {diskError, readJson, readText} from '../store.ts'
import {MemoryLimit} from './budget.ts'
import {openHistory} from './history-source.ts'
import {parseVerdict} from './verdict-file.ts'

/** What a header says that was not written by a run of ours. */
export interface Hints {
  readonly workload: string | undefined
  readonly claim: string | undefined
}

export interface Loaded {
  /** As it was given, for messages. */
  readonly name: string
  readonly history: History
  readonly format: FormatName
  /** What the history's header or `run.json` says of how it came to be; absent for foreign histories. */
  readonly judgedBy?: JudgedBy
  /** What the header says where it does not say all of that. */
  readonly hints?: Hints
  /** The whole `run.json`, where there is one; `ended` also where it does not know of it. */
  readonly facts?: RunFacts
  /** The run directory, where it is one. */
  readonly directory?: string
  /** Every value was a pair of a key and a value, as Jepsen's independent objects are written, and was taken apart. */
  readonly lifted: boolean
  /** Answers among them that came without a key, which is then the one that was asked for; the index of the first. */
  readonly bare?: {readonly count: number; readonly first: number}
  /** Set when the last line was cut off by a crash. */
  readonly torn?: Torn
}

/** What the directories of others hold, such as Jepsen's `store/etcd/latest`; the fullest first. */
const FOREIGN = ['history.edn', 'history.json', 'history.txt', 'history.edn.gz', 'history.jsonl.gz']

const NO_LIMIT = new MemoryLimit(Number.POSITIVE_INFINITY)

/**
 * Where a name leads: a file, or the directory of a run. Without `runs`, runs are looked for in this directory and those
 * above. Throws UsageError when it leads nowhere.
 */
export function locate(
  name: string,
  runs: readonly string[] = runsDirectories(undefined, process.cwd()),
): {readonly file: string; readonly directory?: string} {
  if (name === '-') return {file: '-'}
  const path = existsSync(name) ? name : findRun(name, runs)
  if (path === undefined) throw noSuchRun(name, runs)
  if (!statSync(path).isDirectory()) {
    return path.endsWith('/history.jsonl') ? inDirectory(path.slice(0, -'/history.jsonl'.length)) : {file: path}
  }
  if (existsSync(join(path, 'history.jsonl'))) return inDirectory(path)
  const found = FOREIGN.map((name) => join(path, name)).find((file) => existsSync(file))
  if (found !== undefined) return {file: found}
  throw new UsageError(`${path} holds no history.`, [`Expected in it: history.jsonl, ${FOREIGN.join(', ')}.`])
}

/** What to say of a name that no history and no run has. */
export function noSuchRun(name: string, runs: readonly string[]): UsageError {
  const names = runNames(runs)
  const guess = closest(name, [...RUN_LINKS, ...names])
  const places = names.length === 0 ? `There are no runs yet in ${runs.join(' or ')}.` : 'Runs: chaos list runs'
  return new UsageError(
    `No such history or run: ${name}${guess === undefined || guess === name ? '' : `. Did you mean "${guess}"?`}`,
    [
      "Expected: a file, a directory of a run or of Jepsen's store, the name of a run, latest, latest-failure, or - for standard input.",
      places,
    ],
  )
}

function inDirectory(directory: string): {readonly file: string; readonly directory?: string} {
  const file = join(directory, 'history.jsonl')
  return existsSync(join(directory, 'run.json')) ? {file, directory} : {file}
}

/**
 * Reads it whole, a piece at a time, into a compact store. `limit` is how much memory that may take. Throws UsageError with
 * file, line and column for a malformed one.
 */
export async function load(name: string, format?: FormatName, limit = NO_LIMIT): Promise<Loaded> {
  const {file, directory} = locate(name)
  const source = {file: file === '-' ? 'standard input' : file, ...(format === undefined ? {} : {format})}
  const reader = new AnyReader(source)
  const store = new OpStore(limit.look)
  const keyed = new IndependenceWatch()
  try {
    for await (const ops of readBatches(reader, openHistory(file))) {
      keyed.see(ops)
      store.pushAll(ops)
      limit.look()
    }
  } catch (error) {
    if (error instanceof BudgetSpent) throw tooLarge(name, store.length, error)
    if ((error as NodeJS.ErrnoException).syscall !== undefined) throw diskError('read', file, error)
    throw error
  }
  const {meta, torn} = reader
  const written = directory === undefined ? undefined : loadFacts(directory)
  const judgedBy = written ?? asJudgedBy(meta, `${source.file}:1:1  the header`)
  const lifted = judgedBy === undefined && keyed.looksIndependent
  if (lifted && keyed.strange !== undefined) throw anotherKey(source.file, keyed.strange)
  const history = new History(lifted ? store.rewrite(liftKey) : store)
  const ended = directory === undefined || written === undefined ? undefined : unfinished(directory, written, history)
  const facts = written === undefined || ended === undefined ? written : {...written, ended}
  return {
    name,
    history,
    lifted,
    ...(lifted && keyed.bare.count > 0 ? {bare: keyed.bare} : {}),
    format: reader.format as FormatName,
    ...(judgedBy === undefined ? {hints: {workload: meta['workload'], claim: meta['claim']} as Hints} : {judgedBy}),
    ...(facts === undefined ? {} : {facts}),
    ...(directory === undefined ? {} : {directory}),
    ...(torn === undefined ? {} : {torn}),
  }
}

function anotherKey(file: string, {index, process, value}: Op): UsageError {
  return new UsageError(
    `${file}: op #${index} answers ${showValue(value)}, but process ${process} asked about another key.`,
    ['Every value is a pair here, which is taken for a key and a value; invocation and completion must name one key.'],
  )
}

/** What can be judged only if more memory may be used is neither right nor wrong: inconclusive. */
function tooLarge(name: string, ops: number, {message}: BudgetSpent): ChaosError {
  return new ChaosError(`${name} was not judged: ${message} after reading ${showCount(ops)} ops.`, EXIT.inconclusive, [
    'Allow it more: --check-memory 8GB',
  ])
}

/** The `run.json` of a run directory. Throws as `readJson` does, and UsageError when it is damaged. */
export function loadFacts(directory: string): RunFacts {
  const file = join(directory, 'run.json')
  return asRunFacts(readJson(file), file)
}

/** The `verdict.json` of a run directory; undefined when there is none yet. */
export function loadVerdict(directory: string): Judgement | undefined {
  const file = join(directory, 'verdict.json')
  return existsSync(file) ? parseVerdict(readText(file), file) : undefined
}
