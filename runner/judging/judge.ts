/**
 * From a history to a judgement: the workload's checkers, which judge what the target claims, and those that every run gets
 * (was anything tested, did it recover, were thresholds kept). A checker that crashes is *unknown*, and the others go on.
 */

import {withoutRounded} from '../../checkers/findings/rounded.ts'
import {reply} from '../../checkers/invariants/reply.ts'
import {availability} from '../../checkers/liveness/availability.ts'
import {exercise} from '../../checkers/liveness/exercise.ts'
import {exits} from '../../checkers/liveness/exits.ts'
import {recovery} from '../../checkers/liveness/recovery.ts'
import {stats} from '../../checkers/liveness/stats.ts'
import {threshold} from '../../checkers/liveness/thresholds.ts'
import {judgeNodeEvents} from '../../checkers/node-events/promises.ts'
import {type Budget, BudgetSpent, type Checker, type CheckOptions} from '../../core/checker.ts'
import type {NodeEvent} from '../../core/cluster.ts'
import {ChaosError, messageOf} from '../../core/error.ts'
import {exitsIn} from '../../core/exits.ts'
import type {History} from '../../core/history.ts'
import {counted} from '../../core/quantities.ts'
import {type Judgement, judge, type Verdict} from '../../core/verdict.ts'
import type {Workload, WorkloadOptions} from '../../core/workload.ts'
import {judgeStopped, type Stopped} from '../stopped.ts'

export interface JudgeOptions {
  readonly workload: Workload
  readonly workloadOptions: WorkloadOptions
  /** Faults that were asked for. */
  readonly faults: readonly string[]
  readonly thresholds: readonly string[]
  /** How long nothing may succeed while no fault is in force, ms. */
  readonly patienceMs?: number | undefined
  readonly budget: Budget
  /** Where the run was ended before its time. */
  readonly stopped?: Stopped
  /** What nodes told, and which invariants it must keep. */
  readonly told?: Told
}

export interface Told {
  readonly events: readonly NodeEvent[]
  readonly invariants: readonly string[]
}

/** Every checker that a run is judged by, safety first. */
export function checkersOf(options: Omit<JudgeOptions, 'budget' | 'stopped' | 'told'>): readonly Checker[] {
  return [
    ...options.workload.checkers(options.workloadOptions),
    reply(),
    exercise({faults: options.faults}),
    stats(),
    recovery(),
    availability(options.patienceMs === undefined ? {} : {limitMs: options.patienceMs}),
    ...options.thresholds.map((demand) => threshold(demand)),
  ]
}

/** Runs these checkers. Throws UsageError where the history itself is malformed; any other failure of one is its verdict. */
export async function runCheckers(
  history: History,
  checkers: readonly Checker[],
  budget: Budget,
  further: Omit<CheckOptions, 'budget'> = {},
): Promise<readonly Verdict[]> {
  const options = {budget, ...further}
  const verdicts: Verdict[] = []
  for (const checker of checkers) {
    try {
      verdicts.push(withoutRounded(history, await checker.check(history, options)))
    } catch (error) {
      if (error instanceof ChaosError) throw error
      if (error instanceof BudgetSpent) {
        verdicts.push(undecided(checker, error))
        continue
      }
      verdicts.push(crashed(checker, error))
    }
  }
  return verdicts
}

/** Ended by the budget outside of the checker's own questions about it: while the history was walked through. */
function undecided(checker: Checker, {message}: BudgetSpent): Verdict {
  return {
    checker: checker.name,
    property: checker.name,
    kind: 'safety',
    validity: 'unknown',
    summary: 'not decided',
    anomalies: [],
    reason: `${message}: ${checker.name} did not come to an end`,
  }
}

function crashed(checker: Checker, error: unknown): Verdict {
  return {
    checker: checker.name,
    property: checker.name,
    kind: 'safety',
    validity: 'unknown',
    summary: 'the checker crashed',
    anomalies: [],
    reason: `The checker ${checker.name} crashed: ${messageOf(error)}`,
    detail: {stack: error instanceof Error ? error.stack : undefined},
  }
}

/** The judgement of a whole run. */
export async function judgeHistory(history: History, options: JudgeOptions): Promise<Judgement> {
  const checkers = [...checkersOf(options), ...ifNodesEnded(history)]
  const judged = await runCheckers(history, checkers, options.budget)
  const verdicts = withPromises(judged, options.told)
  if (options.stopped !== undefined) return judgeStopped(verdicts, options.stopped)
  return judge(verdicts, passSentence(history))
}

/** What is only worth a line where it happened. */
export function ifNodesEnded(history: History): readonly Checker[] {
  return exitsIn(history.nemesisOps).length === 0 ? [] : [exits()]
}

/** What clients saw speaks first; then what nodes told, where they promised anything and said a word. */
export function withPromises(verdicts: readonly Verdict[], told: Told | undefined): readonly Verdict[] {
  if (told === undefined || told.invariants.length === 0 || told.events.length === 0) return verdicts
  return [...verdicts, judgeNodeEvents(told.events, told.invariants)]
}

/** What a pass is worth, in one sentence. */
export function passSentence(history: History): string {
  const verified = history.faults.filter((fault) => fault.verified).length
  const under = history.faults.length === 0 ? 'without faults' : `under ${counted(verified, 'verified fault')}`
  return `No violation found in ${counted(history.operationCount, 'operation')} ${under}.`
}
