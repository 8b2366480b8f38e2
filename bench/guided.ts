/**
 * Simulated hours until each hard planted bug is convicted, for the three strategies of `chaos sim`: every fault there is, the
 * configuration that a target has by default, and nothing that was chosen for the bug but its workload, its target
 * arguments and how little is asked and harmed (see HARD). Hard is what takes random some thirty seeds.
 *
 *     npm run build && node --import tsx bench/guided.ts [trials] [most seeds a trial] [bugs, as raft/even-quorum,…]
 *
 * Figures so far (29 November 2026, 5 trials, at most 200 seeds, 150 for the first two; median simulated hours of random, swarm,
 * guided): commit-old-term 0.154 (4 of 5 found), 0.140, 0.104 (4 of 5): guided 0.68 of random; lease-ignores-skew 0.032, 0.030, 0.032:
 * 1.00; forget-vote 0.016, 0.004, 0.023: 1.37; forget-promise 0.008, 0.005, 0.008: 1.00; accept-below-promise 0.025, 0.021, 0.032:
 * 1.32. Half of random is not reached. What helps with such settings is more faults, which swarm draws; a mutant takes its faults from
 * plans that have as few, and nearly every fresh seed sees something new, so that all of them are kept and none is preferred.
 * Tried and not kept: four fresh seeds in place of six, of three parents the one that saw most that was new, and splicing two plans:
 * forget-vote 0.89, forget-promise 1.00, accept-below-promise 1.33.
 * joint-skip and reuse-ballot were not measured. Under the defaults guided is 1.00 of random on nine bugs, since they fall within
 * the first sixteen seeds, which both share.
 *
 * A search that comes to its limit counts with what it has simulated until then, so medians of such rows are lower bounds.
 */

import type {Bug, Target} from '../core/target.ts'
import {type Attempt, attempt} from '../runner/lab/attempt.ts'
import {Guide, guidedOptions} from '../runner/lab/guided.ts'
import {swarmed} from '../runner/lab/swarm.ts'
import type {RunOptions} from '../runner/options.ts'
import {resolveRun} from '../runner/settings/resolve.ts'
import {DEFAULTS, layerOf} from '../runner/settings/run-settings.ts'
import {TARGETS} from '../targets/index.ts'

const [trials = '5', most = '200', chosen] = process.argv.slice(2)
const STRATEGIES = ['random', 'swarm', 'guided'] as const
type Strategy = (typeof STRATEGIES)[number]
const TARGET_NAMES = ['raft', 'paxos', 'zab']
/**
 * Settings under which a bug is hard: few faults, few operations, little time. Under the defaults nearly all fall within the
 * first seeds, which every strategy shares. Chosen by screening 80 to 120 random seeds; the share that convicted stands beside.
 */
const HARD: Readonly<Record<string, Setting>> = {
  'raft/commit-old-term': {interval: '2s', time: '5s', rate: '100/s'}, // 2 of 80
  'raft/joint-skip': {interval: '3s', time: '5s', rate: '60/s', nemesis: 'membership,partition'}, // 1 of 120
  'raft/lease-ignores-skew': {interval: '2s', time: '5s', rate: '100/s', nemesis: 'clock,partition'}, // 5 of 120
  'raft/forget-vote': {interval: '6s', time: '2s', rate: '40/s'}, // 5 of 120
  'paxos/forget-promise': {interval: '6s', time: '2s', rate: '40/s'}, // 4 of 120
  'paxos/accept-below-promise': {interval: '6s', time: '2s', rate: '40/s'}, // 3 of 120
  'paxos/reuse-ballot': {interval: '6s', time: '2s', rate: '40/s'}, // 7 of 120
}

interface Setting {
  readonly interval?: string
  readonly time: string
  readonly rate?: string
  readonly nemesis?: string
}

function optionsOf(target: Target, bug: Bug): Promise<RunOptions> {
  const setting: Setting = {nemesis: everyFaultOf(target), time: '5s', ...HARD[`${target.name}/${bug.name}`]}
  const args = Object.entries(bug.options ?? {}).filter(([name]) => !Object.hasOwn(DEFAULTS, name))
  return resolveRun({
    layers: [layerOf('bench', {target: target.name, workload: bug.workload, ...setting})],
    bugs: [bug.name],
    targetArgs: args.map(([name, value]) => `${name}=${value}`),
    thresholds: [],
    freshSeed: 'bench',
    findTarget: async () => target,
  })
}

/** Every kind of fault that the target can suffer in simulation. */
function everyFaultOf({protocol}: Target): string {
  return protocol?.reconfigures === true ? 'all,clock,disk,membership' : 'all,clock,disk'
}

const isConvicted = ({unsafe, crashes}: Attempt) => unsafe || crashes.length > 0

async function tried(options: RunOptions, strategy: Strategy, seed: string): Promise<Attempt> {
  const own = {...options, seed}
  if (strategy === 'swarm') return attempt(swarmed(own))
  if (strategy === 'random') return attempt(own)
  const guided = guidedOptions(own)
  return attempt(guided, guided.plan?.plan, true)
}

/** Simulated hours until conviction, and whether there was one. */
async function hoursTo(options: RunOptions, strategy: Strategy, base: string) {
  const guide = new Guide(base)
  let simulatedMs = 0
  let seeds = 0
  while (seeds < Number(most)) {
    const round = strategy === 'guided' ? guide.round() : [`${base}-${seeds}`]
    for (const seed of round) {
      const result = await tried(options, strategy, seed)
      simulatedMs += result.simulatedMs
      seeds++
      if (isConvicted(result)) return {hours: simulatedMs / 3_600_000, found: true}
      guide.learn(seed, result.coverage ?? [])
    }
  }
  return {hours: simulatedMs / 3_600_000, found: false}
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((left, right) => left - right)[Math.floor(numbers.length / 2)] as number
}

const pairs = TARGET_NAMES.flatMap((name) => {
  const target = (TARGETS as Record<string, Target>)[name]!
  return target.bugs.map((bug) => ({target, bug, name: `${name}/${bug.name}`}))
}).filter(({name}) => (chosen === undefined ? Object.hasOwn(HARD, name) : chosen.split(',').includes(name)))
const ratios: number[] = []
for (const {target, bug, name} of pairs) {
  const options = await optionsOf(target, bug)
  const medians = new Map<Strategy, number>()
  const cells: string[] = []
  for (const strategy of STRATEGIES) {
    const results = []
    for (let trial = 0; trial < Number(trials); trial++)
      results.push(await hoursTo(options, strategy, `trial-${trial}`))
    const middle = median(results.map(({hours}) => hours))
    medians.set(strategy, middle)
    cells.push(`${strategy} ${middle.toFixed(3)} h (${results.filter(({found}) => found).length}/${trials})`)
  }
  ratios.push(medians.get('guided')! / medians.get('random')!)
  console.log(`${name.padEnd(26)} ${cells.join('   ')}   guided/random ${ratios.at(-1)!.toFixed(2)}`)
}
if (ratios.length > 0)
  console.log(`median of guided/random over ${ratios.length} hard bugs: ${median(ratios).toFixed(2)}`)
