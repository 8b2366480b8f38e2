/**
 * A campaign: many runs within a budget of time. First canaries (targets with a planted bug, which must be caught: a harness
 * that catches nothing proves nothing), then the seeds that failed before, then fresh seeds over the matrix, the cells that
 * were tested least recently first, round after round. The order of business is TigerBeetle's CFO's.
 *
 * The budget is a promise: no job is started that is not expected to end in time, and one that is still going on at the end
 * is interrupted, which is neither a pass nor a failure. Canaries after the first leave room for one run of what is to be tested:
 * alone they say nothing of it.
 */
import type {Clock} from '../../core/clock.ts'
import {UsageError} from '../../core/error.ts'
import {showDuration} from '../../core/quantities.ts'
import type {Random} from '../../core/random.ts'
import {CostEstimate} from './estimate.ts'
import {type Canary, type Cell, type CompletedJob, foundViolation, isInterrupted, type Job, jobName} from './job.ts'
import type {KeptSeed} from './kept-seeds.ts'

export interface CampaignRequest {
  /** The matrix, in the order in which its cells are tested. */
  readonly cells: readonly Cell[]
  /** In the order in which they are tried. */
  readonly canaries: readonly Canary[]
  readonly kept: readonly KeptSeed[]
  readonly budgetMs: number
  /** How long clients run in each job other than canaries, ms. */
  readonly timeMs: number
  readonly random: Random
  readonly clock: Clock
  /** Stop at the first violation. */
  readonly bail: boolean
  /** How often a job is done again when the environment failed it. */
  readonly environmentRetries: number
  readonly signal: AbortSignal
}

export interface CampaignResult {
  readonly completed: readonly CompletedJob[]
  /** Jobs that had their place in the campaign and were not done, or not to their end, by name. */
  readonly notReached: readonly string[]
}

/** Runs one job; it is to end soon after the signal. */
export type Perform = (job: Job, signal: AbortSignal) => Promise<CompletedJob>

/** Seeds that a canary may take before it counts as missed. */
const CANARY_SEEDS = 3

/** Throws UsageError for a budget that cannot hold a single job. */
export function refuseBudget({cells, canaries, kept, budgetMs, timeMs}: CampaignRequest): void {
  const estimate = new CostEstimate(timeMs)
  const jobs = [...cells, ...kept].map(() => estimate.expectedMs({}))
  const least = Math.min(...jobs, ...canaries.map(({bug}) => estimate.expectedMs({bug})))
  if (least <= budgetMs) return
  throw new UsageError(`A budget of ${showDuration(budgetMs)} cannot hold one run.`, [
    `A run takes about ${showDuration(least)}: ${showDuration(timeMs)} of clients, and time to start, heal and check.`,
    `Give it more: --budget ${Math.ceil(least / 1000)}s. Or let clients run for less: --time 2s`,
  ])
}

/** How many of its jobs are expected to fit. */
export function expectedToFit(request: CampaignRequest): number {
  const {canaries, kept, cells} = request
  const estimate = new CostEstimate(request.timeMs)
  let leftMs = request.budgetMs
  let fit = 0
  const take = (costMs: number, keptFreeMs = 0) => {
    if (costMs + keptFreeMs > leftMs) return
    leftMs -= costMs
    fit++
  }
  for (const {bug} of canaries) take(estimate.expectedMs({bug}), fit > 0 ? matrixMs(request, estimate) : 0)
  for (const _ of [...kept, ...cells]) take(estimate.expectedMs({}))
  return fit
}

/** What one run other than a canary takes, ms; 0 where there is none. */
function matrixMs({cells, kept}: CampaignRequest, estimate: CostEstimate): number {
  return cells.length + kept.length > 0 ? estimate.expectedMs({}) : 0
}

/** Does the campaign. Throws UsageError for a budget that cannot hold a single job. */
export async function campaign(request: CampaignRequest, perform: Perform): Promise<CampaignResult> {
  refuseBudget(request)
  const {clock, random, budgetMs, bail, environmentRetries} = request
  const startNs = clock.nowNs()
  const leftMs = () => budgetMs - (clock.nowNs() - startNs) / 1e6
  const deadline = new AbortController()
  const cancel = clock.after(budgetMs, () => deadline.abort(new Error('The budget is spent.')))
  const signal = AbortSignal.any([request.signal, deadline.signal])
  const estimate = new CostEstimate(request.timeMs)
  const completed: CompletedJob[] = []
  const notReached = new Set<string>()
  let drawn = 0
  const seed = () => random.fork(`seed ${drawn++}`).uint32().toString(16).padStart(8, '0')
  let stopped = false

  /** Time that a job has to leave, ms. */
  const keptFreeMs = ({bug}: Job) => (bug !== undefined && completed.length > 0 ? matrixMs(request, estimate) : 0)

  /** Does it if it fits; undefined where it does not. Whatever keeps it from its end puts it among those not reached. */
  async function attempt(job: Job): Promise<CompletedJob | undefined> {
    const fits = () => estimate.expectedMs(job) + keptFreeMs(job) <= leftMs()
    for (let tries = 0; !stopped && !signal.aborted && fits(); tries++) {
      const ended = await perform(job, signal)
      estimate.observe(ended)
      completed.push(ended)
      if (isInterrupted(ended)) break
      if (ended.outcome === 'environment' && tries < environmentRetries) continue
      stopped = bail && job.kind !== 'canary' && ended.outcome === 'violation'
      return ended
    }
    notReached.add(jobName(job))
    return undefined
  }

  try {
    for (const {target, bug} of request.canaries) {
      for (let tried = 0; tried < CANARY_SEEDS; tried++) {
        const job: Job = {kind: 'canary', target, workload: bug.workload, faults: bug.nemesis, seed: seed(), bug}
        const ended = await attempt(job)
        if (ended === undefined || foundViolation(ended)) break
      }
    }
    for (const {target, workload, faults, seed: kept} of request.kept) {
      await attempt({kind: 'regression', target, workload, faults, seed: kept})
    }
    for (const cell of request.cells) await attempt({kind: 'fresh', ...cell, seed: seed()})
    // Whatever is left of the budget goes to further seeds.
    for (let going = request.cells.length > 0; going; ) {
      for (const cell of request.cells) {
        going &&= !stopped && !signal.aborted && estimate.expectedMs({}) <= leftMs()
        if (going) await attempt({kind: 'fresh', ...cell, seed: seed()})
      }
    }
  } finally {
    cancel()
  }
  return {completed, notReached: [...notReached]}
}
