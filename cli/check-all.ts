/** `chaos check` for one history, told in full, or for several, a line each. */
import {EXIT, type ExitCode} from '../core/error.ts'
import type {FormatName} from '../core/format/index.ts'
import {createBudget} from '../runner/budget.ts'
import {writeWhole} from '../runner/store.ts'
import {writeVerdict} from '../runner/verdict-file.ts'
import {type Expectation, exitCodeOf, type UnknownAs} from './exit.ts'
import {explainFailure} from './failure.ts'
import {type Judged, judgeLoaded, type Wishes} from './judge-loaded.ts'
import {type Loaded, load} from './load.ts'
import {showCount} from './quantities.ts'
import {toJson} from './reporters/json.ts'
import type {ReporterContext} from './reporters/reporter.ts'
import {summaryLines} from './summary.ts'

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
interface Checked {
  readonly name: string
  readonly exitCode: ExitCode
  readonly loaded?: Loaded
  readonly judged?: Judged
  /** Why it was not judged. */
  readonly problem?: readonly string[]
}

/** From the worst to the best; see `core/verdict.ts`. */
const SEVERITY: readonly ExitCode[] = [
  EXIT.bug,
  EXIT.violation,
  EXIT.environment,
  EXIT.liveness,
  EXIT.usage,
  EXIT.inconclusive,
  EXIT.pass,
]

/** Judges each; resolves to the worst exit code. One history that cannot be read does not keep the others from being judged. */
export async function checkAll(
  names: readonly string[],
  request: CheckRequest,
  context: ReporterContext,
): Promise<ExitCode> {
  const alone = names.length === 1
  const checked: Checked[] = []
  for (const name of names) {
    const one = alone ? await checkOne(name, request) : await checkTolerantly(name, request)
    checked.push(one)
    if (!request.json) context.out(`${(alone ? story(one, context) : [line(one, context)]).join('\n')}\n`)
  }
  if (request.json) context.out(`${toJson(alone ? document(checked[0] as Checked) : checked.map(document), 2)}\n`)
  return SEVERITY.find((code) => checked.some(({exitCode}) => exitCode === code)) ?? EXIT.bug
}

async function checkOne(name: string, request: CheckRequest): Promise<Checked> {
  const loaded = await load(name, request.format)
  const judged = await judgeLoaded(loaded, request.wishes, createBudget(request.timeoutMs, request.memoryBytes))
  if (loaded.directory !== undefined) writeWhole(`${loaded.directory}/verdict.json`, writeVerdict(judged.judgement))
  return {name, loaded, judged, exitCode: exitCodeOf(judged.judgement, request.expect, request.unknownAs)}
}

async function checkTolerantly(name: string, request: CheckRequest): Promise<Checked> {
  try {
    return await checkOne(name, request)
  } catch (error) {
    const {lines, exitCode} = explainFailure(error, ['check', name])
    return {name, problem: lines, exitCode: exitCode as ExitCode}
  }
}

/** What is to be known about how it was read, then the summary. */
function story({name, loaded, judged}: Checked, {style}: ReporterContext): string[] {
  const {history, torn, format} = loaded as Loaded
  const {judgement, guess} = judged as Judged
  const notes = [
    ...(torn === undefined ? [] : [`The last line (${torn.line}) was cut off in mid-write and is left out.`]),
    ...(guess === undefined ? [] : [guess]),
  ]
  return [
    `${style.bold(name)} · ${showCount(history.operations.length)} operations · ${format}`,
    ...notes.map((note) => `  ${style.warn('⚠')} ${note}`),
    '',
    ...summaryLines(judgement, history, reproduction(loaded as Loaded), style),
  ]
}

function reproduction({facts}: Loaded): {reproduce?: string} {
  return facts === undefined ? {} : {reproduce: facts.command}
}

function line({name, loaded, judged, problem}: Checked, {style}: ReporterContext): string {
  if (problem !== undefined) return `${style.bad('!')} ${name}  ${problem.join(' ')}`
  const {judgement, guess} = judged as Judged
  const count = `${showCount((loaded as Loaded).history.operations.length)} operations`
  return `${style.mark(judgement.validity)} ${name}  ${count}  ${judgement.sentence}${guess === undefined ? '' : `  (${guess})`}`
}

function document({name, loaded, judged, problem, exitCode}: Checked): Record<string, unknown> {
  if (problem !== undefined) return {schema: 'chaos.check/1', history: name, exitCode, verdict: null, problem}
  const {judgement, guess} = judged as Judged
  const {history, format, torn} = loaded as Loaded
  return {
    schema: 'chaos.check/1',
    history: name,
    format,
    exitCode,
    verdict: judgement.validity,
    sentence: judgement.sentence,
    operations: history.operations.length,
    guess: guess ?? null,
    torn: torn ?? null,
    verdicts: judgement.verdicts,
  }
}
