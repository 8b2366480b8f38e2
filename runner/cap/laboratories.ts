/** Where the trials of a card are run: in simulated time, or as real processes. */
import {UsageError} from '../../core/error.ts'
import type {Target, TargetOptions} from '../../core/target.ts'
import {WORKLOADS} from '../../workloads/index.ts'
import {nodeNames} from '../options.ts'
import {run} from '../run.ts'
import {resolveRun} from '../settings/resolve.ts'
import {layerOf} from '../settings/run-settings.ts'
import {simulate} from '../simulate.ts'
import {SimulatedWorld} from '../simulated-world.ts'
import type {CardRequest, Laboratory} from './measure.ts'
import {REAL_TIMES, SIMULATED_TIMES} from './partitions.ts'

/** How long an operation may take before it counts as not answered, ms. */
const OPERATION_TIMEOUT_MS = 1000
const KEYS = 5
const RATE_PER_S = 200

/** Sets are judged by what is in them in the end: nothing is removed. */
const withoutRemovals = (target: Target): Target => ({
  ...target,
  functions: target.functions.filter((f) => f !== 'remove'),
})

export const simulatedLaboratory: Laboratory = {
  world: 'simulated',
  times: SIMULATED_TIMES,
  capabilities(request) {
    const {target} = request
    if (target.protocol === undefined) {
      throw new UsageError(`${target.name} is a real program: it cannot be simulated.`, ['Give --real.'])
    }
    return new SimulatedWorld().capabilities(target, optionsOf(request))
  },
  async run({target, workload, nemesis, seed}, {args, bugs, nodes}) {
    const {history} = await simulate({
      target: withoutRemovals(target),
      workload: WORKLOADS[workload]!,
      seed,
      nemeses: [nemesis],
      nodes,
      bugs,
      args,
      timeMs: SIMULATED_TIMES.endMs,
      ratePerS: RATE_PER_S,
      keys: KEYS,
      operationTimeoutMs: OPERATION_TIMEOUT_MS,
      // What a planted bug does to a node is on the card; a node of a correct target that throws was given nonsense.
      crashes: bugs.length > 0 ? 'keep' : 'throw',
    }).catch((error: Error) => {
      throw error.cause instanceof UsageError ? error.cause : error
    })
    return history
  },
}

function optionsOf({args, bugs, nodes}: CardRequest): TargetOptions {
  return {nodes: nodeNames(nodes), bugs, args}
}

/** Every trial is a run with a directory of its own under `directory`. */
export function realLaboratory(directory: string, signal: AbortSignal): Laboratory {
  return {
    world: 'real',
    times: REAL_TIMES,
    capabilities: (request) => request.target.capabilities(optionsOf(request)),
    async run({target, workload, nemesis, seed}, {args, bugs, nodes}) {
      const options = await resolveRun({
        layers: [
          layerOf('cap', {
            target: target.name,
            nodes: String(nodes),
            workload,
            keys: String(KEYS),
            rate: `${RATE_PER_S}/s`,
            time: `${REAL_TIMES.endMs}ms`,
            'op-timeout': `${OPERATION_TIMEOUT_MS}ms`,
            nemesis: 'none',
            seed,
            output: directory,
          }),
        ],
        bugs,
        targetArgs: Object.entries(args).map(([name, value]) => `${name}=${value}`),
        thresholds: [],
        freshSeed: seed,
        findTarget: async () => withoutRemovals(target),
      })
      const {history, ended} = await run({...options, nemeses: [nemesis]}, {}, signal)
      if (ended !== undefined) throw ended
      return history
    },
  }
}
