/**
 * What a plan must be to be run again: of the run that it stands beside, and possible. A plan may be edited by hand, and what is
 * wrong with it is said before anything happens.
 */
import {UsageError} from '../../core/error.ts'
import type {FaultSpec} from '../../core/nemesis.ts'
import type {Json} from '../../core/node.ts'
import {closest} from '../../core/registry.ts'
import type {JudgedBy} from '../facts.ts'
import {nodesOf as namesOf, type RunOptions} from '../options.ts'
import type {Plan} from '../plan.ts'
import {demandLinkable} from '../settings/limits.ts'
import {demandNodes} from '../settings/resolve.ts'
import {nodesOf} from './smaller-plans.ts'

/**
 * Throws UsageError where the plan says something else than `run.json` of what that alone decides: to change it in the plan would
 * change nothing. Nodes and time are the plan's own.
 */
export function demandSameRun({seed, options}: Plan, facts: JudgedBy, planFile: string, runFile: string): void {
  if (options['target'] !== undefined && options['target'] !== facts.target) {
    throw new UsageError(`${planFile} is a plan for ${options['target']}, but ${runFile} says ${facts.target}.`)
  }
  const {workload, bugs, keys, concurrency, ratePerS} = facts
  const planned: Record<string, Json | undefined> = {...options, seed}
  for (const [name, said] of Object.entries({seed: facts.seed, workload, bugs, keys, concurrency, ratePerS})) {
    const own = planned[name]
    if (own === undefined || JSON.stringify(own) === JSON.stringify(said)) continue
    throw new UsageError(
      `${planFile}: ${name === 'seed' ? '' : 'options.'}${name} is ${JSON.stringify(own)}, but ${runFile} says ${JSON.stringify(said)}.`,
      ['A plan has the operations, the faults, the nodes and the time of a run; what else it is stands in run.json.'],
    )
  }
}

/** Throws UsageError for nodes, faults and operations that such a run cannot have. */
export function demandPossible(plan: Plan, options: RunOptions, file: string): void {
  const nodes = nodesOf(plan)
  if (nodes.length > 0) demandNames(nodes, options, file)
  const present = nodes.length > 0 ? nodes : namesOf(options)
  for (const [i, fault] of plan.faults.entries()) {
    const {order} = parsed(fault.spec, `${file}: faults[${i}].spec`, parserOf(options, fault.spec.fault, file))
    const stranger = Array.isArray(order) ? order.find((node) => !present.includes(node as string)) : undefined
    if (stranger === undefined) continue
    throw new UsageError(`${file}: faults[${i}].spec.order names ${JSON.stringify(stranger)}, which is no node.`, [
      `Nodes: ${present.join(', ')}`,
    ])
  }
  demandSpoken(plan, options, file)
}

/** Nodes are called as any run calls so many of them. */
function demandNames(nodes: readonly string[], options: RunOptions, file: string): void {
  demandLinkable(nodes.length, String(nodes.length))
  demandNodes(options.target, nodes.length)
  const expected = namesOf({...options, nodes: nodes.length})
  if (nodes.every((node, i) => node === expected[i])) return
  throw new UsageError(`${file}: options.nodes is ${JSON.stringify(nodes)}.`, [
    `Expected, for so many: ${JSON.stringify(expected)}`,
  ])
}

function demandSpoken({operations}: Plan, {workload, target}: RunOptions, file: string): void {
  const {requires, optional = []} = workload
  const spoken = [...requires, ...optional].filter((f) => target.functions.includes(f))
  const known = new Set(spoken)
  const place = operations.findIndex(({f}) => !known.has(f))
  if (place < 0) return
  const {f} = operations[place] as Plan['operations'][number]
  const guess = closest(f, spoken)
  throw new UsageError(
    `${file}: operations[${place}].f is "${f}", which ${workload.name} does not ask of ${target.name}.${guess === undefined ? '' : ` Did you mean "${guess}"?`}`,
    [`Functions: ${spoken.join(', ')}`],
  )
}

function parsed(spec: FaultSpec, place: string, parse: (spec: FaultSpec) => FaultSpec): FaultSpec {
  try {
    return parse(spec)
  } catch (error) {
    throw error instanceof UsageError ? new UsageError(`${place}: ${error.message}`, error.hints) : error
  }
}

function parserOf({nemeses}: RunOptions, fault: string, file: string) {
  const nemesis = nemeses.find(({name}) => name === fault)
  if (nemesis !== undefined) return nemesis.parse
  throw new UsageError(`${file} plans the fault "${fault}", which the run was not given.`, [
    `Its faults: ${nemeses.map(({name}) => name).join(', ') || 'none'}`,
  ])
}
