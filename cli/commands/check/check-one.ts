/** `chaos check` for one history: reads it, judges it, and tells it in full, in a line, or as a document. */
import type {CheckOptions} from '../../../core/checker.ts'
import {type ExitCode, messageOf, UsageError} from '../../../core/error.ts'
import type {FormatName} from '../../../core/format/index.ts'
import {counted} from '../../../core/quantities.ts'
import type {PluginCatalogue} from '../../../runner/catalogue.ts'
import type {RunFacts} from '../../../runner/facts.ts'
import {createBudget, MemoryLimit} from '../../../runner/judging/budget.ts'
import {type Judged, type JudgingOptions, judgeLoaded, notesOf} from '../../../runner/judging/judge-loaded.ts'
import {type Loaded, load, loadFacts} from '../../../runner/judging/load.ts'
import {writeVerdict} from '../../../runner/judging/verdict-file.ts'
import {noteEnded} from '../../../runner/runs.ts'
import {writeWhole} from '../../../runner/store.ts'
import {type Expectation, exitCodeOf, type UnknownAs} from '../../output/exit.ts'
import {explainFailure} from '../../output/failure.ts'
import type {Style} from '../../output/style.ts'
import {type Pointers, summaryLines} from '../../output/summary.ts'
import {wordsOf} from '../../settings/judging-settings.ts'

/** How histories are to be judged. Plain data. */
export interface CheckRequest {
  readonly judging: JudgingOptions
  readonly format?: FormatName
  readonly timeoutMs: number
  readonly memoryBytes: number
  readonly json: boolean
  readonly expect: Expectation
  readonly unknownAs: UnknownAs
  /** The file for its page, where one is wanted. */
  readonly report?: string
}

/** The page that was asked for, of the one history that is to be judged. Throws UsageError where there are several. */
export function onePage(file: string | undefined, names: readonly string[]): {readonly report?: string} {
  if (file === undefined) return {}
  if (names.length === 1) return {report: file}
  throw new UsageError(`--report writes the page of one history. Got ${names.length} of them.`, [
    'Check them one at a time, or write a page for each: chaos report HISTORY -o PAGE',
  ])
}

/** What became of one history. */
export type Checked =
  | {
      readonly name: string
      readonly exitCode: ExitCode
      readonly loaded: Loaded
      readonly judged: Judged
      /** The file of its page, where one was written. */
      readonly report?: string
    }
  | {readonly name: string; readonly exitCode: ExitCode; readonly problem: readonly string[]}

/** Throws what keeps it from being judged. */
export async function checkOne(
  name: string,
  request: CheckRequest,
  further?: Pick<CheckOptions, 'parallel' | 'onBroken'>,
  plugins?: PluginCatalogue,
): Promise<Checked> {
  const limit = new MemoryLimit(request.memoryBytes)
  const loaded = await load(name, request.format, limit)
  const budget = createBudget(request.timeoutMs, limit)
  const found = await judgeLoaded(loaded, request.judging, budget, further, plugins)
  // What ended at the first broken key is no verdict on the run.
  const judged = request.judging.failFast === true ? found : saveVerdict(loaded, found)
  limit.lift()
  if (request.report !== undefined) await writePageOf(request.report, loaded, judged, request)
  const exitCode = exitCodeOf(judged.judgement, request.expect, request.unknownAs)
  return {name, loaded, judged, exitCode, ...(request.report === undefined ? {} : {report: request.report})}
}

async function writePageOf(
  file: string,
  loaded: Loaded,
  judged: Judged,
  {judging, format}: CheckRequest,
): Promise<void> {
  const {renderLoaded} = await import('../../output/report-page.ts')
  writeWhole(file, renderLoaded(loaded, judged, wordsOf(judging, format)))
}

/** Leaves the verdict with its run, unless that is going on. A run that can only be read is judged all the same. */
function saveVerdict({directory, facts}: Loaded, judged: Judged): Judged {
  const ended = facts?.ended
  if (directory === undefined || facts === undefined || ended?.going === true) return judged
  // With a verdict, a run that was killed would pass for one that came to its end.
  if (ended !== undefined && loadFacts(directory).ended === undefined) noteEnded(directory, facts, ended)
  try {
    writeWhole(`${directory}/verdict.json`, writeVerdict(judged.judgement))
    return judged
  } catch (error) {
    return {...judged, notes: [...judged.notes, messageOf(error)]}
  }
}

/** The same, where one history that cannot be read must not keep the others from being judged. */
export async function checkTolerantly(
  name: string,
  request: CheckRequest,
  plugins?: PluginCatalogue,
): Promise<Checked> {
  try {
    return await checkOne(name, request, undefined, plugins)
  } catch (error) {
    const {lines, exitCode} = explainFailure(error, ['check', name])
    return {name, problem: lines, exitCode: exitCode as ExitCode}
  }
}

/** What is to be known about how it was read, then the summary. */
export function storyOf(checked: Checked, style: Style): string[] {
  if ('problem' in checked) return [...checked.problem]
  const {name, loaded, judged, report} = checked
  const {history, format, facts} = loaded
  const pointers = {
    ...(report === undefined ? {} : {report}),
    ...(facts === undefined ? {} : pointersTo(facts)),
  }
  return [
    `${style.bold(name)} · ${counted(history.operationCount, 'operation')} · ${format}`,
    ...notesOf(loaded, judged).map((note) => `  ${style.warn('⚠')} ${note}`),
    '',
    ...summaryLines(judged.judgement, history, pointers, style),
  ]
}

function pointersTo({command, stopped}: RunFacts): Pointers {
  return {reproduce: command, ...(stopped === undefined ? {} : {stopped})}
}

/** One line. */
export function lineOf(checked: Checked, style: Style): string {
  const {name} = checked
  if ('problem' in checked) return `${style.bad('!')} ${name}  ${checked.problem[0] ?? ''}`
  const {loaded, judged} = checked
  const {validity, sentence} = judged.judgement
  const torn = loaded.torn === undefined ? undefined : `line ${loaded.torn.line} was cut off and is left out`
  const notes = [torn, judged.guess].filter((note) => note !== undefined)
  const said = notes.length === 0 ? '' : `  (${notes.join('; ')})`
  return `${style.mark(validity)} ${name}  ${counted(loaded.history.operationCount, 'operation')}  ${sentence}${said}`
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
    notes: notesOf(checked.loaded, checked.judged),
    verdicts: judgement.verdicts,
  }
}
