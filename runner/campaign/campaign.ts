/**
 * A campaign: many runs within a budget of time. First the seeds that failed before, then canaries (targets with a planted
 * bug, which must be caught: a harness that catches nothing proves nothing), then fresh seeds over the whole matrix, cell
 * after cell, until the time is up. The order of business is TigerBeetle's CFO's.
 */
import type {Clock} from '../../core/clock.ts'
import type {Random} from '../../core/random.ts'
import type {Canary, Cell, Job, JobOutcome} from './job.ts'
import type {KeptSeed} from './kept-seeds.ts'

export interface CampaignRequest {
  readonly cells: readonly Cell[]
  readonly canaries: readonly Canary[]
  readonly kept: readonly KeptSeed[]
  readonly budgetMs: number
  readonly random: Random
  readonly clock: Clock
  /** Stop at the first violation. */
  readonly bail: boolean
  /** How often a job is done again when the environment failed it. */
  readonly environmentRetries: number
  readonly signal: AbortSignal
}

/** Seeds that a canary may take before it counts as missed. */
const CANARY_SEEDS = 3

/**
 * Does the campaign; `perform` runs one job. Canaries and kept seeds are done even when they overrun the budget, fresh
 * seeds only while it lasts, but each cell is tried at least once.
 */
export async function campaign(request: CampaignRequest, perform: (job: Job) => Promise<JobOutcome>): Promise<void> {
  const {clock, random, signal} = request
  const deadlineNs = clock.nowNs() + request.budgetMs * 1e6
  let drawn = 0
  const seed = () => random.fork(`seed ${drawn++}`).uint32().toString(16).padStart(8, '0')
  let stopped = false

  async function attempt(job: Job): Promise<JobOutcome> {
    let result = await perform(job)
    for (let retry = 0; result === 'environment' && retry < request.environmentRetries; retry++)
      result = await perform(job)
    stopped = signal.aborted || (request.bail && job.kind !== 'canary' && result === 'violation')
    return result
  }

  for (const {target, workload, faults, seed: kept} of request.kept) {
    if (stopped) return
    await attempt({kind: 'regression', target, workload, faults, seed: kept})
  }
  for (const {target, bug} of request.canaries) {
    for (let tried = 0; tried < CANARY_SEEDS && !stopped; tried++) {
      const job: Job = {kind: 'canary', target, workload: bug.workload, faults: bug.nemesis, seed: seed(), bug}
      const result = await attempt(job)
      if (result === 'violation' || result === 'liveness') break
    }
  }
  for (let round = 0; request.cells.length > 0; round++) {
    for (const cell of request.cells) {
      if (stopped || (round > 0 && clock.nowNs() > deadlineNs)) return
      await attempt({kind: 'fresh', ...cell, seed: seed()})
    }
    if (clock.nowNs() > deadlineNs) return
  }
}
