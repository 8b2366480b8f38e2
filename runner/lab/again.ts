/** A run that was, as something to do again: its options from `run.json`, its operations and faults from `plan.json`. */
import {join} from 'node:path'
import type {Target} from '../../core/target.ts'
import {asRunFacts, type RunFacts} from '../facts.ts'
import type {RunOptions} from '../options.ts'
import {listed, type Plan} from '../plan.ts'
import {parsePlan} from '../plan-file.ts'
import {resolveRun} from '../settings/resolve.ts'
import {DEFAULTS, layerOf, type SettingName} from '../settings/run-settings.ts'
import {readJson, readText} from '../store.ts'
import {demandPossible, demandSameRun} from './belonging.ts'
import {nodesOf} from './smaller-plans.ts'

export interface PastRun {
  readonly facts: RunFacts
  readonly plan: Plan
  /** Its options, with its plan; `output` is where the next run directory goes. */
  readonly options: RunOptions
}

/**
 * Reads a run directory. Throws UsageError, naming the file, where it is damaged or of another version, and where its plan
 * has faults that nobody here can inject.
 */
export async function pastRun(
  directory: string,
  output: string,
  findTarget: (name: string) => Promise<Target>,
): Promise<PastRun> {
  const runFile = join(directory, 'run.json')
  const facts = asRunFacts(readJson(runFile), runFile)
  const planFile = join(directory, 'plan.json')
  const plan = parsePlan(readText(planFile), planFile)
  const options = await resolveRun({
    layers: [layerOf(runFile, settingsOf(facts, output))],
    bugs: facts.bugs,
    targetArgs: facts.options.filter(({name}) => name === 'target-arg').map(({value}) => value),
    thresholds: facts.thresholds,
    freshSeed: facts.seed,
    findTarget,
  })
  demandSameRun(plan, facts, planFile, runFile)
  demandPossible(plan, options, planFile)
  return {facts, plan, options: followingPlan(options, plan, options.seed)}
}

/** The options of a run that follows this plan under this seed of the world: its nodes and its time are the plan's. */
export function followingPlan(options: RunOptions, plan: Plan, seed: string): RunOptions {
  const nodes = nodesOf(plan).length || options.nodes
  const planned = {...plan, seed}
  const values: Record<string, string> = {seed, nodes: String(nodes), concurrency: String(options.concurrency)}
  return {
    ...options,
    seed,
    nodes,
    timeMs: plan.options.timeMs,
    plan: {plan: planned, operations: listed(planned.operations)},
    origins: options.origins.map((one) => ({...one, value: values[one.name] ?? one.value})),
  }
}

function settingsOf({options}: RunFacts, output: string): Partial<Record<SettingName, string>> {
  const known = options.filter(({name}) => Object.hasOwn(DEFAULTS, name))
  return {...Object.fromEntries(known.map(({name, value}) => [name, value])), output}
}
