/** The lists of `chaos list`, each made from the registry that the commands themselves look names up in. */
import {MODELS} from '../../../checkers/linearizable/index.ts'
import type {Target} from '../../../core/target.ts'
import {listNemeses} from '../../../nemesis/index.ts'
import {allCheckers, allWorkloads} from '../../../runner/catalogue.ts'
import {OPTIONS} from '../../../runner/judging/checker-options.ts'
import {summariesOf} from '../../../runner/runs.ts'
import {TARGETS} from '../../../targets/index.ts'
import {isCommandTarget, type LoadedConfig} from '../../settings/config.ts'
import {explanations} from '../explain/pages.ts'

export interface Row {
  readonly name: string
  readonly description: string
  readonly [field: string]: unknown
}

export interface ListContext {
  readonly loaded: LoadedConfig
  /** Where run directories are. */
  readonly runs: readonly string[]
}

export const LISTS: Readonly<Record<string, (context: ListContext) => Row[]>> = {
  targets: ({loaded}) => [
    ...Object.entries(TARGETS).map(([name, target]) => targetRow(name, target)),
    ...Object.entries(loaded.plugins.targets).map(([name, target]) => ({
      name,
      description: typeof target === 'string' ? target : isCommandTarget(target) ? target.command : target.description,
      from: loaded.file,
    })),
  ],
  bugs: () =>
    Object.entries(TARGETS).flatMap(([target, {bugs}]) =>
      bugs.map(({name, change, workload, nemesis, anomalies}) => ({
        name: `${target} --bug ${name}`,
        description: change,
        workload,
        nemesis,
        anomalies,
      })),
    ),
  workloads: ({loaded}) =>
    Object.entries(allWorkloads(loaded.plugins)).map(([name, {description, requires}]) => ({
      name,
      description,
      requires,
    })),
  faults: ({loaded}) =>
    [
      ...listNemeses(),
      ...Object.values(loaded.plugins.nemeses).map(({name, description}) => ({name, description, variants: []})),
    ].map(({name, description, variants}) => ({
      name,
      description: `${description}${variants.length === 0 ? '' : ` (${name}:${variants.join(`, ${name}:`)})`}`,
      variants,
    })),
  models: () => Object.entries(MODELS).map(([name, model]) => ({name, description: describeModel(model)})),
  checkers: ({loaded}) =>
    Object.entries(allCheckers(loaded.plugins)).map(([name, make]) => ({name, description: make().description})),
  options: () =>
    Object.entries(OPTIONS).flatMap(([checker, options]) =>
      Object.entries(options).map(([name, {description}]) => ({name: `${checker} ${name}`, description})),
    ),
  anomalies: () => explanations().map(({name, title}) => ({name, description: title})),
  runs: ({runs}) => runRows(runs),
}

function targetRow(name: string, target: Target): Row {
  const {description, claims, bugs, defaultNodes} = target
  const absent = target.absent?.()
  const promised = Object.entries(claims).map(([workload, claim]) => `${workload}: ${claim}`)
  return {
    name,
    description: `${description} [${promised.join(', ')}]${absent === undefined ? '' : `; absent: ${absent}`}`,
    ...(absent === undefined ? {} : {absent}),
    claims,
    nodes: defaultNodes,
    bugs: bugs.map((bug) => bug.name),
  }
}

function describeModel(model: unknown): string {
  const description = (model as {description?: unknown}).description
  return typeof description === 'string' ? description : ''
}

/** Runs, the newest first, and how each one stands. */
function runRows(directories: readonly string[]): Row[] {
  return directories.flatMap(summariesOf).map(({name, state, sentence, facts, path}) => ({
    name,
    description: `${state.padEnd(12)} ${sentence}`,
    verdict: state,
    directory: path,
    ...(facts === undefined ? {} : {command: facts.command}),
  }))
}
