/**
 * Judges a loaded history: by what its own header says it was made with, by what the operator says, or by a guess that is
 * told along with the verdict.
 *
 * A history that came from elsewhere is judged by the property alone: whether enough was exercised, recovered and available
 * is a question to whoever ran it.
 */
import {stats} from '../checkers/stats.ts'
import {threshold} from '../checkers/thresholds.ts'
import type {Budget, Checker, Parallel} from '../core/checker.ts'
import type {History} from '../core/history.ts'
import {lookUp} from '../core/registry.ts'
import {type Judgement, judge, type Verdict} from '../core/verdict.ts'
import type {Claim, Workload, WorkloadOptions} from '../core/workload.ts'
import {checkersOf, passSentence, runCheckers} from '../runner/judge.ts'
import {WORKLOADS} from '../workloads/index.ts'
import {type Choice, checkerNames, makeCheckers} from './choice.ts'
import {guess, guessModel} from './guess.ts'
import type {Loaded} from './load.ts'

/** What the operator said about how to judge. */
export interface Wishes {
  /** Judge linearizability of this model, and nothing else. */
  readonly model?: string
  /** Judge by these checkers, separated by commas, and nothing else. */
  readonly checker?: string
  /** What transactions are judged against. */
  readonly consistencyModels?: readonly string[]
  readonly workload?: string
  readonly claim?: string
  readonly thresholds: readonly string[]
}

export interface Judged {
  readonly judgement: Judgement
  /** What was taken for granted, in words; undefined when nothing was. */
  readonly guess?: string
}

interface Chosen {
  readonly checkers: readonly Checker[]
  readonly guess?: string
  /** Show counts and latencies beside the verdict, as far as they have nothing against it. */
  readonly figures?: boolean
}

/** Chooses the checkers and runs them. Throws UsageError for names that do not exist and histories that fit nothing. */
export async function judgeLoaded(
  loaded: Loaded,
  wishes: Wishes,
  budget: Budget,
  parallel?: Parallel,
): Promise<Judged> {
  const {history} = loaded
  const {checkers, guess, figures = false} = choose(loaded, wishes)
  const verdicts = [...(await runCheckers(history, checkers, budget, parallel))]
  if (figures) {
    const counts = await runCheckers(history, [stats()], budget)
    verdicts.push(...counts.filter(({validity}) => validity === 'valid').map((verdict) => honest(verdict, history)))
  }
  return {judgement: judge(verdicts, sentenceFor(loaded)), ...(guess === undefined ? {} : {guess})}
}

/** Latencies say nothing of a history without times: its readers made them up from the places of its ops. */
function honest(verdict: Verdict, history: History): Verdict {
  const timed = history.ops.some(({timeNs, index}) => timeNs !== index)
  const {measures: _, ...counts} = verdict
  return timed ? verdict : counts
}

/** Of faults that were injected from elsewhere nothing is known. */
function sentenceFor({history, judgedBy}: Loaded): string {
  const ours = judgedBy !== undefined || history.faults.length > 0
  return ours ? passSentence(history) : `No violation found in ${history.operationCount} operations.`
}

function choose(loaded: Loaded, wishes: Wishes): Chosen {
  const {history, judgedBy} = loaded
  const {model, consistencyModels} = wishes
  const thresholds = wishes.thresholds.map((demand) => threshold(demand))
  if (wishes.checker !== undefined) {
    const choices = checkerNames(wishes.checker).map((checker) => choiceOf(checker, history, model))
    return {checkers: [...makeCheckers(choices, consistencyModels), ...thresholds]}
  }
  if (model !== undefined) {
    return {checkers: [...makeCheckers([{checker: 'linearizable', model}], consistencyModels), ...thresholds]}
  }
  const workload = wishes.workload ?? judgedBy?.workload
  if (workload === undefined || consistencyModels !== undefined) {
    const {choices, told} = guess(history)
    const checkers = [...makeCheckers(choices, consistencyModels), ...thresholds]
    return {checkers, guess: told, figures: true}
  }
  return asWorkload(loaded, lookUp('workload', WORKLOADS, workload), wishes)
}

function choiceOf(checker: string, history: History, model: string | undefined): Choice {
  return checker === 'linearizable' ? {checker, model: model ?? guessModel(history)} : {checker}
}

function asWorkload({history, judgedBy}: Loaded, workload: Workload, wishes: Wishes): Chosen {
  const workloadOptions: WorkloadOptions = {
    nodes: judgedBy?.nodes ?? [],
    functions: judgedBy?.functions ?? history.functions,
    claim: claimFor(workload, wishes.claim ?? judgedBy?.claim),
    keys: judgedBy?.keys ?? history.byKey().size,
    concurrency: judgedBy?.concurrency ?? 1,
    ratePerS: judgedBy?.ratePerS ?? Number.POSITIVE_INFINITY,
  }
  if (judgedBy === undefined) {
    const thresholds = wishes.thresholds.map((demand) => threshold(demand))
    return {checkers: [...workload.checkers(workloadOptions), ...thresholds], figures: true}
  }
  const thresholds = wishes.thresholds.length > 0 ? wishes.thresholds : judgedBy.thresholds
  return {checkers: checkersOf({workload, workloadOptions, faults: judgedBy.faults, thresholds})}
}

function claimFor(workload: Workload, claim: string | undefined): Claim {
  const [strongest] = workload.claims
  if (claim === undefined) return strongest as Claim
  const known = Object.fromEntries(workload.claims.map((name) => [name, name]))
  return lookUp(`claim of ${workload.name}`, known, claim)
}
