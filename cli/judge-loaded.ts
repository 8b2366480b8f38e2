/**
 * Judges a loaded history: by what its own header says it was made with, by what the operator says, or by a guess that is
 * told along with the verdict.
 */
import {linearizable, MODELS} from '../checkers/linearizable/index.ts'
import type {Budget, Checker} from '../core/checker.ts'
import {UsageError} from '../core/error.ts'
import type {History} from '../core/history.ts'
import {lookUp} from '../core/registry.ts'
import {type Judgement, judge} from '../core/verdict.ts'
import type {Claim, Workload} from '../core/workload.ts'
import {checkersOf, passSentence, runCheckers} from '../runner/judge.ts'
import {WORKLOADS} from '../workloads/index.ts'
import type {Loaded} from './load.ts'

/** What the operator said about how to judge. */
export interface Wishes {
  /** Judge linearizability of this model, and nothing else. */
  readonly model?: string
  readonly workload?: string
  readonly claim?: string
  readonly thresholds: readonly string[]
}

export interface Judged {
  readonly judgement: Judgement
  /** What was taken for granted, in words; undefined when nothing was. */
  readonly guess?: string
}

/** Chooses the checkers and runs them. Throws UsageError for names that do not exist and histories that fit nothing. */
export async function judgeLoaded(loaded: Loaded, wishes: Wishes, budget: Budget): Promise<Judged> {
  const {history} = loaded
  const {checkers, guess} = choose(loaded, wishes)
  const verdicts = await runCheckers(history, checkers, budget)
  return {judgement: judge(verdicts, passSentence(history)), ...(guess === undefined ? {} : {guess})}
}

function choose(loaded: Loaded, wishes: Wishes): {checkers: readonly Checker[]; guess?: string} {
  if (wishes.model !== undefined) {
    lookUp('model', MODELS, wishes.model)
    return {checkers: [linearizable({model: wishes.model as keyof typeof MODELS})]}
  }
  const {judgedBy} = loaded
  const guessed = wishes.workload === undefined && judgedBy === undefined ? guessWorkload(loaded.history) : undefined
  const workload = lookUp('workload', WORKLOADS, wishes.workload ?? judgedBy?.workload ?? (guessed as string))
  const claim = claimFor(workload, wishes.claim ?? judgedBy?.claim)
  const nodes = judgedBy?.nodes ?? []
  const functions = judgedBy?.functions ?? [...new Set(loaded.history.operations.map(({f}) => f))]
  const checkers = checkersOf({
    workload,
    workloadOptions: {
      nodes,
      functions,
      claim,
      keys: judgedBy?.keys ?? loaded.history.byKey().size,
      concurrency: judgedBy?.concurrency ?? 1,
      ratePerS: judgedBy?.ratePerS ?? Number.POSITIVE_INFINITY,
    },
    faults: judgedBy?.faults ?? [],
    thresholds: wishes.thresholds.length > 0 ? wishes.thresholds : (judgedBy?.thresholds ?? []),
  })
  if (guessed === undefined) return {checkers}
  return {
    checkers,
    guess: `taken for the workload "${guessed}", claiming ${claim}: its operations are ${functions.join(', ')}`,
  }
}

function claimFor(workload: Workload, claim: string | undefined): Claim {
  const [strongest] = workload.claims
  if (claim === undefined) return strongest as Claim
  const known = Object.fromEntries(workload.claims.map((name) => [name, name]))
  return lookUp(`claim of ${workload.name}`, known, claim)
}

/** The workload whose words these are. Throws UsageError where they are nobody's. */
function guessWorkload(history: History): string {
  const functions = new Set(history.operations.map(({f}) => f))
  if (functions.size === 0) return 'register'
  const speaks = (...words: string[]) => [...functions].every((f) => words.includes(f))
  if (speaks('read', 'write')) return 'register'
  if (speaks('read', 'write', 'cas')) return 'cas'
  if (speaks('read', 'add', 'remove')) {
    const read = history.operations.find(({f, outcome}) => f === 'read' && outcome === 'ok')
    return typeof read?.output === 'number' ? 'counter' : 'set'
  }
  throw new UsageError(`Cannot tell which workload made these operations: ${[...functions].join(', ')}.`, [
    `Say which: -w ${Object.keys(WORKLOADS).join('|')}, or --model ${Object.keys(MODELS).join('|')}`,
  ])
}
