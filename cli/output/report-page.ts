/** Gathers what a run left behind, or what is known of a lone history, and writes its page. */
import {existsSync, readdirSync, readFileSync, statSync} from 'node:fs'
import {basename, join} from 'node:path'
import {implies, MODELS} from '../../checkers/elle/models.ts'
import type {NodeEvent} from '../../core/cluster.ts'
import type {Judgement} from '../../core/verdict.ts'
import {type NodeLog, type PlanSummary, type RenderOptions, type ReportInput, renderReport} from '../../report/index.ts'
import {createBudget} from '../../runner/judging/budget.ts'
import {createCheckPool} from '../../runner/judging/check-pool.ts'
import {type Judged, judgeLoaded, notesOf} from '../../runner/judging/judge-loaded.ts'
import {type Loaded, load, loadVerdict, locate} from '../../runner/judging/load.ts'
import {parsePlan} from '../../runner/plan-file.ts'
import {stoppedWords} from '../../runner/stopped.ts'
import {writeWhole} from '../../runner/store.ts'
import {packageVersion} from '../../runner/version.ts'
import {type JudgingSettings, wordsOf} from '../settings/judging-settings.ts'
import {programLine, programWords} from './program.ts'

/** The end of a longer log is read; bytes. */
const LOG_BYTES = 2 << 20
const ARTEFACTS = ['run.json', 'plan.json', 'history.jsonl', 'verdict.json']

/** Builds the report of a run that has been judged; returns its path. Throws UsageError for damaged files. */
export async function writeReport(directory: string): Promise<string> {
  const judgement = loadVerdict(directory)
  const loaded = await load(directory)
  const file = join(directory, 'report.html')
  writeWhole(file, renderLoaded(loaded, {judgement: judgement as Judgement, notes: []}))
  return file
}

/** Where the page of this run or history goes when nobody says: beside the run, or into the working directory. */
export function reportFile(name: string): string {
  const {file, directory} = locate(name)
  if (directory !== undefined) return join(directory, 'report.html')
  return `${file === '-' ? 'history' : basename(file)}.html`
}

/** Writes the page of a run as it was judged, or of what is judged now; returns the file. Throws as `load` does. */
export async function writePage(
  name: string,
  judging: JudgingSettings,
  file: string,
  options?: RenderOptions,
): Promise<string> {
  const loaded = await load(name, judging.format)
  const {directory} = loaded
  const words = wordsOf(judging.judging, judging.format)
  const known = directory === undefined || words.length > 0 ? undefined : loadVerdict(directory)
  const judged = known === undefined ? await judgeNow(loaded, judging) : {judgement: known, notes: []}
  writeWhole(file, renderLoaded(loaded, judged, words, options))
  return file
}

/** Keys are checked on all cores. */
async function judgeNow(loaded: Loaded, {judging, timeoutMs, memoryBytes}: JudgingSettings): Promise<Judged> {
  const pool = createCheckPool()
  try {
    return await judgeLoaded(loaded, judging, createBudget(timeoutMs, memoryBytes), {parallel: pool})
  } finally {
    await pool.close()
  }
}

/**
 * The page of a loaded history and its judgement. `words` are what was
 * typed about how to: `['--model', 'register']`.
 */
export function renderLoaded(
  loaded: Loaded,
  judged: Judged,
  words: readonly string[] = [],
  options?: RenderOptions,
): string {
  const {history, directory} = loaded
  const {judgement} = judged
  const plan = directory === undefined ? undefined : planOf(directory)
  const input: ReportInput = {
    run: runOf(loaded, words),
    ops: [...history.ops],
    judgement,
    faults: history.faults,
    events: directory === undefined ? [] : eventsOf(directory),
    logs: directory === undefined ? [] : logsOf(directory),
    notes: notesOf(loaded, judged).map(sentence),
    weaker: weakerModels(),
    ...(plan === undefined ? {} : {plan}),
  }
  return renderReport(input, options)
}

function runOf({facts, judgedBy, directory, name, format}: Loaded, words: readonly string[]): ReportInput['run'] {
  return {
    id: facts?.id ?? (name === '-' ? 'standard input' : basename(name)),
    ...(judgedBy === undefined
      ? {}
      : {
          target: judgedBy.target,
          workload: judgedBy.workload,
          nemesis: judgedBy.faults,
          seed: judgedBy.seed,
          nodes: judgedBy.nodes,
          concurrency: judgedBy.concurrency,
          claims: [judgedBy.claim],
          bugs: judgedBy.bugs,
        }),
    ...(facts === undefined
      ? {versions: {chaos: packageVersion(), node: process.version}, format}
      : {
          options: facts.options,
          versions: facts.versions,
          host: facts.host,
          startedAt: facts.startedAt,
          command: facts.command,
          reproduce: facts.command,
          clock: 'monotonic wall clock',
          ...(facts.gitSha === undefined ? {} : {gitSha: facts.gitSha}),
          ...(facts.stopped === undefined ? {} : {stopped: stoppedWords(facts.stopped)}),
        }),
    ...(name === '-' ? {} : {recheck: programLine('check', name, ...words)}),
    program: programWords(),
    artefacts: directory === undefined ? lone(name) : artefactsOf(directory),
  }
}

function sentence(note: string): string {
  return `${note.charAt(0).toUpperCase()}${note.slice(1)}${note.endsWith('.') ? '' : '.'}`
}

/** Each model of transactions with those it implies, for the picture of what stands and what falls. */
function weakerModels(): Record<string, string[]> {
  return Object.fromEntries(
    MODELS.map((model) => [model, MODELS.filter((other) => other !== model && implies(model, other))]),
  )
}

function lone(name: string): {name: string; bytes: number}[] {
  const {file} = locate(name)
  return file === '-' ? [] : [{name: basename(file), bytes: statSync(file).size}]
}

function artefactsOf(directory: string): {name: string; bytes: number}[] {
  return ARTEFACTS.filter((name) => existsSync(join(directory, name))).map((name) => ({
    name,
    bytes: statSync(join(directory, name)).size,
  }))
}

function planOf(directory: string): PlanSummary | undefined {
  const file = join(directory, 'plan.json')
  if (!existsSync(file)) return undefined
  const plan = parsePlan(readFileSync(file, 'utf8'), file)
  return {
    operations: plan.operations.length,
    faults: plan.faults.map(({startMs, stopMs, spec}) => ({
      fault: spec.fault,
      startMs,
      stopMs,
      description: Object.entries(spec)
        .filter(([field]) => field !== 'fault')
        .map(([field, value]) => `${field} ${typeof value === 'object' ? JSON.stringify(value) : value}`)
        .join(', '),
    })),
  }
}

/** The lines of each file in a folder, by the file's name without its ending; a last line that was cut off is left out. */
function linesOf(folder: string, ending: string): [string, string[]][] {
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .filter((name) => name.endsWith(ending))
    .sort()
    .map((name) => {
      const bytes = readFileSync(join(folder, name))
      const text = bytes.subarray(Math.max(0, bytes.length - LOG_BYTES)).toString('utf8')
      const lines = text.split('\n')
      lines.pop()
      if (bytes.length > LOG_BYTES) lines.shift()
      return [name.slice(0, -ending.length), lines]
    })
}

function eventsOf(directory: string): NodeEvent[] {
  return linesOf(join(directory, 'events'), '.jsonl')
    .flatMap(([, lines]) =>
      lines.map((line) => {
        const {time, node, event} = JSON.parse(line) as {time: number; node: string; event: NodeEvent['event']}
        return {timeNs: time, node, event}
      }),
    )
    .sort((left, right) => left.timeNs - right.timeNs)
}

function logsOf(directory: string): NodeLog[] {
  return linesOf(join(directory, 'logs'), '.log').map(([node, lines]) => ({
    node,
    lines: lines.map((text) => {
      const stamped = /^\s*(\d+\.\d{6}) (.*)$/.exec(text)
      return stamped === null ? {text} : {timeNs: Number(stamped[1]) * 1e9, text: stamped[2] as string}
    }),
  }))
}
