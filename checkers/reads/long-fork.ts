/**
 * Long fork: two readers see two unrelated writes in opposite orders.
 *
 *     0  |write x 1|
 *     1  |write y 1|
 *     2      |read x=1 y=nil|        x happened, y not yet
 *     3      |read x=nil y=1|        y happened, x not yet
 *
 * Definition. Every key is written at most once (UsageError otherwise). Of two reads of the same group of keys, one must have
 * seen everything that the other saw. Reads are transactions of `[r key value]` of two keys or more, writes of `[w key value]`,
 * under any function name. A group is whatever keys a read names, so any of Jepsen's group sizes will do. A value that nobody
 * wrote is a *phantom-read*, one whose write failed *failed-write-visible*.
 *
 * Proves: that reads are no snapshots of one order of writes, so neither snapshot isolation nor anything above holds; parallel
 * snapshot isolation (Sovran et al. 2011), which allows it, may. Cannot see: forks between reads of different groups of keys,
 * nor what the writing transactions read besides. Of each group only neighbours in the order of how much they saw are compared,
 * so a fork is found whenever there is one, but not every pair is told.
 */

import type {Checker} from '../../core/checker.ts'
import {UsageError} from '../../core/error.ts'
import type {Operation} from '../../core/op.ts'
import {counted} from '../../core/quantities.ts'
import type {Sequence} from '../../core/sequence.ts'
import {sameValue, showValue, type ValueKey, valueKey} from '../../core/value.ts'
import type {Anomaly} from '../../core/verdict.ts'
import {verdictOf, witnessOf} from '../findings/finding.ts'

export function longFork(): Checker {
  return {
    name: 'long-fork',
    description: 'no two reads see two writes in opposite orders',
    check(history) {
      const {writers, failures} = writersOf(history.operations)
      const groups = new Map<string, Sight[]>()
      const anomalies: Anomaly[] = []
      let reads = 0
      for (const operation of history.operations) {
        const sight = sightOf(operation)
        if (sight === undefined) continue
        reads++
        for (const [key, value] of sight.values) {
          const writer = writers.get(key)
          if (value === null || (writer !== undefined && sameValue(writer.value, value))) continue
          const failed = failures.get(key)?.find((write) => sameValue(write.value, value))?.operation
          anomalies.push({
            type: failed === undefined ? 'phantom-read' : 'failed-write-visible',
            sentence: `Process ${operation.process} read ${showValue(key)} = ${showValue(value)}, ${failed === undefined ? 'which nobody wrote' : 'whose write had failed'}.`,
            witness: witnessOf(failed, operation),
          })
        }
        const group = groups.get(sight.group)
        if (group === undefined) groups.set(sight.group, [sight])
        else group.push(sight)
      }
      const forked = [...groups.values()].flatMap((group) => forks(group, writers))
      return verdictOf({
        checker: 'long-fork',
        property: 'no long fork',
        kind: 'safety',
        summary: `${counted(reads, 'read')} of ${counted(groups.size, 'group')} of keys`,
        anomalies: [...forked, ...anomalies],
        reason:
          reads === 0 ? 'No read of several keys succeeded.' : writers.size === 0 ? 'Nothing was written.' : undefined,
      })
    },
  }
}

interface Writer {
  readonly operation: Operation
  readonly value: unknown
}

/** One read of a group of keys. */
interface Sight {
  readonly operation: Operation
  readonly group: string
  readonly values: ReadonlyMap<ValueKey, unknown>
  /** How many of the keys had been written. */
  readonly seen: number
}

function microsOf(value: unknown): readonly (readonly unknown[])[] {
  return Array.isArray(value) ? value.filter((micro): micro is unknown[] => Array.isArray(micro)) : []
}

interface Writers {
  readonly writers: ReadonlyMap<ValueKey, Writer>
  /** Writes that certainly did not happen. */
  readonly failures: ReadonlyMap<ValueKey, readonly Writer[]>
}

function writersOf(operations: Sequence<Operation>): Writers {
  const writers = new Map<ValueKey, Writer>()
  const failures = new Map<ValueKey, Writer[]>()
  for (const operation of operations) {
    for (const [verb, key, value] of microsOf(operation.input)) {
      if (verb !== 'w') continue
      if (operation.outcome === 'fail') {
        failures.set(valueKey(key), [...(failures.get(valueKey(key)) ?? []), {operation, value}])
        continue
      }
      const other = writers.get(valueKey(key))
      if (other !== undefined) {
        throw new UsageError(
          `ops #${other.operation.invoke.index} and #${operation.invoke.index} both write key ${showValue(key)}`,
          ['The long-fork checker needs every key to be written at most once.'],
        )
      }
      writers.set(valueKey(key), {operation, value})
    }
  }
  return {writers, failures}
}

function sightOf(operation: Operation): Sight | undefined {
  if (operation.outcome !== 'ok') return undefined
  const values = new Map<ValueKey, unknown>()
  for (const [verb, key, value] of microsOf(operation.output))
    if (verb === 'r') values.set(valueKey(key), value ?? null)
  if (values.size < 2) return undefined
  const group = [...values.keys()].map(String).sort().join('\n')
  return {operation, group, values, seen: [...values.values()].filter((value) => value !== null).length}
}

/** Sorted by how much they saw, reads of one group must each contain the one before: that is a chain, or there is a fork. */
function forks(group: readonly Sight[], writers: ReadonlyMap<ValueKey, Writer>): Anomaly[] {
  const sorted = group.toSorted((left, right) => left.seen - right.seen)
  const anomalies: Anomaly[] = []
  for (let i = 1; i < sorted.length; i++) {
    const [less, more] = [sorted[i - 1] as Sight, sorted[i] as Sight]
    const onlyLess = [...less.values].find(([key, value]) => value !== null && more.values.get(key) === null)
    if (onlyLess === undefined) continue
    const onlyMore = [...more.values].find(([key, value]) => value !== null && less.values.get(key) === null)
    if (onlyMore === undefined) continue
    const [x, y] = [onlyLess[0], onlyMore[0]]
    anomalies.push({
      type: 'long-fork',
      sentence: `Process ${less.operation.process} saw the write of ${showValue(x)} but not of ${showValue(y)}, and process ${more.operation.process} saw ${showValue(y)} but not ${showValue(x)}.`,
      witness: witnessOf(writers.get(x)?.operation, writers.get(y)?.operation, less.operation, more.operation),
    })
  }
  return anomalies
}
