/** Carries out a run whose options are resolved: reporters, interrupts, the report, the exit code. */
import {relative} from 'node:path'
import {EXIT} from '../../../core/error.ts'
import type {RunOptions} from '../../../runner/options.ts'
import {type RunResult, run} from '../../../runner/run.ts'
import {noteEnded} from '../../../runner/runs.ts'
import {exitCodeOf} from '../../output/exit.ts'
import {openFile} from '../../output/open.ts'
import {writeReport} from '../../output/report-page.ts'
import {reporterContext, type TerminalFlags, watchInterrupts} from '../../output/terminal.ts'
import {fanOut} from '../../reporters/fan-out.ts'
import {chooseReporters} from '../../reporters/index.ts'

/** What of the command line is not about the run itself. */
export interface OutputFlags extends TerminalFlags {
  readonly json: boolean
  readonly reporter?: readonly string[] | undefined
  readonly open: string
  readonly expect: string
  readonly unknown: string
}

/** Resolves to the exit code. Rejects with what ended the run early, unless somebody interrupted it. */
export async function performRun(
  options: RunOptions,
  flags: OutputFlags,
  judged: (result: RunResult) => void = () => {},
): Promise<number> {
  const reporters = chooseReporters(flags.json ? ['json'] : (flags.reporter ?? []), reporterContext(flags))
  const interrupts = watchInterrupts()
  try {
    const watchers = fanOut(reporters.all)
    const result = await run(options, watchers, interrupts.signal)
    const {judgement} = result
    if (judgement === undefined) {
      const reason = result.ended?.message ?? 'The run ended early.'
      noteEnded(result.directory.path, result.facts, {interrupted: interrupts.exitCode() !== undefined, reason})
    }
    const reportFile = judgement === undefined ? undefined : await writeReport(result.directory.path)
    const exitCode =
      interrupts.exitCode() ??
      (judgement === undefined
        ? EXIT.environment
        : exitCodeOf(judgement, flags.expect as 'pass', flags.unknown as 'unknown'))
    const here = (path: string) => relative(process.cwd(), path) || '.'
    watchers.ended?.({
      result,
      exitCode,
      directory: here(result.directory.path),
      ...(reportFile === undefined ? {} : {reportFile: here(reportFile)}),
    })
    if (result.ended !== undefined && interrupts.exitCode() === undefined) throw result.ended
    if (judgement !== undefined) judged(result)
    const failed = judgement?.validity !== 'valid'
    if (reportFile !== undefined && (flags.open === 'always' || (flags.open === 'on-failure' && failed))) {
      openFile(reportFile)
    }
    return exitCode
  } catch (error) {
    const interrupted = interrupts.exitCode()
    if (interrupted === undefined) throw error
    return interrupted
  } finally {
    interrupts.dispose()
    reporters.close()
  }
}
