/**
 * The orders that do not come from data. Process order: each committed transaction before the next one of its process.
 * Real time: whatever completed before something was invoked. That relation has up to n² edges; a chain of junctions
 * ("everything that completed before this moment") says the same with at most three per transaction, whatever the
 * concurrency.
 */
import {int32} from '../columns/column.ts'
import {type EdgeList, PROCESS, REALTIME} from './edges.ts'
import type {Observations} from './observations.ts'
import {NEVER, NONE, type Transactions} from './transactions.ts'

/** Transactions are numbered by completion, which within a process is also the order of invocation. */
export function addProcessEdges(transactions: Transactions, observations: Observations, edges: EdgeList): void {
  const latest: (number | undefined)[] = []
  for (let t = 0; t < transactions.count; t++) {
    if (observations.committed[t] === 0) continue
    const process = transactions.process[t]!
    const before = latest[process]
    if (before !== undefined) edges.add(before, t, PROCESS)
    latest[process] = t
  }
}

export function addRealtimeEdges(transactions: Transactions, observations: Observations, edges: EdgeList): void {
  const {completed} = transactions
  let junction: number = NONE
  let completedSince = 0
  const waiting = int32(transactions.count)
  for (const event of eventsOf(transactions)) {
    if (event === 0) continue
    const t = Math.abs(event) - 1
    if (observations.committed[t] === 0) continue
    if (event > 0) {
      if (completed[t] !== NEVER) waiting[completedSince++] = t
      continue
    }
    if (completedSince > 0) {
      const next = edges.addJunction()
      if (junction !== NONE) edges.add(junction, next, REALTIME)
      for (let i = 0; i < completedSince; i++) edges.add(waiting[i]!, next, REALTIME)
      completedSince = 0
      junction = next
    }
    if (junction !== NONE) edges.add(junction, t, REALTIME)
  }
}

/** What happened at each position: t + 1 completed, or -(t + 1) was invoked; 0 for a position without event. */
export function eventsOf(transactions: Transactions): Int32Array {
  const events = int32(transactions.events)
  for (let t = 0; t < transactions.count; t++) {
    events[transactions.invoked[t]!] = -(t + 1)
    if (transactions.completed[t] !== NEVER) events[transactions.completed[t]!] = t + 1
  }
  return events
}
