/**
 * The check itself, the same for lists and registers: anomalies of single transactions and keys, then the graph, then its
 * cycles, then what all that means for the requirement. Elle (Kingsbury & Alvaro, VLDB 2020) on typed arrays: edges in
 * columns, components once, and nothing further where there is no component, which is the usual case.
 */
import type {Budget} from '../../core/checker.ts'
import type {Anomaly, Verdict} from '../../core/verdict.ts'
import type {Analyse, Analysis} from './analysis.ts'
import {type AnomalyType, CYCLES, type CycleType, impliedBy, modelsRuledOutBy, type Suffix} from './anomalies.ts'
import {componentsOf} from './components.ts'
import {searchComponent} from './cycle-search.ts'
import {Describe} from './describe.ts'
import {EdgeList} from './edges.ts'
import {explainCycle} from './explain.ts'
import {type Finding, Findings} from './findings.ts'
import {graphOf} from './graph.ts'
import {breaks, type Requirement, type Standing, standingOf} from './judgement.ts'
import {observe} from './observations.ts'
import {addProcessEdges, addRealtimeEdges} from './order-edges.ts'
import {type Subgraph, subgraphsOf} from './subgraph.ts'
import type {Transactions} from './transactions.ts'

/** What to take memory for at first. */
const EDGES_PER_TRANSACTION = 6

export interface CheckSettings {
  readonly checker: string
  readonly requirement: Requirement
  readonly orders: readonly ('process' | 'realtime')[]
  /** How many anomalies of each type are explained; the others are counted. */
  readonly examples: number
  /** Reading a value that nobody wrote is no anomaly. */
  readonly foreignValues: boolean
}

/** `Verdict.detail` of both checkers. */
export interface ElleDetail extends Standing {
  readonly models: readonly string[]
  /** Every type of anomaly that was found and breaks the promise, sorted. */
  readonly anomalyTypes: readonly AnomalyType[]
  /** Those that were found and do not. */
  readonly allowed: readonly AnomalyType[]
  /** Those that the budget did not suffice to look for. */
  readonly undecided: readonly AnomalyType[]
  /** Dependencies between transactions (ww, wr, rw): without any, nothing was tested. */
  readonly dependencies: number
}

export function checkTransactions(
  transactions: Transactions,
  analyse: Analyse,
  settings: CheckSettings,
  budget: Budget,
  before?: (findings: Findings, describe: Describe) => void,
): Verdict {
  const describe = new Describe(transactions)
  const findings = new Findings(settings.examples, settings.foreignValues ? ['thin-air-read'] : [])
  before?.(findings, describe)
  const observations = observe(transactions)
  const analysis = analyse(transactions, observations, describe, findings)
  const edges = new EdgeList(transactions.count, EDGES_PER_TRANSACTION * transactions.count + 1024)
  analysis.addEdges(edges)
  const dependencies = edges.length
  const {orders} = settings
  if (orders.includes('realtime')) addRealtimeEdges(transactions, observations, edges)
  // Process order is part of real time: it ties no further knots, it only gives them other names.
  const late = orders.includes('realtime') && orders.includes('process')
  if (orders.includes('process') && !late) addProcessEdges(transactions, observations, edges)
  const components = componentsOf(graphOf(edges.nodes, edges.length, edges.from, edges.to, edges.kind))
  if (late && components.count < edges.nodes) addProcessEdges(transactions, observations, edges)
  const knots = subgraphsOf(edges, components)
  const undecided = findCycles(knots, analysis, describe, findings, settings, budget)
  return verdictOf(transactions, findings, settings, dependencies, undecided, describe)
}

/** Searches every component. Answers the types that it had no budget to decide. */
function findCycles(
  knots: readonly Subgraph[],
  analysis: Analysis,
  describe: Describe,
  findings: Findings,
  settings: CheckSettings,
  budget: Budget,
): ReadonlySet<CycleType> {
  const suffixes: Suffix[] = ['', ...settings.orders.map((order) => `-${order}` as const)].sort() as Suffix[]
  const interest = new Interest(findings, settings.requirement)
  const undecided = new Set<CycleType>()
  for (const component of knots) {
    const here = new Set<string>()
    searchComponent(component, suffixes, budget, {
      wants: (type) => !findings.isFull(type) && !here.has(type) && interest.has(type),
      found(type, cycle) {
        for (const implied of impliedBy(type)) here.add(implied)
        findings.add(type, () => explainCycle(type, cycle, analysis, describe))
        interest.found(type)
      },
      gaveUp: (type) => undecided.add(type),
    })
  }
  const known = new Set(findings.types.flatMap((type) => [...impliedBy(type)]))
  return new Set([...undecided].filter((type) => !known.has(type)))
}

/** Which cycles are worth a search: across process order or real time only those that rule out, or break, something more. */
class Interest {
  readonly #findings: Findings
  readonly #requirement: Requirement
  readonly #out = new Set<string>()
  #isBroken = false

  constructor(findings: Findings, requirement: Requirement) {
    this.#findings = findings
    this.#requirement = requirement
    for (const type of findings.types) this.found(type)
  }

  found(type: AnomalyType): void {
    // It rests on what the user vouches for; a cycle that does not is worth knowing besides.
    if (type === 'cyclic-versions') return
    for (const model of modelsRuledOutBy(type)) this.#out.add(model)
    this.#isBroken ||= breaks(type, this.#requirement)
  }

  has(type: CycleType): boolean {
    if ((CYCLES as readonly string[]).includes(type) || this.#findings.has(type)) return true
    for (const model of modelsRuledOutBy(type)) if (!this.#out.has(model)) return true
    return !this.#isBroken && breaks(type, this.#requirement)
  }
}

function verdictOf(
  transactions: Transactions,
  findings: Findings,
  settings: CheckSettings,
  dependencies: number,
  undecided: ReadonlySet<CycleType>,
  describe: Describe,
): Verdict {
  const {requirement, orders, checker} = settings
  const standing = standingOf(findings.types, orders)
  const anomalyTypes = findings.types.filter((type) => breaks(type, requirement))
  const anomalies = bySeverity(anomalyTypes).flatMap((type) =>
    findings.examplesOf(type).map((finding) => anomalyOf(finding, describe)),
  )
  const open = [...undecided].filter((type) => breaks(type, requirement))
  const reason =
    anomalies.length > 0
      ? undefined
      : transactions.count === 0
        ? 'There are no transactions: nothing was tested.'
        : dependencies === 0
          ? 'No transaction depends on another (no read saw what another wrote): nothing was tested.'
          : open.length > 0
            ? `The budget ran out before it was known whether there is a ${open.join(' or a ')}.`
            : undefined
  const detail: ElleDetail = {
    models: requirement.models,
    anomalyTypes,
    allowed: findings.types.filter((type) => !anomalyTypes.includes(type)),
    undecided: [...undecided].sort(),
    dependencies,
    ...standing,
  }
  const holds =
    standing.strongest.length > 0
      ? `strongest model still standing: ${standing.strongest.join(', ')}`
      : 'no model stands'
  const measures = Object.fromEntries(findings.types.map((type) => [`${type} (count)`, countOf(type, findings)]))
  return {
    checker,
    property: [...requirement.models, ...requirement.anomalies.map((name) => `no ${name}`)].join(', '),
    kind: 'safety',
    validity: anomalies.length > 0 ? 'invalid' : reason === undefined ? 'valid' : 'unknown',
    summary: `${transactions.count} transactions, ${transactions.keys.length} keys; ${holds}`,
    anomalies,
    ...(reason === undefined ? {} : {reason}),
    ...(findings.types.length === 0 ? {} : {measures}),
    detail,
  }
}

/** Cycles are not searched for their number: enough is enough. */
function countOf(type: AnomalyType, findings: Findings): number | string {
  const count = findings.countOf(type)
  const isCycle = CYCLES.some((base) => type === base || type.startsWith(`${base}-`))
  return isCycle && findings.isFull(type) ? `${count} or more` : count
}

/** What rules out most comes first; of equals, what needs no graph. */
function bySeverity(types: readonly AnomalyType[]): AnomalyType[] {
  const weight = (type: AnomalyType) => modelsRuledOutBy(type).size
  const isCycle = (type: AnomalyType) => Number((CYCLES as readonly string[]).includes(type))
  return [...types].sort(
    (left, right) => weight(right) - weight(left) || isCycle(left) - isCycle(right) || (left < right ? -1 : 1),
  )
}

function anomalyOf(finding: Finding, describe: Describe): Anomaly {
  const {not} = standingOf([finding.type], [])
  return {
    type: finding.type,
    sentence: `${finding.sentence}${not.length > 0 ? ` Rules out ${not.join(' and ')}.` : ''}`,
    ...(finding.key === undefined ? {} : {key: describe.key(finding.key)}),
    witness: describe.witness(finding.transactions),
    ...(finding.why === undefined ? {} : {why: finding.why}),
    ...(finding.detail === undefined ? {} : {detail: finding.detail}),
  }
}
