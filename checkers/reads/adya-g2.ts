/**
 * Predicates: of two transactions that each insert a row only where they find none, one must find the other's.
 *
 *     0  |insert 3 into a|      both asked whether a or b has a row for 3, both found none, and each inserted one:
 *     1  |insert 3 into b|      whichever came second had a row before it
 *
 * Definition. `insert` names a key, and the ids of rows in two tables, one of them nil: `[key [a-id b-id]]`, or `[a-id b-id]` on
 * a key of its own. It reads by a predicate whether either table has a row for the key, inserts its row if neither has, and
 * fails otherwise. A key with two inserts that succeeded is *G2*: each anti-depends on the other, whatever the order of time.
 *
 * Proves: a cycle of anti-dependencies over predicates, so neither serializability nor anything above holds (Adya 1999, PL-3);
 * repeatable read and snapshot isolation allow it. Cannot see: what was read, nor inserts with an unknown outcome. This is
 * Jepsen's `jepsen.tests.adya`. Throws UsageError for an insert without a key.
 */

import type {Checker} from '../../core/checker.ts'
import {UsageError} from '../../core/error.ts'
import type {Operation} from '../../core/op.ts'
import {counted, showCount} from '../../core/quantities.ts'
import {showValue, type ValueKey, valueKey} from '../../core/value.ts'
import type {Anomaly} from '../../core/verdict.ts'
import {verdictOf, witnessOf} from '../findings/finding.ts'

/** What was tried for one key. */
interface Attempts {
  readonly key: unknown
  tried: number
  readonly succeeded: Operation[]
}

export function adyaG2(): Checker {
  return {
    name: 'adya-g2',
    description: 'two transactions that insert only where they find nothing: at most one of them does',
    check(history) {
      const keys = new Map<ValueKey, Attempts>()
      for (const operation of history.operations) {
        if (operation.f !== 'insert') continue
        const key = keyOf(operation)
        const attempts = keys.get(valueKey(key)) ?? {key, tried: 0, succeeded: []}
        keys.set(valueKey(key), attempts)
        attempts.tried++
        if (operation.outcome === 'ok') attempts.succeeded.push(operation)
      }
      const all = [...keys.values()]
      const inserted = all.filter(({succeeded}) => succeeded.length > 0)
      return verdictOf({
        checker: 'adya-g2',
        property: 'no anti-dependency cycle over predicates',
        kind: 'safety',
        summary: `${counted(all.length, 'key')}, ${showCount(inserted.length)} inserted`,
        anomalies: inserted.flatMap(skewed),
        reason:
          inserted.length === 0
            ? 'No insert succeeded.'
            : inserted.some(({tried}) => tried > 1)
              ? undefined
              : 'Nobody tried to insert for a key for which another had: nothing was tested.',
        measures: {keys: all.length, inserted: inserted.length},
      })
    },
  }
}

function skewed({key, succeeded}: Attempts): Anomaly[] {
  if (succeeded.length < 2) return []
  const inserts = succeeded.map(
    ({process, invoke, input}) => `process ${process} (#${invoke.index}, ${showValue(input)})`,
  )
  const [first, second] = succeeded as [Operation, Operation]
  const missed = (one: Operation, other: Operation) =>
    `#${one.invoke.index} comes before #${other.invoke.index}, because it did not find what #${other.invoke.index} inserted`
  return [
    {
      type: 'G2',
      sentence: `Inserts for key ${showValue(key)} succeeded of ${inserts.join(' and ')}, though each was to find nothing there. Rules out serializable.`,
      ...(typeof key === 'string' || typeof key === 'number' ? {key} : {}),
      witness: witnessOf(...succeeded),
      why: [`${missed(first, second)}.`, `However, ${missed(second, first)}: a contradiction!`],
    },
  ]
}

function keyOf({key, input, invoke}: Operation): unknown {
  if (key !== undefined) return key
  if (Array.isArray(input) && input.length === 2 && Array.isArray(input[1])) return input[0]
  throw new UsageError(`insert of op #${invoke.index} names no key: ${showValue(input)}`, [
    'Expected [key [a-id b-id]], with nil for the table that is left out.',
  ])
}
