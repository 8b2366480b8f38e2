/** The graph between the transactions of a history, whatever the workload, and what is needed to explain it. */
import type {Describe} from './describe.ts'
import type {EdgeList} from './edges.ts'
import type {Findings} from './findings.ts'
import type {Observations} from './observations.ts'
import type {Reason} from './reason.ts'
import type {Transactions} from './transactions.ts'

/** What a workload does with a history before cycles are looked for. */
export interface Analysis {
  /** Adds ww, wr and rw edges. */
  addEdges(edges: EdgeList): void
  /** Why there is a ww, wr or rw edge between two transactions. */
  reason(from: number, to: number, kind: number): Reason | undefined
}

/** A workload's own part: finds the anomalies that are no cycles and prepares the edges. */
export type Analyse = (
  transactions: Transactions,
  observations: Observations,
  describe: Describe,
  findings: Findings,
) => Analysis
