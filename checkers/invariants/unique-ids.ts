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
 * Numbers beyond 2^53 convict only where the record shows that its client does not round them: many clients of databases
 * do (mysql2 3.24, ioredis 6.0, node-redis 6.3, all of JSON.parse), and then different ids arrive as one.
 */
import type {Checker} from '../../core/checker.ts'
import type {Key, Operation, ProcessId} from '../../core/op.ts'
import {showValue, type ValueKey, valueKey} from '../../core/value.ts'
import type {Anomaly} from '../../core/verdict.ts'
import {counted, ofKey, verdictOf, witnessOf} from '../findings/finding.ts'
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
        reason: generated === 0 ? 'No id was generated.' : exact ? undefined : reasonOf(doubtful),
        measures: {ids: generated, duplicates},
      })
    },
  }
}

/** Whether a number beyond 2^53 reads as JavaScript prints a rounded one; undefined for all other ids. */
export function mayBeRounded(id: unknown): boolean | undefined {
  if (typeof id === 'number') return Number.isInteger(id) && !Number.isSafeInteger(id) ? true : undefined
  if (typeof id !== 'bigint' || Number.isSafeInteger(Number(id))) return undefined
  return `${Number(id)}` === `${id}`
}

function reasonOf([first, ...others]: readonly Anomaly[]): string | undefined {
  if (first === undefined) return undefined
  const more = others.length === 0 ? '' : ` So it is with ${others.length} more.`
  return (
    `${first.sentence} But it is a number beyond 2^53, and all of these in the record are such as JavaScript rounds to: ` +
    `the client may have rounded different ids to one.${more} Have it return ids as text or bigint.`
  )
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
