/** A thread of `chaos sim`: tries one seed after another. The settings come as typed, since targets do not travel. */
import {type Attempt, attempt} from '../../../runner/lab/attempt.ts'
import {guidedOptions} from '../../../runner/lab/guided.ts'
import {swarmed} from '../../../runner/lab/swarm.ts'
import {inThread} from '../../../runner/threads.ts'
import {loadConfig} from '../../settings/config.ts'
import type {TypedFlags} from '../../settings/layers.ts'
import {resolveFlags} from '../../settings/resolve-flags.ts'

export type Strategy = 'random' | 'swarm' | 'guided'

export interface SeedJob {
  readonly typed: TypedFlags
  readonly config: string | undefined
  readonly strategy: Strategy
  readonly seed: string
}

export default inThread(trySeed)

async function trySeed(job: SeedJob): Promise<Attempt> {
  const options = await seedOptions(job)
  const tried = await attempt(options, options.plan?.plan, job.strategy === 'guided')
  // A mutant runs under the seed of its family; it is told by its own name.
  return {...tried, seed: job.seed}
}

/** The configuration as it was when this thread first read it: a search does not change under way. */
const loaded = new Map<string | undefined, ReturnType<typeof loadConfig>>()

function configOf(file: string | undefined): ReturnType<typeof loadConfig> {
  const known = loaded.get(file)
  if (known !== undefined) return known
  const reading = loadConfig(file, process.cwd())
  loaded.set(file, reading)
  return reading
}

/** The options of a run of this seed. Throws UsageError for settings that make no sense. */
export async function seedOptions({typed, config, strategy, seed}: SeedJob) {
  const options = await resolveFlags({...typed, single: {...typed.single, seed}}, process.env, await configOf(config))
  if (strategy === 'swarm') return swarmed(options)
  return strategy === 'guided' ? guidedOptions(options) : options
}
