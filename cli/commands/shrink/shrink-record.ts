/** What `chaos shrink` does where there is only a record: leaves out of it what its impossibility does not need. */

import {basename, dirname, join, relative, resolve} from 'node:path'
import {calendarDate, eventLoopTurn} from '../../../core/clock.ts'
import {EXIT, type ExitCode, UsageError} from '../../../core/error.ts'
import {writeHeader, writeOp} from '../../../core/format/index.ts'
import type {History} from '../../../core/history.ts'
import {counted} from '../../../core/quantities.ts'
import type {JudgedBy} from '../../../runner/facts.ts'
import {createBudget} from '../../../runner/judging/budget.ts'
import {judgeLoaded} from '../../../runner/judging/judge-loaded.ts'
import {type Loaded, load} from '../../../runner/judging/load.ts'
import {writeVerdict} from '../../../runner/judging/verdict-file.ts'
import {conclusionOf} from '../../../runner/lab/history-rules.ts'
import {shrinkHistory} from '../../../runner/lab/shrink-history.ts'
import {createRunDirectory, RUNS_DIRECTORY, stamp, writeWhole} from '../../../runner/store.ts'
import {programLine} from '../../output/program.ts'
import {writePage} from '../../output/report-page.ts'
import type {ReporterContext} from '../../reporters/reporter.ts'
import {type JudgingSettings, wordsOf} from '../../settings/judging-settings.ts'
import {ProgressLine} from './progress-line.ts'

export interface RecordSettings {
  readonly judging: JudgingSettings
  readonly output: string | undefined
  readonly budgetMs: number
}

/** `name`: a run directory, or a file in any format. */
export async function shrinkRecord(
  name: string,
  {judging, output, budgetMs}: RecordSettings,
  context: ReporterContext,
  interrupted: AbortSignal,
): Promise<ExitCode> {
  const {clock, err, out} = context
  const loaded = await load(name, judging.format)
  const timeUp = new AbortController()
  const cancel = clock.after(budgetMs, () => timeUp.abort())
  const signal = AbortSignal.any([interrupted, timeUp.signal])
  const progress = new ProgressLine(context)
  const judge = async (history: History) => {
    // Lets a timer or Ctrl-C be heard between two judgements.
    await eventLoopTurn()
    const budget = createBudget(judging.timeoutMs, judging.memoryBytes, interrupted)
    return (await judgeLoaded({...loaded, history}, judging.judging, budget)).judgement
  }
  try {
    err(`chaos shrink · ${name} · the record alone · ${sizeWords(loaded.history)}\n`)
    const smallest = await shrinkHistory({
      history: loaded.history,
      judge: async (history) => (await judge(history)).verdicts,
      signal,
      onProgress: ({history, tried}) => progress.say(`${tried} tried, down to ${sizeWords(history)}`),
    })
    progress.end()
    if (smallest === undefined) {
      throw new UsageError(`${name} shows nothing that could be made smaller: no safety property is violated.`, [
        'Say how to judge it, as for chaos check: --model, --checker, --workload.',
      ])
    }
    const {history, finding} = smallest
    if (conclusionOf(finding.checker) === undefined) {
      out(
        `  Nothing was left out: of what ${finding.checker} finds it is not known what may go without making it worse.\n`,
      )
      return EXIT.inconclusive
    }
    const directory = keep(history, loaded, output, programLine('shrink', name))
    if (loaded.facts !== undefined) {
      const judgement = await judge(history)
      writeWhole(join(directory, 'verdict.json'), writeVerdict(judgement))
    }
    const place = loaded.facts === undefined ? join(directory, 'history.jsonl') : directory
    const report = await writePage(place, judging, join(directory, 'report.html'))
    const why = interrupted.aborted ? ' (interrupted)' : timeUp.signal.aborted ? ' (time is up)' : ''
    out(`  ${context.style.bad('FAIL')} ${finding.anomalies[0]?.sentence}\n`)
    out(`  From ${sizeWords(loaded.history)} to ${sizeWords(history)}${why}: still impossible in the same way.\n`)
    if (finding.checker === 'set-full') out('  Reads show only the elements that are left.\n')
    out(`  Report      ${relative(process.cwd(), report) || report}\n`)
    out(`  ${programLine('check', place, ...wordsOf(judging.judging))}\n`)
    return EXIT.violation
  } finally {
    cancel()
    progress.end()
  }
}

/** Writes the record where runs are kept; what is known of the run goes with it. Returns the directory, as seen from here. */
function keep(
  history: History,
  {name, directory, facts, judgedBy, hints}: Loaded,
  output: string | undefined,
  command: string,
): string {
  const parent = output ?? (directory === undefined ? RUNS_DIRECTORY : dirname(resolve(directory)))
  const what =
    facts === undefined ? basename(name).replaceAll(/[^\w.-]/g, '_') : `${facts.target}-${facts.workload}-${facts.seed}`
  const made = createRunDirectory(parent, `${stamp(calendarDate())}-${what}-smaller`)
  const header = judgedBy ?? Object.fromEntries(Object.entries(hints ?? {}).filter(([, value]) => value !== undefined))
  const meta =
    facts === undefined
      ? {...header}
      : judgingFacts({...facts, faults: history.faults.length === 0 ? [] : facts.faults})
  const lines = [...history.ops].map((op) => `${writeOp(op)}\n`)
  made.write(made.history, `${writeHeader(meta)}\n${lines.join('')}`)
  if (facts !== undefined) {
    // What the run was goes with it, but not its plan: nobody can run a record again.
    const {simulated: _, stopped: __, ...rest} = facts
    const faults = history.faults.length === 0 ? [] : facts.faults
    made.write(made.run, `${JSON.stringify({...rest, faults, id: made.name, command}, null, 2)}\n`)
  }
  return relative(process.cwd(), made.path) || made.path
}

/** Of all that `run.json` says, what a header says: how to judge. */
function judgingFacts(facts: JudgedBy): Readonly<Record<string, unknown>> {
  const {target, workload, claim, nodes, concurrency, keys, ratePerS} = facts
  const {functions, truthfulRefusals, faults, thresholds, seed, bugs} = facts
  return {
    ...{target, workload, claim, nodes, concurrency, keys, ratePerS, functions},
    ...(truthfulRefusals === undefined ? {} : {truthfulRefusals}),
    ...{faults, thresholds, seed, bugs},
  }
}

function sizeWords(history: History): string {
  const {operationCount, faults} = history
  return `${counted(operationCount, 'operation')}${faults.length === 0 ? '' : `, ${counted(faults.length, 'fault')}`}`
}
