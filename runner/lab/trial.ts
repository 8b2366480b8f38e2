/**
 * One candidate of a search for anomalies that are known already: simulated, and judged only until one of them is found.
 * What nodes told speaks first, since reading it costs next to nothing. When an anomaly had shown is kept: what is planned
 * after that moment cannot matter.
 */
import type {History} from '../../core/history.ts'
import type {Anomaly, Verdict} from '../../core/verdict.ts'
import {createBudget} from '../judging/budget.ts'
import {runCheckers, withPromises} from '../judging/judge.ts'
import type {RunOptions} from '../options.ts'
import type {Plan} from '../plan.ts'
import {type Simulation, simulate} from '../simulate.ts'
import {type Attempt, crashWords, requestOf} from './attempt.ts'

/** `wanted`: types of anomalies of safety properties. Of others the result says nothing. */
export async function trial(options: RunOptions, plan: Plan, wanted: readonly string[]): Promise<Attempt> {
  const simulation = await simulate(requestOf(options, plan))
  const {history, cost, crashes} = simulation
  const found = await firstOf(simulation, options, wanted)
  return {
    seed: options.seed,
    validity: found.length > 0 ? 'invalid' : 'unknown',
    sentence: found[0]?.sentence ?? 'none of the anomalies that were looked for',
    anomalies: [...new Set(found.map(({type}) => type))],
    unsafe: found.length > 0,
    crashes: crashWords(crashes),
    operations: history.operationCount,
    faults: history.faults.length,
    simulatedMs: cost.timeNs / 1e6,
    events: cost.events,
    ...(found.length === 0 ? {} : {shownMs: (shownNs(found, history) - simulation.startNs) / 1e6}),
  }
}

/** What is wanted of the first checker that finds some of it. */
async function firstOf(
  {history, workloadOptions, events}: Simulation,
  {target, workload, checkTimeoutMs, checkMemoryBytes}: RunOptions,
  wanted: readonly string[],
): Promise<readonly Anomaly[]> {
  const wantedOf = (verdicts: readonly Verdict[]) =>
    verdicts.flatMap(({anomalies}) => anomalies).filter(({type}) => wanted.includes(type))
  const told = wantedOf(withPromises([], {events, invariants: target.invariants ?? []}))
  if (told.length > 0) return told
  const budget = createBudget(checkTimeoutMs, checkMemoryBytes, new AbortController().signal)
  return wantedOf(await runCheckers(history, workload.checkers(workloadOptions), budget))
}

/** When the first of them had shown, ns: Infinity where none says by what. */
function shownNs(anomalies: readonly Anomaly[], history: History): number {
  return anomalies.reduce((first, anomaly) => Math.min(first, lastOf(anomaly, history)), Number.POSITIVE_INFINITY)
}

function lastOf({witness, detail}: Anomaly, history: History): number {
  const last = witness.at(-1)
  if (last !== undefined) return history.ops.at(last)?.timeNs ?? Number.POSITIVE_INFINITY
  const events = (detail as {readonly events?: readonly {readonly timeNs: number}[]} | undefined)?.events ?? []
  return events.length === 0 ? Number.POSITIVE_INFINITY : Math.max(...events.map(({timeNs}) => timeNs))
}
