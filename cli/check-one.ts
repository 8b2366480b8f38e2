/** `chaos check` for one history: reads it, judges it, and tells it in full, in a line, or as a document. */
import type {Parallel} from '../core/checker.ts'
import type {ExitCode} from '../core/error.ts'
import type {FormatName} from '../core/format/index.ts'
import {createBudget, MemoryLimit} from '../runner/budget.ts'
import {writeWhole} from '../runner/store.ts'
import {writeVerdict} from '../runner/verdict-file.ts'
import {type Expectation, exitCodeOf, type UnknownAs} from './exit.ts'
import {explainFailure} from './failure.ts'
import {type Judged, judgeLoaded, type Wishes} from './judge-loaded.ts'
import {type Loaded, load} from './load.ts'
import {showCount} from './quantities.ts'
import type {Style} from './style.ts'
import {summaryLines} from './summary.ts'

/** How histories are to be judged. Plain data. */
export interface CheckRequest {
  readonly wishes: Wishes
  readonly format?: FormatName
  readonly timeoutMs: number
  readonly memoryBytes: number
  readonly json: boolean
  readonly expect: Expectation
  readonly unknownAs: UnknownAs
}

/** What became of one history. */
export type Checked =
  | {readonly name: string; readonly exitCode: ExitCode; readonly loaded: Loaded; readonly judged: Judged}
  | {readonly name: string; readonly exitCode: ExitCode; readonly problem: readonly string[]}

/** Throws what keeps it from being judged. */
export async function checkOne(name: string, request: CheckRequest, parallel?: Parallel): Promise<Checked> {
  const limit = new MemoryLimit(request.memoryBytes)
  const loaded = await load(name, request.format, limit)
  const budget = createBudget(request.timeoutMs, limit)
  const judged = await judgeLoaded(loaded, request.wishes, budget, parallel)
  limit.lift()
  if (loaded.directory !== undefined) writeWhole(`${loaded.directory}/verdict.json`, writeVerdict(judged.judgement))
  return {name, loaded, judged, exitCode: exitCodeOf(judged.judgement, request.expect, request.unknownAs)}
}

/** The same, where one history that cannot be read must not keep the others from being judged. */
export async function checkTolerantly(name: string, request: CheckRequest): Promise<Checked> {
  try {
    return await checkOne(name, request)
  } catch (error) {
    const {lines, exitCode} = explainFailure(error, ['check', name])
    return {name, problem: lines, exitCode: exitCode as ExitCode}
  }
}

/** What is to be known about how it was read, then the summary. */
export function storyOf(checked: Checked, style: Style): string[] {
  if ('problem' in checked) return [...checked.problem]
  const {name, loaded, judged} = checked
  const {history, format, facts} = loaded
  return [
    `${style.bold(name)} · ${showCount(history.operationCount)} operations · ${format}`,
    ...notesOf(loaded, judged).map((note) => `  ${style.warn('⚠')} ${note}`),
    '',
    ...summaryLines(judged.judgement, history, facts === undefined ? {} : {reproduce: facts.command}, style),
  ]
}

function notesOf({torn, lifted}: Loaded, {guess}: Judged): string[] {
  return [
    ...(torn === undefined ? [] : [`The last line (${torn.line}) was cut off in mid-write and is left out.`]),
    ...(lifted ? ['every value is a pair: taken for a key and a value, an object for each key'] : []),
    ...(guess === undefined ? [] : [guess]),
  ]
}

/** One line. */
export function lineOf(checked: Checked, style: Style): string {
  const {name} = checked
  if ('problem' in checked) return `${style.bad('!')} ${name}  ${checked.problem[0] ?? ''}`
  const {judgement, guess} = checked.judged
  const count = `${showCount(checked.loaded.history.operationCount)} operations`
  return `${style.mark(judgement.validity)} ${name}  ${count}  ${judgement.sentence}${guess === undefined ? '' : `  (${guess})`}`
}

/** As data, JSON-able. */
export function documentOf(checked: Checked): Record<string, unknown> {
  const {name, exitCode} = checked
  if ('problem' in checked) {
    return {schema: 'chaos.check/1', history: name, exitCode, verdict: null, problem: checked.problem}
  }
  const {judgement, guess} = checked.judged
  const {history, format, torn} = checked.loaded
  return {
    schema: 'chaos.check/1',
    history: name,
    format,
    exitCode,
    verdict: judgement.validity,
    sentence: judgement.sentence,
    operations: history.operationCount,
    guess: guess ?? null,
    torn: torn ?? null,
    verdicts: judgement.verdicts,
  }
}
