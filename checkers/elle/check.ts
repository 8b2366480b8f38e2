/**
 * The check itself, the same for lists and registers: anomalies of single transactions and keys, then the graph, then its
 * cycles, then what all that means for the requirement. Elle (Kingsbury & Alvaro, VLDB 2020) on typed arrays: edges in
 * columns, components once, and nothing further where there is no component, which is the usual case.
 */
import type {Budget} from '../../core/checker.ts'
import type {Verdict} from '../../core/verdict.ts'
import type {Analyse, Analysis} from './analysis.ts'
import {type CycleType, impliedBy, type Suffix} from './anomalies.ts'
import {componentsOf} from './components.ts'
import {searchComponent} from './cycle-search.ts'
import {Describe} from './describe.ts'
import {EdgeList} from './edges.ts'
import {verdictOf} from './elle-verdict.ts'
import {explainCycle} from './explain.ts'
import {Findings} from './findings.ts'
import {graphOf} from './graph.ts'
import {Interest} from './interest.ts'
import {observe} from './observations.ts'
import {addProcessEdges, addRealtimeEdges} from './order-edges.ts'
import type {CheckSettings} from './settings.ts'
import {type Subgraph, subgraphsOf} from './subgraph.ts'
import type {Transactions} from './transactions.ts'

/** What to take memory for at first. */
const EDGES_PER_TRANSACTION = 6

/** Judges a history in columns. `before` may add findings that the columns do not show. */
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
        findings.add(type, () => {
          const reported = explainCycle(type, cycle, analysis, describe)
          // The cycle is a short way round; how many all precede each other is known only here.
          return {...reported, detail: {...reported.detail, knot: component.transactions}}
        })
        interest.found(type)
      },
      gaveUp: (type) => undecided.add(type),
    })
  }
  const known = new Set(findings.types.flatMap((type) => [...impliedBy(type)]))
  return new Set([...undecided].filter((type) => !known.has(type)))
}
