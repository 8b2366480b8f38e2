/**
 * Recovery: how soon after each fault had ended an operation succeeded again, for the cluster and for each node.
 *
 * Definition. Time from the end of a fault window to the return of the first operation that was invoked after it and
 * succeeded. Where another fault was still in force, or struck before that success, the figure says so and does not count
 * towards the slowest. *no-recovery*: after the last fault had ended, operations were tried on the cluster (or on one node)
 * and none ever succeeded.
 *
 * Proves: liveness within the time that was given. Cannot see: a node that answers, but without having caught up.
 */
import type {Checker} from '../core/checker.ts'
import type {FaultWindow, History} from '../core/history.ts'
import type {Operation} from '../core/op.ts'
import type {Sequence} from '../core/sequence.ts'
import type {Anomaly} from '../core/verdict.ts'
import {counted, verdictOf, witnessOf} from './finding.ts'

/** How it went on after one fault. */
export interface Recovery {
  readonly fault: string
  readonly description: string
  /** When it was healed. */
  readonly healedNs: number
  /** Until the first success, ms; null where there was none before the next fault or the end. */
  readonly recoveredMs: number | null
  /** Likewise per node, for nodes that were asked. */
  readonly nodes: Readonly<Record<string, number | null>>
  /** Whether another fault was in force meanwhile. */
  readonly disturbed: boolean
}

export function recovery(): Checker {
  return {
    name: 'recovery',
    description: 'how soon after each fault operations succeed again; broken where they never do',
    check(history) {
      const ended = history.faults.filter(({endNs}) => Number.isFinite(endNs))
      const recoveries = recoveriesOf(history)
      const anomalies = neverRecovered(history)
      const slowestMs = slowest(recoveries)
      const tried = history.operations.some(({startNs}) => startNs > lastHealNs(history))
      return verdictOf({
        checker: 'recovery',
        property: 'recovers after faults',
        kind: 'liveness',
        summary:
          history.faults.length === 0
            ? 'no faults'
            : `${counted(ended.length, 'fault')} healed${slowestMs === undefined ? '' : `, slowest recovery ${Math.round(slowestMs)} ms`}`,
        anomalies,
        reason: reasonOf(history, ended, tried),
        ...(slowestMs === undefined ? {} : {measures: {slowestMs: Math.round(slowestMs)}}),
        detail: {recoveries},
      })
    },
  }
}

function reasonOf(history: History, ended: readonly FaultWindow[], tried: boolean): string | undefined {
  if (history.faults.length === 0) return history.operations.length === 0 ? 'There are no operations.' : undefined
  if (ended.length < history.faults.length) return 'A fault was never healed.'
  return tried ? undefined : 'Nothing was tried after the last fault had been healed.'
}

function lastHealNs(history: History): number {
  return Math.max(Number.NEGATIVE_INFINITY, ...history.faults.map(({endNs}) => endNs))
}

/** One entry for each fault that was healed, by the time of healing. */
export function recoveriesOf(history: History): Recovery[] {
  const operations = history.operations
  return history.faults
    .filter(({endNs}) => Number.isFinite(endNs))
    .sort((left, right) => left.endNs - right.endNs)
    .map((fault) => {
      const later = operations.slice(firstAfter(operations, fault.endNs))
      const healed = firstSuccess(later)
      const until = healed?.endNs ?? Number.POSITIVE_INFINITY
      const nodes = [...new Set(later.map(({node}) => node))].filter((node) => node !== undefined).sort()
      return {
        fault: fault.fault,
        description: fault.description,
        healedNs: fault.endNs,
        recoveredMs: healed === undefined ? null : (healed.endNs - fault.endNs) / 1e6,
        nodes: Object.fromEntries(
          nodes.map((node) => {
            const success = firstSuccess(later, node)
            return [node, success === undefined ? null : (success.endNs - fault.endNs) / 1e6]
          }),
        ),
        disturbed: history.faults.some(
          (other) => other !== fault && other.startNs <= until && other.endNs > fault.endNs,
        ),
      }
    })
}

/** The slowest recovery that no other fault disturbed, ms; undefined where there is none. */
export function slowest(recoveries: readonly Recovery[]): number | undefined {
  const times = recoveries.filter(({disturbed, recoveredMs}) => !disturbed && recoveredMs !== null)
  return times.length === 0 ? undefined : Math.max(...times.map(({recoveredMs}) => recoveredMs as number))
}

/** The position of the first operation invoked after `timeNs`; operations are in the order of their invocation. */
function firstAfter(operations: Sequence<Operation>, timeNs: number): number {
  let low = 0
  let high = operations.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((operations.at(middle) as Operation).startNs > timeNs) high = middle
    else low = middle + 1
  }
  return low
}

/** The operation that succeeded first, of those on `node` if given. */
function firstSuccess(operations: Sequence<Operation>, node?: string): Operation | undefined {
  let first: Operation | undefined
  for (const operation of operations) {
    if (first !== undefined && operation.startNs > first.endNs) break
    if (operation.outcome !== 'ok' || (node !== undefined && operation.node !== node)) continue
    if (first === undefined || operation.endNs < first.endNs) first = operation
  }
  return first
}

/** Nobody, or one node, served anything after the last fault had ended. */
function neverRecovered(history: History): Anomaly[] {
  const {operations, faults} = history
  if (faults.length === 0 || faults.some(({endNs}) => endNs === Number.POSITIVE_INFINITY)) return []
  const later = operations.slice(firstAfter(operations, lastHealNs(history)))
  if (later.length === 0) return []
  if (firstSuccess(later) === undefined) return [stuck('the cluster', later)]
  const byNode = new Map<string, Operation[]>()
  for (const operation of later) {
    if (operation.node !== undefined) byNode.set(operation.node, [...(byNode.get(operation.node) ?? []), operation])
  }
  return [...byNode.keys()]
    .sort()
    .filter((node) => (byNode.get(node) as Operation[]).every(({outcome}) => outcome !== 'ok'))
    .map((node) => stuck(`node ${node}`, byNode.get(node) as Operation[]))
}

function stuck(subject: string, attempts: Sequence<Operation>): Anomaly {
  return {
    type: 'no-recovery',
    sentence: `After the last fault was healed ${subject} never served again: ${counted(attempts.length, 'attempt')}, none succeeded.`,
    witness: witnessOf(...attempts.slice(0, 4), attempts.at(-1)),
  }
}
