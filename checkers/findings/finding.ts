/** How checkers put their findings into a verdict: invalid with anomalies, unknown where nothing could be judged. */
import type {Operation} from '../../core/op.ts'
import type {Anomaly, PropertyKind, Verdict} from '../../core/verdict.ts'
import type {DetailOf} from '../../core/verdict-detail.ts'
import {bySeverity} from './severity.ts'

/** Anomalies of one type listed in a verdict; the rest are counted. One witness convicts; a million help nobody. */
export const LISTED_PER_TYPE = 16

/** What a checker found. */
export interface Finding<Name extends string = string> {
  readonly checker: Name
  readonly property: string
  readonly kind: PropertyKind
  readonly summary: string
  readonly anomalies?: readonly Anomaly[]
  /** Why nothing, or not everything, could be judged; makes the verdict unknown unless there are anomalies. */
  readonly reason?: string | undefined
  readonly measures?: Readonly<Record<string, number | string>>
  readonly detail?: Name extends keyof DetailOf ? DetailOf[Name] : unknown
}

/** The verdict of a finding, its most severe anomalies first. Anomalies beyond `LISTED_PER_TYPE` of a type are left out and counted in `measures`. */
export function verdictOf<Name extends string>(finding: Finding<Name>): Verdict {
  const found = bySeverity(finding.anomalies ?? [])
  const counts = new Map<string, number>()
  const anomalies = found.filter((anomaly) => {
    const count = (counts.get(anomaly.type) ?? 0) + 1
    counts.set(anomaly.type, count)
    return count <= LISTED_PER_TYPE
  })
  const measures: Record<string, number | string> = {...finding.measures}
  for (const [type, count] of counts) measures[`${type} (count)`] = count
  return {
    checker: finding.checker,
    property: finding.property,
    kind: finding.kind,
    validity: found.length > 0 ? 'invalid' : finding.reason === undefined ? 'valid' : 'unknown',
    summary: finding.summary,
    anomalies,
    ...(finding.reason === undefined ? {} : {reason: finding.reason}),
    ...(Object.keys(measures).length === 0 ? {} : {measures}),
    ...(finding.detail === undefined ? {} : {detail: finding.detail}),
  }
}

/** Indices of both ends of these operations, ascending and without repeats. */
export function witnessOf(...operations: readonly (Operation | undefined)[]): number[] {
  const indices = new Set<number>()
  for (const operation of operations) {
    if (operation === undefined) continue
    indices.add(operation.invoke.index)
    if (operation.completion !== undefined) indices.add(operation.completion.index)
  }
  return [...indices].sort((left, right) => left - right)
}

/** Where an operation's effect ends in the order of events: the index of its completion, Infinity for *info*. */
export function endIndex(operation: Operation): number {
  return operation.outcome === 'info' ? Number.POSITIVE_INFINITY : (operation.completion as {index: number}).index
}

/** The first place from 0 to `count` at which `holds`, which then holds for all that follow; `count` where it never does. */
export function firstPlace(count: number, holds: (place: number) => boolean): number {
  let low = 0
  let high = count
  while (low < high) {
    const middle = (low + high) >> 1
    if (holds(middle)) high = middle
    else low = middle + 1
  }
  return low
}

/** ` of x3` for a sentence; empty where there is only one object. */
export function ofKey(key: string | number | undefined): string {
  return key === undefined ? '' : ` of ${keyWords(key)}`
}

/** A key in a sentence. A bare number would be taken for a value: "read 3 of 5". */
export function keyWords(key: string | number): string {
  return /^\d+$/.test(String(key)) ? `key ${key}` : `${key}`
}
