/** From the flags of `chaos campaign` to a campaign in its directory and the engine that works it off. */
import {availableParallelism} from 'node:os'
import {basename, join, resolve} from 'node:path'
import {type Clock, calendarDate} from '../../../core/clock.ts'
import {UsageError} from '../../../core/error.ts'
import {counted, parseCount, parseRate, parseSpan} from '../../../core/quantities.ts'
import {programBeside} from '../../../net/toxiproxy/program.ts'
import {askBroker, brokerEngine} from '../../../runner/campaign/queue/broker.ts'
import type {Engine} from '../../../runner/campaign/queue/engine.ts'
import {JobProcess} from '../../../runner/campaign/queue/job-process.ts'
import {parseShard, queueJobs, shardOf} from '../../../runner/campaign/queue/jobs.ts'
import {CAMPAIGNS_DIRECTORY, claimCampaign, Ledger} from '../../../runner/campaign/queue/ledger.ts'
import {localEngine} from '../../../runner/campaign/queue/local.ts'
import {MOST_WORKERS} from '../../../runner/settings/limits.ts'
import {stamp} from '../../../runner/store.ts'
import {type MatrixFlags, resolveMatrix} from '../../settings/campaign-settings.ts'
import {loadConfig} from '../../settings/config.ts'
import {freshSeed} from '../../settings/seed.ts'

export interface Flags extends MatrixFlags {
  readonly seeds: string
  readonly seed?: string | undefined
  readonly simulate: boolean
  readonly time: string
  readonly rate: string
  readonly 'fail-fast': boolean
  readonly workers?: string | undefined
  readonly queue?: string | undefined
  readonly shard?: string | undefined
  readonly resume?: string | undefined
  readonly keep: string
  readonly junit?: string | undefined
  readonly json: boolean
  readonly output?: string | undefined
  readonly config?: string | undefined
}

export interface ConductSettings {
  readonly ledger: Ledger
  readonly engine: Engine
  /** Where the work is done, in words. */
  readonly place: string
  readonly junitFile: string | undefined
  readonly json: boolean
  /** Lets others go on with the campaign. */
  release(): void
}

/** Throws UsageError for what makes no sense, and EnvironmentError without the broker, before anything is written. */
export async function beginCampaign(flags: Flags, clock: Clock): Promise<ConductSettings> {
  const {queue, junit, json, resume} = flags
  const begin = resume === undefined ? await prepare(flags) : () => goOn(resume)
  const asked = flags.workers === undefined ? undefined : parseCount('--workers', flags.workers, 1, MOST_WORKERS)
  if (queue !== undefined) await askBroker(queue)
  const {ledger, release} = begin()
  const workers = asked ?? usualWorkers(ledger)
  const place = queue === undefined ? counted(workers, 'process') : 'workers at the broker'
  const start = () => startJobProcess([...words(flags), '--runs', resolve(ledger.runs)])
  const engine =
    queue === undefined
      ? localEngine(workers, start)
      : brokerEngine(queue, `${basename(ledger.path)}-${ledger.plan.seed}`, clock)
  return {ledger, engine, place, junitFile: junit, json, release}
}

/** A worker process, told these words. */
export function startJobProcess(told: readonly string[]): JobProcess {
  return new JobProcess(programBeside(import.meta.url, 'job-main'), told)
}

function words({config, keep}: Pick<Flags, 'config' | 'keep'>): string[] {
  return ['--keep', keep, ...(config === undefined ? [] : ['--config', config])]
}

/** A campaign that this process works off. */
interface Claimed {
  readonly ledger: Ledger
  release(): void
}

function goOn(path: string): Claimed {
  // Nothing is written where no campaign is; and what counts is what had ended when it was claimed.
  Ledger.open(path)
  const release = claimCampaign(path)
  return {ledger: Ledger.open(path), release}
}

/** Reads everything that was asked for; gives what begins the campaign. */
async function prepare(flags: Flags): Promise<() => Claimed> {
  const loaded = await loadConfig(flags.config, process.cwd())
  const {cells, canaries, thresholds} = await resolveMatrix(flags, loaded)
  const seeds = parseCount('--seeds', flags.seeds)
  parseSpan('--time', flags.time)
  parseRate('--rate', flags.rate)
  const shard = flags.shard === undefined ? undefined : parseShard(flags.shard)
  if (shard !== undefined && flags.seed === undefined) {
    throw new UsageError('--shard without --seed: the parts would not be parts of one campaign.', [
      `Give all parts the same seed: --seed 1 --shard ${flags.shard}`,
    ])
  }
  const seed = flags.seed ?? freshSeed()
  const {time, rate, simulate} = flags
  const all = queueJobs(cells, canaries, seeds, seed, {
    time,
    rate,
    thresholds,
    failFast: flags['fail-fast'],
    simulated: simulate,
  })
  const jobs = shard === undefined ? all : shardOf(all, shard)
  if (jobs.length === 0) {
    throw new UsageError(`--shard ${flags.shard}: there are only ${all.length} jobs, and this part would have none.`)
  }
  const started = calendarDate()
  const part = shard === undefined ? '' : `-${shard.index}-of-${shard.count}`
  const path = flags.output ?? join(CAMPAIGNS_DIRECTORY, `${stamp(started)}-${seed.replaceAll(/[^\w.-]/g, '_')}${part}`)
  const plan = {startedAt: started.toISOString(), seed, jobs, ...(shard === undefined ? {} : {shard})}
  return () => {
    const ledger = Ledger.begin(path, plan)
    return {ledger, release: claimCampaign(path)}
  }
}

/** Runs of real processes disturb each other; simulated ones do not. */
function usualWorkers({plan}: Ledger): number {
  return plan.jobs.every(({simulated}) => simulated) ? availableParallelism() : 1
}
