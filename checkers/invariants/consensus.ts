/**
 * Single-decree consensus: everybody is told the same value, and somebody had proposed it.
 *
 *     0  |propose 7 → 7|
 *     1      |propose 9 → 9|      two decisions
 *
 * Definition, per key, over `propose` (answers the decision) and `read` (the decision, or null before there is one):
 *  - *disagreement*: two operations were told different decisions;
 *  - *unproposed-decision*: a decision that nobody had proposed when it was told, or only proposals that certainly failed;
 *  - *forgotten-decision*: a read answered null though a decision had been told before it began.
 * Together these are exactly linearizability of a consensus object (Herlihy 1991): order the decided proposal first, at the
 * latest moment at which a decision was told first.
 *
 * Proves: agreement or validity was broken. Cannot see: instances of which nothing was told.
 */

import type {Checker} from '../../core/checker.ts'
import type {Key, Operation} from '../../core/op.ts'
import {counted} from '../../core/quantities.ts'
import type {Sequence} from '../../core/sequence.ts'
import {showValue, valueKey} from '../../core/value.ts'
import type {Anomaly} from '../../core/verdict.ts'
import {endIndex, ofKey, verdictOf, witnessOf} from '../findings/finding.ts'

export function consensus(): Checker {
  return {
    name: 'consensus',
    description: 'one decision for everybody, and somebody proposed it',
    check(history) {
      const anomalies: Anomaly[] = []
      let decided = 0
      for (const [, operations] of history.byKey()) {
        const relevant = operations.filter(({f}) => f === 'propose' || f === 'read')
        const reported = relevant.filter(({outcome, output}) => outcome === 'ok' && isDecision(output))
        if (reported.length > 0) decided++
        for (const anomaly of judgeOne(relevant, reported)) anomalies.push(anomaly)
      }
      return verdictOf({
        checker: 'consensus',
        property: 'agreement and validity',
        kind: 'safety',
        summary: `${counted(decided, 'decision')}`,
        anomalies,
        reason: decided === 0 ? 'Nobody was told a decision.' : undefined,
        measures: {decided},
      })
    },
  }
}

function isDecision(value: unknown): boolean {
  return value !== null && value !== undefined
}

function judgeOne(operations: Sequence<Operation>, reported: Sequence<Operation>): Anomaly[] {
  const anomalies: Anomaly[] = []
  let first: Operation | undefined
  for (const operation of reported) if (first === undefined || endIndex(operation) < endIndex(first)) first = operation
  if (first === undefined) return anomalies
  const seen = new Set<unknown>()
  for (const operation of reported) {
    const id = valueKey(operation.output)
    if (seen.has(id)) continue
    seen.add(id)
    if (id !== valueKey(first.output)) {
      anomalies.push(disagreement(operation, first))
    }
    const proposals = operations.filter(({f, input}) => f === 'propose' && valueKey(input) === id)
    const toldBy = id === valueKey(first.output) ? endIndex(first) : endIndex(operation)
    const proposed = proposals.some(({outcome, invoke}) => outcome !== 'fail' && invoke.index < toldBy)
    if (proposed) continue
    anomalies.push(unproposed(operation, proposals.at(0)))
  }
  for (const operation of operations) {
    if (operation.f !== 'read' || operation.outcome !== 'ok' || isDecision(operation.output)) continue
    if (operation.invoke.index < endIndex(first)) continue
    anomalies.push(forgotten(operation, first))
  }
  return anomalies
}

/** Told another decision than the first that was told one. */
export function disagreement(operation: Operation, first: Operation): Anomaly {
  const {process, output, key} = operation
  return {
    type: 'disagreement',
    sentence: `Process ${process} was told that ${showValue(output)} was decided${ofKey(key)}, process ${first.process} that it was ${showValue(first.output)}.`,
    ...at(key),
    witness: witnessOf(first, operation),
  }
}

/** Told a decision for which there is at most this proposal. */
export function unproposed(operation: Operation, refused: Operation | undefined): Anomaly {
  const {process, output, key} = operation
  return {
    type: 'unproposed-decision',
    sentence: `Process ${process} was told that ${showValue(output)} was decided${ofKey(key)}, which ${refused === undefined ? 'nobody had proposed' : 'was proposed only without success, or later'}.`,
    ...at(key),
    witness: witnessOf(operation, refused),
  }
}

/** Read nothing, after the first had been told a decision. */
export function forgotten(operation: Operation, first: Operation): Anomaly {
  const {process, key} = operation
  return {
    type: 'forgotten-decision',
    sentence: `Process ${process} read that nothing was decided${ofKey(key)}, after process ${first.process} had been told ${showValue(first.output)}.`,
    ...at(key),
    witness: witnessOf(first, operation),
  }
}

const at = (key: Key | undefined) => (key === undefined ? {} : {key})
