/** One simulated run, judged: what the suites of all targets are made of. */
import {createHash} from 'node:crypto'
import {UNLIMITED} from '../core/checker.ts'
import {writeOp} from '../core/format/index.ts'
import type {History} from '../core/history.ts'
import {parseConcurrency, parseDuration, parseRate} from '../core/quantities.ts'
import type {Bug} from '../core/target.ts'
import type {Verdict} from '../core/verdict.ts'
import {parseNemeses} from '../nemesis/index.ts'
import {checkersOf, runCheckers} from '../runner/judging/judge.ts'
import {DEFAULTS} from '../runner/settings/run-settings.ts'
import {type Simulation, type SimulationRequest, simulate} from '../runner/simulate.ts'
import {WORKLOADS} from '../workloads/index.ts'

export interface Judged {
  readonly simulation: Simulation
  readonly verdicts: readonly Verdict[]
}

/** Simulates and judges by every checker that a real run would be judged by. */
export async function judged(request: SimulationRequest): Promise<Judged> {
  const simulation = await simulate(request)
  const faults = (request.nemeses ?? []).map(({name}) => name)
  const {workload} = request
  const {workloadOptions} = simulation
  const checkers = checkersOf({workload, workloadOptions, faults, thresholds: []})
  return {simulation, verdicts: await runCheckers(simulation.history, checkers, UNLIMITED)}
}

/** Types of all anomalies found, each once. */
export function anomaliesOf({simulation, verdicts}: Judged): string[] {
  const crashed = simulation.crashes.length > 0 ? ['node-crash'] : []
  return [...new Set([...crashed, ...verdicts.flatMap(({anomalies}) => anomalies.map(({type}) => type))])]
}

/** The simulation that is to convict a planted bug: under its own workload, faults and options. */
export function hunt(target: SimulationRequest['target'], bug: Bug, seed: string): SimulationRequest {
  const options = bug.options ?? {}
  const nodes = Number(options['nodes'] ?? target.defaultNodes)
  const text = (name: string) => (options[name] === undefined ? undefined : String(options[name]))
  const args = Object.entries(options).filter(([name]) => !Object.hasOwn(DEFAULTS, name))
  const given = <T>(name: string, value: string | undefined, parse: (text: string) => T) =>
    value === undefined ? {} : {[name]: parse(value)}
  return {
    target,
    workload: WORKLOADS[bug.workload]!,
    nemeses: parseNemeses(bug.nemesis.join(',')),
    seed,
    bugs: [bug.name],
    nodes,
    args: Object.fromEntries(args.map(([name, value]) => [name, String(value)])),
    timeMs: bug.budget.simulatedS * 1000,
    failFast: true,
    // A bug may make a node fall over, which is one way of being convicted.
    crashes: 'keep',
    ...given('ratePerS', text('rate'), (value) => parseRate('rate', value)),
    ...given('keys', text('keys'), Number),
    ...given('intervalMs', text('interval'), (value) => parseDuration('interval', value)),
    ...given('operationTimeoutMs', text('op-timeout'), (value) => parseDuration('op-timeout', value)),
    ...given('concurrency', text('concurrency'), (value) => parseConcurrency('concurrency', value, nodes)),
  }
}

/** The fingerprint of a history: of every op, as it would be written. */
export function hashOf(history: History): string {
  const hash = createHash('sha256')
  for (const op of history.ops) hash.update(`${writeOp(op)}\n`)
  return hash.digest('hex')
}
