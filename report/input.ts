/**
 * What a report is made of: plain data, filled by the caller from a run directory (or from a lone history file, when most
 * of it is absent). Nothing here is computed by the report; everything it computes is in `Payload`.
 */
import type {NodeEvent} from '../core/cluster.ts'
import type {FaultWindow} from '../core/history.ts'
import type {Op} from '../core/op.ts'
import type {Judgement} from '../core/verdict.ts'

/** One resolved option of a run and who set it. */
export interface ResolvedOption {
  readonly name: string
  /** As the user would type it: `30s`, `partition,kill`. */
  readonly value: string
  /** `flag`, `env CHAOS_SEED`, `chaos.config.ts`, `default`, … */
  readonly origin: string
}

/** A file that belongs to the run, so that a report can be matched with its evidence. */
export interface Artefact {
  readonly name: string
  readonly bytes?: number
  readonly sha256?: string
}

/** What was asked for, and where it ran. Absent fields are left out of the page. */
export interface RunFacts {
  /** The run directory's name: `20261120-201733-raft-register-8f3a`; for a lone history, its file name. */
  readonly id: string
  readonly target?: string
  readonly workload?: string
  /** Names of the faults, in the order asked for. */
  readonly nemesis?: readonly string[]
  readonly seed?: string
  readonly nodes?: readonly string[]
  /** Client threads. Processes p and p + concurrency are the same worker and share a lane of the timeline. */
  readonly concurrency?: number
  /** What the target promised and was judged by: `linearizable`. */
  readonly claims?: readonly string[]
  /** Planted bugs that were switched on. */
  readonly bugs?: readonly string[]
  readonly options?: readonly ResolvedOption[]
  /** By name: `{chaos: '0.1.0', node: 'v20.20.2', toxiproxy: 'embedded 2.12.0'}`. */
  readonly versions?: Readonly<Record<string, string>>
  readonly gitSha?: string
  /** By name: `{os: 'linux 6.1', cpus: '2', memory: '7.7 GB'}`. */
  readonly host?: Readonly<Record<string, string>>
  /** That the run ended before its time, in words: `stopped after 7.3 s of 30 s: proof found`. */
  readonly stopped?: string
  /** The calendar's date and time of the start, as text. */
  readonly startedAt?: string
  /** The format a lone history was written in: `edn`. */
  readonly format?: string
  /** Which clock the times are of: `monotonic wall clock`, `virtual time`. */
  readonly clock?: string
  /** The exact command line that was typed. */
  readonly command?: string
  /** The command that brings this run back. */
  readonly reproduce?: string
  /** The command that judges the record again. */
  readonly recheck?: string
  /** How this program is called where the page was made: `npx chaos`. */
  readonly program?: string
  readonly artefacts?: readonly Artefact[]
}

/** One line that a node (or its host) printed. */
export interface LogLine {
  /** On the history's clock; absent where the line carries none that could be mapped to it. */
  readonly timeNs?: number
  readonly text: string
}

export interface NodeLog {
  readonly node: string
  readonly lines: readonly LogLine[]
}

/** What had been planned, as far as the page shows it. */
export interface PlanSummary {
  readonly faults: readonly {
    readonly fault: string
    readonly startMs: number
    readonly stopMs: number
    /** One line: the spec in words. */
    readonly description: string
  }[]
  /** How many operations were planned, where that is known. */
  readonly operations?: number
}

export interface ReportInput {
  readonly run: RunFacts
  /** The whole history, faults included, in order. */
  readonly ops: readonly Op[]
  readonly judgement: Judgement
  /** `history.faults`. */
  readonly faults: readonly FaultWindow[]
  readonly events: readonly NodeEvent[]
  readonly logs: readonly NodeLog[]
  readonly plan?: PlanSummary
  /** What is to be known before the verdict is believed, a sentence each: how the history was read, what was guessed. */
  readonly notes?: readonly string[]
  /** Every model that a transaction checker may speak of, strongest first, with those that it implies. */
  readonly weaker?: Readonly<Record<string, readonly string[]>>
  /** Figures worth a line in the environment tab, by name with the unit last: `{checkMs: 310, statesSearched: 1204}`. */
  readonly stats?: Readonly<Record<string, number | string>>
}
