/** Gathers what a run left behind and writes its `report.html`. */
import {existsSync, readdirSync, readFileSync, statSync} from 'node:fs'
import {basename, join} from 'node:path'
import type {NodeEvent} from '../core/cluster.ts'
import type {Judgement} from '../core/verdict.ts'
import {type NodeLog, type PlanSummary, renderReport} from '../report/index.ts'
import {parsePlan} from '../runner/plan-file.ts'
import {writeWhole} from '../runner/store.ts'
import {type Loaded, load, loadVerdict} from './load.ts'

/** The end of a longer log is read; bytes. */
const LOG_BYTES = 2 << 20
const ARTEFACTS = ['run.json', 'plan.json', 'history.jsonl', 'verdict.json']

/** Builds the report of a run that has been judged; returns its path. Throws UsageError for damaged files. */
export async function writeReport(directory: string): Promise<string> {
  const judgement = loadVerdict(directory)
  const loaded = await load(directory)
  const file = join(directory, 'report.html')
  writeWhole(file, renderLoaded(loaded, judgement as Judgement))
  return file
}

/** The page of a loaded history and its judgement. */
export function renderLoaded(loaded: Loaded, judgement: Judgement): string {
  const {history, facts, judgedBy, directory, name} = loaded
  const plan = directory === undefined ? undefined : planOf(directory)
  return renderReport({
    run: {
      id: facts?.id ?? basename(name),
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
        ? {}
        : {
            options: facts.options,
            versions: facts.versions,
            host: facts.host,
            startedAt: facts.startedAt,
            command: facts.command,
            reproduce: facts.command,
            ...(facts.gitSha === undefined ? {} : {gitSha: facts.gitSha}),
          }),
      clock: 'monotonic wall clock',
      recheck: `chaos check ${name}`,
      artefacts: directory === undefined ? [] : artefactsOf(directory),
    },
    ops: [...history.ops],
    judgement,
    faults: history.faults,
    events: directory === undefined ? [] : eventsOf(directory),
    logs: directory === undefined ? [] : logsOf(directory),
    ...(plan === undefined ? {} : {plan}),
  })
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
