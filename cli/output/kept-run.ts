/** Does a run, tells of it as `chaos run` does, and leaves its directory with a report. */
import {relative} from 'node:path'
import {EXIT, type ExitCode} from '../../core/error.ts'
import type {RunOptions} from '../../runner/options.ts'
import {type RunResult, run} from '../../runner/run.ts'
import type {World} from '../../runner/stage.ts'
import {fanOut} from '../reporters/fan-out.ts'
import {chooseReporters} from '../reporters/index.ts'
import type {ReporterContext} from '../reporters/reporter.ts'
import {exitCodeOf} from './exit.ts'
import {writeReport} from './report-page.ts'

export interface KeptRun {
  readonly result: RunResult
  readonly exitCode: ExitCode
  /** Relative to where the command was given. */
  readonly directory: string
}

/** `silent`: nothing is said of it. */
export async function keptRun(
  options: RunOptions,
  world: World,
  context: ReporterContext,
  signal: AbortSignal,
  silent = false,
): Promise<KeptRun> {
  const reporters = silent ? {all: [], close() {}} : chooseReporters([], context)
  try {
    const watchers = fanOut(reporters.all)
    const result = await run(options, watchers, signal, world)
    const {judgement} = result
    const reportFile = judgement === undefined ? undefined : await writeReport(result.directory.path)
    const here = (path: string) => relative(process.cwd(), path) || '.'
    const directory = here(result.directory.path)
    const exitCode = judgement === undefined ? EXIT.environment : exitCodeOf(judgement, 'pass', 'unknown')
    watchers.ended?.({result, exitCode, directory, ...(reportFile === undefined ? {} : {reportFile: here(reportFile)})})
    return {result, exitCode, directory}
  } finally {
    reporters.close()
  }
}
