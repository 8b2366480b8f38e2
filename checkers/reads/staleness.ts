/**
 * Bounded staleness: how long ago was a value overwritten that is still being read?
 *
 *     0  |write 1|  |write 2|
 *     1                        ···|read 1|     stale by 1 version, and by the dotted stretch of time
 *
 * Definition, for registers with unique values. A write *certainly overwrote* another when it was invoked after the other had
 * returned (or had been read). A read of value w is stale by the time from the return of the first write that certainly
 * overwrote w to the invocation of the read; by how many such writes, is its staleness in versions. With `boundMs` or
 * `boundVersions`, a read beyond it is *too-stale*. Without a bound the checker only measures.
 *
 * Proves: a lower bound of the staleness (concurrent writes are never counted against a read). Cannot see: reads of the future
 * or of values never written; other checkers do. Golab, Li, Shah: "Analyzing consistency properties for fun and profit"
 * (PODC 2011), whose Δ-atomicity this is the read side of.
 */

import type {Checker} from '../../core/checker.ts'
import type {Key, Operation} from '../../core/op.ts'
import {counted} from '../../core/quantities.ts'
import type {Sequence} from '../../core/sequence.ts'
import {showValue, type ValueKey, valueKey} from '../../core/value.ts'
import type {Anomaly} from '../../core/verdict.ts'
import {firstPlace, ofKey, verdictOf, witnessOf} from '../findings/finding.ts'
import {swapOf} from '../findings/wrong-shape.ts'
import {roundMs} from '../liveness/latency.ts'

export interface StalenessOptions {
  readonly boundMs?: number
  readonly boundVersions?: number
}

/** How stale one read was. */
export interface Staleness {
  readonly read: Operation
  /** Since the value was certainly overwritten; 0 where it was not. */
  readonly staleNs: number
  /** By how many writes it certainly was. */
  readonly versions: number
  /** The write that returned first of those. */
  readonly by: Operation | undefined
}

export function staleness(options: StalenessOptions = {}): Checker {
  const {boundMs = Number.POSITIVE_INFINITY, boundVersions = Number.POSITIVE_INFINITY} = options
  const bounds = [
    ...(Number.isFinite(boundMs) ? [`${boundMs} ms`] : []),
    ...(Number.isFinite(boundVersions) ? [counted(boundVersions, 'version')] : []),
  ].join(' and ')
  return {
    name: 'staleness',
    description: 'how long after a value was overwritten it is still read',
    check(history) {
      const all: Staleness[] = []
      const repeated: string[] = []
      for (const [key, operations] of history.byKey()) {
        for (const one of stalenessOf(key, operations, repeated)) all.push(one)
      }
      const staleNs = Float64Array.from(all, (one) => one.staleNs).sort()
      const at = (share: number) => roundMs((staleNs[Math.ceil(share * staleNs.length) - 1] ?? 0) / 1e6 || 0)
      const beyond = all.filter((one) => one.staleNs > boundMs * 1e6 || one.versions > boundVersions)
      return verdictOf({
        checker: 'staleness',
        property: bounds === '' ? 'staleness' : `staleness within ${bounds}`,
        kind: 'safety',
        summary: `${counted(all.length, 'read')}, ${all.filter((one) => one.staleNs > 0).length} stale`,
        anomalies: repeated.length > 0 ? [] : beyond.map((one) => tooStale(one, bounds)),
        reason: repeated[0] ?? (all.length === 0 ? 'No read succeeded.' : undefined),
        measures: {
          p50Ms: staleNs.length === 0 ? 0 : at(0.5),
          p99Ms: staleNs.length === 0 ? 0 : at(0.99),
          maxMs: staleNs.length === 0 ? 0 : at(1),
          maxVersions: all.reduce((most, {versions}) => Math.max(most, versions), 0),
        },
      })
    },
  }
}

function stalenessOf(key: Key | undefined, operations: Sequence<Operation>, repeated: string[]): Staleness[] {
  const writes = new Map<ValueKey, {write: Operation; doneNs: number}>()
  for (const operation of operations) {
    if ((operation.f !== 'write' && operation.f !== 'cas') || operation.outcome === 'fail') continue
    const value = operation.f === 'cas' ? swapOf(operation)[1] : operation.input
    if (writes.has(valueKey(value)))
      repeated.push(`Values must be unique, but ${showValue(value)}${ofKey(key)} was written twice.`)
    writes.set(valueKey(value), {write: operation, doneNs: operation.endNs})
  }
  const reads = operations.filter(({f, outcome}) => f === 'read' && outcome === 'ok')
  for (const read of reads) {
    const entry = writes.get(valueKey(read.output))
    if (entry !== undefined) entry.doneNs = Math.min(entry.doneNs, read.endNs)
  }
  // By start, with the earliest return from each one on.
  const byStart = [...writes.values()].map(({write}) => write).filter(({outcome}) => outcome === 'ok')
  byStart.sort((left, right) => left.startNs - right.startNs)
  const earliest: Operation[] = new Array(byStart.length)
  for (let i = byStart.length - 1; i >= 0; i--) {
    const [own, rest] = [byStart[i] as Operation, earliest[i + 1]]
    earliest[i] = rest !== undefined && rest.endNs < own.endNs ? rest : own
  }
  return reads.map((read) => {
    const entry = writes.get(valueKey(read.output))
    if (entry === undefined && read.output !== null) return {read, staleNs: 0, versions: 0, by: undefined}
    const from = entry === undefined ? 0 : firstAfter(byStart, entry.doneNs)
    const by = earliest[from]
    if (by === undefined || by.endNs >= read.startNs) return {read, staleNs: 0, versions: 0, by: undefined}
    const versions = countBefore(byStart, from, read.startNs)
    return {read, staleNs: read.startNs - by.endNs, versions, by}
  })
}

/** The place of the first write that started after a time. */
function firstAfter(byStart: Sequence<Operation>, timeNs: number): number {
  return firstPlace(byStart.length, (place) => (byStart.at(place) as Operation).startNs > timeNs)
}

/** Versions are counted up to here. */
const MAX_VERSIONS = 1000

/** How many of the writes from a place on returned before a time, up to `MAX_VERSIONS`. */
function countBefore(byStart: Sequence<Operation>, from: number, timeNs: number): number {
  let count = 0
  for (let i = from; i < byStart.length && count < MAX_VERSIONS && (byStart.at(i) as Operation).startNs < timeNs; i++) {
    if ((byStart.at(i) as Operation).endNs < timeNs) count++
  }
  return count
}

function tooStale({read, staleNs, versions, by}: Staleness, bounds: string): Anomaly {
  const {key, process, output} = read
  return {
    type: 'too-stale',
    sentence: `Process ${process} read ${showValue(output)}${ofKey(key)} ${roundMs(staleNs / 1e6)} ms after it had been overwritten (by ${counted(versions, 'write')}); ${bounds} is the bound.`,
    ...(key === undefined ? {} : {key}),
    witness: witnessOf(by, read),
  }
}
