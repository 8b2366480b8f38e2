/**
 * Unique ids: `generate` returns a new one each time.
 *
 *     0  |generate 7|
 *     1     |generate 7|     one id for two
 *
 * Definition. No two successful `generate`s return the same id (per key, where ids are per key; *duplicate-id*). A generate
 * whose outcome is unknown may have used one up, which nobody sees. Nothing (`null`) is no id: *reply-mismatch*.
 *
 * Proves: no id was handed out twice in this record. Cannot see: ids that were handed out before it or will be after it.
 *
 * Numbers beyond 2^53 convict only where the record shows that its client does not round them (`findings/rounded.ts`).
 */

import type {Checker} from '../../core/checker.ts'
import type {Key, Operation, ProcessId} from '../../core/op.ts'
import {counted} from '../../core/quantities.ts'
import {showValue, type ValueKey, valueKey} from '../../core/value.ts'
import type {Anomaly} from '../../core/verdict.ts'
import {ofKey, verdictOf, witnessOf} from '../findings/finding.ts'
import {doubts, mayBeRounded} from '../findings/rounded.ts'
import {wrongAnswer} from '../findings/wrong-shape.ts'

export function uniqueIds(): Checker {
  return {
    name: 'unique-ids',
    description: 'no id is generated twice',
    check(history) {
      const anomalies: Anomaly[] = []
      let generated = 0
      let duplicates = 0
      const doubtful: Anomaly[] = []
      let exact = false
      for (const [key, operations] of history.byKey()) {
        const owners = new Map<ValueKey, Operation>()
        for (const operation of operations) {
          if (operation.f !== 'generate' || operation.outcome !== 'ok') continue
          if (operation.output === null) {
            anomalies.push(wrongAnswer(operation, 'an id'))
            continue
          }
          generated++
          const id = valueKey(operation.output)
          const rounded = mayBeRounded(operation.output)
          if (rounded === false) exact = true
          const owner = owners.get(id)
          if (owner === undefined) owners.set(id, operation)
          else {
            duplicates++
            const list = rounded === true ? doubtful : anomalies
            list.push(duplicate(key, owner, operation))
          }
        }
      }
      if (exact) anomalies.push(...doubtful)
      return verdictOf({
        checker: 'unique-ids',
        property: 'ids are unique',
        kind: 'safety',
        summary: counted(generated, 'id'),
        anomalies,
        reason:
          generated === 0
            ? 'No id was generated.'
            : exact
              ? undefined
              : doubtful[0] && doubts(doubtful[0], doubtful.length - 1),
        measures: {ids: generated, duplicates},
      })
    },
  }
}

function duplicate(key: Key | undefined, owner: Operation, again: Operation): Anomaly {
  return {
    type: 'duplicate-id',
    sentence: duplicateSentence(key, again.output, owner.process, again.process),
    ...(key === undefined ? {} : {key}),
    witness: witnessOf(owner, again),
  }
}

export function duplicateSentence(key: Key | undefined, id: unknown, owner: ProcessId, again: ProcessId): string {
  const what = `the id ${showValue(id)}${ofKey(key)}`
  return owner === again
    ? `Process ${owner} was given ${what} twice.`
    : `Processes ${owner} and ${again} were both given ${what}.`
}
