/**
 * Judges a loaded history: by what its own header says it was made with, by what the operator says, or by a guess that is
 * reported along with the verdict.
 *
 * A history that came from elsewhere is judged by the property alone: whether enough was exercised, recovered and available
 * is a question to whoever ran it.
 */

import {stats} from '../../checkers/liveness/stats.ts'
import {threshold} from '../../checkers/liveness/thresholds.ts'
import type {Budget, Checker, CheckOptions} from '../../core/checker.ts'
import {UsageError} from '../../core/error.ts'
import type {History} from '../../core/history.ts'
import type {ProcessId} from '../../core/op.ts'
import {counted} from '../../core/quantities.ts'
import {lookUp} from '../../core/registry.ts'
import {type Judgement, judge, type Verdict} from '../../core/verdict.ts'
import type {Claim, Workload, WorkloadOptions} from '../../core/workload.ts'
import {allWorkloads, NO_PLUGINS, type PluginCatalogue} from '../catalogue.ts'
import type {EarlyEnd} from '../facts.ts'
import {judgeStopped} from '../stopped.ts'
import {ignoredFunctions, requireApplicable, requireArguments} from './applicable.ts'
import {typedOptions} from './checker-options.ts'
import {type Choice, checkerNames, makeCheckers, type Settings} from './choice.ts'
import {guess, guessModel} from './guess.ts'
import {checkersOf, ifNodesEnded, passSentence, runCheckers, withPromises} from './judge.ts'
import type {Loaded} from './load.ts'
import {toldIn} from './node-events.ts'

/** What the operator said about how to judge. */
export interface JudgingOptions {
  /** Judge linearizability of this model, and nothing else. */
  readonly model?: string
  /** Judge by these checkers, separated by commas, and nothing else. */
  readonly checker?: string
  /** What transactions are judged against. */
  readonly consistencyModels?: readonly string[]
  readonly workload?: string
  readonly claim?: string
  readonly thresholds: readonly string[]
  /** `name=value` for the checkers. */
  readonly options?: readonly string[]
  /** Stop at the first key that is found broken, where keys are judged one by one. */
  readonly failFast?: boolean
}

export interface Judged {
  readonly judgement: Judgement
  /** What was taken for granted, in words; undefined when nothing was. */
  readonly guess?: string
  /** What else is to be known of the verdict: operations that no checker looked at, what was taken for the beginning. */
  readonly notes: readonly string[]
}

/** What is to be known about how a history was read and judged. */
export function notesOf({torn, lifted, bare, facts}: Loaded, {guess, notes}: Judged): string[] {
  return [
    ...(facts?.ended === undefined ? [] : [endedWords(facts.ended)]),
    ...(torn === undefined ? [] : [`the last line (${torn.line}) was cut off in mid-write and is left out`]),
    ...(lifted ? ['every value is a pair: taken for a key and a value, an object for each key'] : []),
    ...(bare === undefined
      ? []
      : [
          `${counted(bare.count, 'answer')} without a key, the first at op #${bare.first}: taken to be about the key asked for`,
        ]),
    ...(guess === undefined ? [] : [guess]),
    ...notes,
  ]
}

function endedWords({interrupted, reason, going}: EarlyEnd): string {
  if (going === true) return 'the run is going on; what it has not got to is unknown'
  return interrupted ? 'the run was interrupted; what it did not get to is unknown' : `the run ended early: ${reason}`
}

interface Chosen {
  readonly checkers: readonly Checker[]
  readonly guess?: string
  /** Show counts and latencies beside the verdict, as far as they have nothing against it. */
  readonly figures?: boolean
  /** They are those that the run was judged by. */
  readonly asRun?: boolean
}

/** Chooses the checkers and runs them. Throws UsageError for names that do not exist and histories that fit nothing. */
export async function judgeLoaded(
  loaded: Loaded,
  judging: JudgingOptions,
  budget: Budget,
  further: Pick<CheckOptions, 'parallel' | 'onBroken'> = {},
  plugins: PluginCatalogue = NO_PLUGINS,
): Promise<Judged> {
  const {history} = loaded
  if (loaded.judgedBy === undefined) requireArguments(history)
  const {checkers, guess, figures = false, asRun = false} = choose(loaded, judging, plugins)
  const backAt = loaded.judgedBy === undefined ? timesGoBack(history) : undefined
  const found = await runCheckers(history, checkers, budget, {...further, failFast: judging.failFast === true})
  const verdicts = found.map((verdict) =>
    verdict.checker === 'stats' ? withoutInventedLatencies(verdict, history, backAt) : verdict,
  )
  if (figures) {
    const counts = await runCheckers(history, [stats()], budget)
    verdicts.push(
      ...counts
        .filter(({validity}) => validity === 'valid')
        .map((verdict) => withoutInventedLatencies(verdict, history, backAt)),
    )
  }
  const {facts, directory} = loaded
  if (asRun && facts !== undefined && directory !== undefined) {
    verdicts.push(...withPromises([], toldIn(facts, directory)))
  }
  if (asRun) verdicts.push(...(await runCheckers(history, ifNodesEnded(history), budget)))
  const stopped = asRun ? loaded.facts?.stopped : undefined
  const ended = asRun ? loaded.facts?.ended : undefined
  const judgement =
    stopped === undefined
      ? judge(ended === undefined ? verdicts : verdicts.map((verdict) => excused(verdict, ended)), sentenceFor(loaded))
      : judgeStopped(verdicts, stopped)
  const names = checkers.map(({name}) => name)
  const said = typedOptions(judging.options ?? [])
  const ours = loaded.judgedBy !== undefined
  const notes = [
    ignoredFunctions(names, history),
    said.has('initial') || ours ? undefined : initialValueNote(verdicts),
    guess === undefined || said.has('claim') ? undefined : claimNote(verdicts),
    backAt === undefined
      ? undefined
      : `by its time, op #${backAt} comes before its invocation: the order of the file counts, and durations mean nothing`,
  ]
  return {
    judgement,
    ...(guess === undefined ? {} : {guess}),
    notes: notes.filter((note) => note !== undefined),
  }
}

/** A run that ended early did not get to everything: what is no safety property and does not hold is *unknown*. */
function excused(verdict: Verdict, {going}: EarlyEnd): Verdict {
  if (verdict.kind === 'safety' || verdict.validity === 'valid') return verdict
  const why = verdict.anomalies[0]?.sentence ?? verdict.reason ?? verdict.summary
  return {
    ...verdict,
    validity: 'unknown',
    anomalies: [],
    reason: `The run ${going === true ? 'is going on' : 'ended early'}: ${why}`,
  }
}

/** Registers that were not empty when the record began look as if somebody had read what nobody wrote. */
function initialValueNote(verdicts: readonly Verdict[]): string | undefined {
  const made = verdicts.some(
    ({checker, summary, anomalies}) =>
      checker === 'linearizable' &&
      anomalies.some(({type}) => type === 'phantom-read' || summary.startsWith('multi-register')) &&
      /^(cas-|multi-)?register/.test(summary),
  )
  return made ? 'registers are taken to be empty at first; if they were not, say --option initial=VALUE' : undefined
}

/** Sets and counters that only come to agree, as Maelstrom's do, break no promise by an old answer. */
function claimNote(verdicts: readonly Verdict[]): string | undefined {
  const late = verdicts.some(({checker, anomalies}) =>
    anomalies.some(
      ({type}) =>
        (checker === 'set-full' && type === 'stale-read') ||
        (checker === 'counter' && type === 'counter-out-of-bounds'),
    ),
  )
  return late
    ? 'every read is taken to show what was acknowledged before it; where only the final ones do, say --option claim=eventual'
    : undefined
}

/**
 * Latencies say nothing of a history without times, whose readers made them up from the places of its ops; nor of one whose
 * times go back within an operation (at `backAt`), as those of several clocks may.
 */
function withoutInventedLatencies(verdict: Verdict, history: History, backAt: number | undefined): Verdict {
  const timed = backAt === undefined && history.ops.some(({timeNs, index}) => timeNs !== index)
  const {measures: _, ...counts} = verdict
  return timed ? verdict : counts
}

/** The first op that ended before it began, by its times; undefined where there is none. */
function timesGoBack(history: History): number | undefined {
  const begun = new Map<ProcessId, number>()
  let found: number | undefined
  history.scan(({timeNs, index, type, process}) => {
    if (typeof process !== 'number') return
    if (type === 'invoke') begun.set(process, timeNs)
    else if (timeNs < (begun.get(process) as number)) found ??= index
  })
  return found
}

/** Of faults that were injected from elsewhere nothing is known, unless their ops say what was seen of them. */
function sentenceFor({history, judgedBy}: Loaded): string {
  const ours = judgedBy !== undefined || history.faults.some(({verified}) => verified)
  return ours ? passSentence(history) : `No violation found in ${counted(history.operationCount, 'operation')}.`
}

function choose(loaded: Loaded, judging: JudgingOptions, plugins: PluginCatalogue): Chosen {
  const {history, judgedBy, hints} = loaded
  const {model, consistencyModels} = judging
  const thresholds = judging.thresholds.map((demand) => threshold(demand))
  const settings: Settings = {
    options: typedOptions(judging.options ?? []),
    ...(consistencyModels === undefined ? {} : {consistencyModels}),
  }
  if (judging.checker !== undefined) {
    const choices = checkerNames(judging.checker, plugins).map((checker) => choiceOf(checker, history, model))
    for (const {checker} of choices) requireApplicable(checker, history)
    return {checkers: [...makeCheckers(choices, settings, plugins), ...thresholds]}
  }
  if (model !== undefined) {
    return {checkers: [...makeCheckers([{checker: 'linearizable', model}], settings), ...thresholds]}
  }
  const workload = judging.workload ?? judgedBy?.workload ?? hints?.workload
  const particular = consistencyModels !== undefined || settings.options.size > 0
  if (workload === undefined || (particular && judging.workload === undefined)) {
    const {choices, note} = guess(history)
    const checkers = [...makeCheckers(choices, settings), ...thresholds]
    return {checkers, guess: note, figures: true}
  }
  if (particular)
    throw new UsageError('-w says how to judge; --option and --consistency-models go with --checker or --model.')
  return asWorkload(loaded, lookUp('workload', allWorkloads(plugins), workload), judging)
}

function choiceOf(checker: string, history: History, model: string | undefined): Choice {
  return checker === 'linearizable' ? {checker, model: model ?? guessModel(history)} : {checker}
}

function asWorkload({history, judgedBy, hints}: Loaded, workload: Workload, judging: JudgingOptions): Chosen {
  const said = judgedBy ?? hints
  const workloadOptions: WorkloadOptions = {
    nodes: judgedBy?.nodes ?? [],
    functions: judgedBy?.functions ?? history.functions,
    claim: claimFor(workload, judging.claim ?? (said?.workload === workload.name ? said.claim : undefined)),
    keys: judgedBy?.keys ?? history.byKey().size,
    concurrency: judgedBy?.concurrency ?? 1,
    ratePerS: judgedBy?.ratePerS ?? Number.POSITIVE_INFINITY,
    truthfulRefusals: judgedBy?.truthfulRefusals ?? false,
  }
  if (judgedBy === undefined) {
    const thresholds = judging.thresholds.map((demand) => threshold(demand))
    return {checkers: [...workload.checkers(workloadOptions), ...thresholds], figures: true}
  }
  const thresholds = judging.thresholds.length > 0 ? judging.thresholds : judgedBy.thresholds
  const asRun = workload.name === judgedBy.workload && workloadOptions.claim === judgedBy.claim
  const {faults, patienceMs} = judgedBy
  return {checkers: checkersOf({workload, workloadOptions, faults, thresholds, patienceMs}), asRun}
}

function claimFor(workload: Workload, claim: string | undefined): Claim {
  const [strongest] = workload.claims
  if (claim === undefined) return strongest as Claim
  const known = Object.fromEntries(workload.claims.map((name) => [name, name]))
  return lookUp(`claim of ${workload.name}`, known, claim)
}
