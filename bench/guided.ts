/**
 * Simulated hours until each hard planted bug is convicted, for the three strategies of `chaos sim`: every fault there is, the
 * configuration that a target has by default, and nothing that was chosen for the bug but its workload and its target
 * arguments. Hard is what a handful of random seeds does not show.
 *
 *     npm run build && node --import tsx bench/guided.ts [trials] [most seeds a trial] [bugs, as raft/even-quorum,…]
 *
 * Figures so far (29 November 2026, 3 trials, at most 100 seeds, on a busy machine; median simulated hours, random = guided
 * in every row, swarm after it; faults partition, packets, kill, pause): raft/vote-any-log 0.004, 0.004; forget-vote 0.002,
 * 0.018; no-truncate 0.006, 0.006; paxos/highest-value 0.007, 0.004; forget-promise 0.010, 0.011; reuse-ballot 0.015, 0.006;
 * accept-below-promise 0.005, 0.006; zab/skip-sync 0.004, 0.007; keep-uncommitted 0.004, 0.006. Half of random is not reached,
 * and cannot be with these bugs: the first round of a guided search is 16 fresh seeds, the same that random tries, and all
 * of these are convicted within it (reuse-ballot is the slowest). Guidance has nothing to mutate before. Whether
 * it pays for bugs that take random more than 16 seeds is not shown.
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
/** Seeds of random search that show whether a bug is hard, and how many of them may convict it at most. */
const SCREENED = 8
const EASY = 2

function optionsOf(target: Target, bug: Bug): Promise<RunOptions> {
  const args = Object.entries(bug.options ?? {}).filter(([name]) => !Object.hasOwn(DEFAULTS, name))
  return resolveRun({
    layers: [
      layerOf('bench', {target: target.name, workload: bug.workload, nemesis: everyFaultOf(target), time: '5s'}),
    ],
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

async function isHard(options: RunOptions): Promise<boolean> {
  let convicted = 0
  for (let i = 0; i < SCREENED; i++) if (isConvicted(await tried(options, 'random', `screen-${i}`))) convicted++
  return convicted <= EASY
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((left, right) => left - right)[Math.floor(numbers.length / 2)] as number
}

const pairs = TARGET_NAMES.flatMap((name) => {
  const target = (TARGETS as Record<string, Target>)[name]!
  return target.bugs.map((bug) => ({target, bug, name: `${name}/${bug.name}`}))
}).filter(({name}) => chosen === undefined || chosen.split(',').includes(name))
const ratios: number[] = []
for (const {target, bug, name} of pairs) {
  const options = await optionsOf(target, bug)
  if (chosen === undefined && !(await isHard(options))) {
    console.log(`${name.padEnd(26)} easy`)
    continue
  }
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
