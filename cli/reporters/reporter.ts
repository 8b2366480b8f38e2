/** A reporter: watches a run and says what it sees, in one form. Data goes to standard output, all else to standard error. */
import type {Clock} from '../../core/clock.ts'
import type {ExitCode} from '../../core/error.ts'
import type {RunObserver} from '../../runner/observer.ts'
import type {RunResult} from '../../runner/run.ts'
import type {Style} from '../output/style.ts'

/** How a run ended, with what was derived from it. */
export interface Ending {
  readonly result: RunResult
  readonly exitCode: ExitCode
  /** Where `report.html` is, relative to where the command was given; absent when there is none. */
  readonly reportFile?: string
  /** The run directory, likewise. */
  readonly directory: string
}

export interface Reporter extends RunObserver {
  ended?(ending: Ending): void
}

/** What reporters are made with. */
export interface ReporterContext {
  /** Standard output, or the file named in `--reporter name=path`. */
  out(text: string): void
  /** Standard error. */
  err(text: string): void
  readonly style: Style
  /** Whether standard error is a terminal whose lines can be drawn over. */
  readonly live: boolean
  /** Width of that terminal, columns. */
  readonly columns: number
  readonly clock: Clock
  readonly env: NodeJS.ProcessEnv
  readonly verbose: boolean
}
