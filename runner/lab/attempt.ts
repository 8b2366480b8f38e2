/** One seed in the simulated world, judged by everything that a real run is judged by, and told in a few plain values. */
import {createHash} from 'node:crypto'
import {writeOp} from '../../core/format/index.ts'
import type {History} from '../../core/history.ts'
import type {Judgement, Validity} from '../../core/verdict.ts'
import {judgedBy} from '../facts.ts'
import {createBudget} from '../judging/budget.ts'
import {judgeHistory} from '../judging/judge.ts'
import type {RunOptions} from '../options.ts'
import type {Plan} from '../plan.ts'
import {type Simulation, type SimulationRequest, simulate} from '../simulate.ts'

/** What a seed came to. Plain data: it travels between threads. */
export interface Attempt {
  readonly seed: string
  readonly validity: Validity
  /** The verdict in one sentence. */
  readonly sentence: string
  /** Types of the anomalies found, safety first, each once. */
  readonly anomalies: readonly string[]
  /** Whether a safety property is violated; otherwise what is invalid is a matter of liveness or of a threshold. */
  readonly unsafe: boolean
  /** Nodes that threw, as `n1: message`. */
  readonly crashes: readonly string[]
  /** Why the cluster could not serve when clients began, in words: it never became ready. A matter of liveness. */
  readonly unready?: string
  readonly operations: number
  readonly faults: number
  readonly simulatedMs: number
  readonly events: number
  /** SHA-256 of the history of a finding: equal seeds of equal versions have equal ones. Writing all out takes its time. */
  readonly digest?: string
  /** When the first of the anomalies that were looked for had shown, ms since clients began; see `trial.ts`. */
  readonly shownMs?: number
  /** Fingerprints of the situations that the cluster was in, where they were asked for; see `coverage.ts`. */
  readonly coverage?: readonly number[]
}

/** The anomaly of a cluster that nobody has harmed yet and that never serves. */
export const NEVER_READY = 'never-ready'

/** Whether there is something to look into: a property that does not hold, or a node that fell over. */
export function isFinding({
  validity,
  crashes,
}: Pick<Attempt, 'validity'> & {readonly crashes: readonly unknown[]}): boolean {
  return validity === 'invalid' || crashes.length > 0
}

export async function attempt(options: RunOptions, plan?: Plan, coverage = false): Promise<Attempt> {
  const simulation = await simulate({...requestOf(options, plan), coverage})
  const judgement = await judged(simulation, options)
  const {history, cost, crashes, unready} = simulation
  const isInvalid = judgement.validity === 'invalid'
  const validity = unready === undefined ? judgement.validity : 'invalid'
  return {
    seed: options.seed,
    validity,
    sentence: unready === undefined || isInvalid ? judgement.sentence : `${unready}.`,
    anomalies: [...anomaliesOf(judgement), ...(unready === undefined ? [] : [NEVER_READY])],
    ...(unready === undefined ? {} : {unready}),
    unsafe: judgement.verdicts.some(({kind, validity}) => kind === 'safety' && validity === 'invalid'),
    crashes: crashWords(crashes),
    operations: history.operationCount,
    faults: history.faults.length,
    simulatedMs: cost.timeNs / 1e6,
    events: cost.events,
    ...(isFinding({validity, crashes}) ? {digest: digestOf(history)} : {}),
    ...(coverage ? {coverage: [...simulation.coverage]} : {}),
  }
}

export function crashWords(crashes: Simulation['crashes']): string[] {
  return crashes.map(({node, error}) => `${node}: ${error.message}`)
}

export function judged({history, workloadOptions, events}: Simulation, options: RunOptions): Promise<Judgement> {
  const {target, workload, nemeses, thresholds, checkTimeoutMs, checkMemoryBytes} = options
  return judgeHistory(history, {
    workload,
    workloadOptions,
    faults: nemeses.map(({name}) => name),
    thresholds,
    told: {events, invariants: target.invariants ?? []},
    patienceMs: judgedBy(options).patienceMs,
    budget: createBudget(checkTimeoutMs, checkMemoryBytes, new AbortController().signal),
  })
}

/** The types of the anomalies of safety properties, each once. */
export function unsafeAnomaliesOf({verdicts}: Judgement): string[] {
  const unsafe = verdicts.filter(({kind}) => kind === 'safety')
  return [...new Set(unsafe.flatMap(({anomalies}) => anomalies.map(({type}) => type)))]
}

/** The types of all anomalies of a judgement, those of safety properties first. */
export function anomaliesOf({verdicts}: Judgement): string[] {
  const ordered = [...verdicts].sort((left, right) => Number(right.kind === 'safety') - Number(left.kind === 'safety'))
  return [...new Set(ordered.flatMap(({anomalies}) => anomalies.map(({type}) => type)))]
}

/** The simulation that does what these options of a run say. */
export function requestOf(options: RunOptions, plan?: Plan): SimulationRequest {
  const {target, workload, nemeses, seed, nodes, concurrency, keys, ratePerS, timeMs, intervalMs, healMs} = options
  const {operationTimeoutMs, bugs, targetArgs, maxOperations} = options
  return {
    target,
    workload,
    nemeses,
    seed,
    nodes,
    concurrency,
    keys,
    ratePerS,
    timeMs,
    intervalMs,
    healMs,
    operationTimeoutMs,
    bugs,
    args: targetArgs,
    crashes: 'keep',
    ...(Number.isFinite(maxOperations) ? {operations: maxOperations} : {}),
    ...(plan === undefined ? {} : {plan}),
  }
}

/** Characters. */
const DIGESTED_AT_ONCE = 65_536

export function digestOf(history: History): string {
  const hash = createHash('sha256')
  let lines = ''
  for (const op of history.ops) {
    lines += `${writeOp(op)}\n`
    // In pieces of some size: every update costs as much as writing out an operation does.
    if (lines.length < DIGESTED_AT_ONCE) continue
    hash.update(lines)
    lines = ''
  }
  return hash.update(lines).digest('hex')
}
