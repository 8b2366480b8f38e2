/**
 * How long elements of a set took until every read had them: the figures of Jepsen's `set-full`, which Maelstrom shows for
 * broadcasts and the Gossip Glomers challenges are graded by.
 *
 *     0  |add 1|                                    1 is known when the add returns, at 2
 *     1            |read []|   |read [1]|           last missing from a read that began at 4: stable after 2
 *
 * Definition, by element. *Known*: when its add was acknowledged or a read that had it returned, whichever was first. Reads are
 * ordered by when they were invoked. *Stable*: the last read that has it is after the last one that has not; its latency is
 * from known to that last one, 0 where there is none. *Lost*: the last read without it is after the last one with it, and
 * began after it was known. *Never read*: neither. *Stale*: stable, with a latency above 0. Whole ms.
 */
import type {History} from '../../core/history.ts'
import type {Operation} from '../../core/op.ts'
import {elementsOf, type ValueKey, valueKey} from '../../core/value.ts'

export interface StableLatencies {
  readonly attempts: number
  readonly stable: number
  readonly stale: number
  readonly lost: number
  readonly neverRead: number
  /** Of stable elements, ms, ascending. */
  readonly latenciesMs: readonly number[]
}

interface Element {
  readonly addedAt: number
  knownAt?: {readonly index: number; readonly timeNs: number}
  present?: Operation
  absent?: Operation
}

/** Looks at `add` or `broadcast` and `read`, of one set. */
export function stableLatencies(history: History): StableLatencies {
  const elements = new Map<ValueKey, Element>()
  const reads: {readonly read: Operation; readonly keys: ReadonlySet<ValueKey>}[] = []
  for (const operation of history.operations) {
    const {f, input, output, outcome, invoke, completion} = operation
    if (f === 'add' || f === 'broadcast') {
      const element: Element = {addedAt: invoke.index}
      if (outcome === 'ok' && completion !== undefined) element.knownAt = completion
      elements.set(valueKey(input), element)
    } else if (f === 'read' && outcome === 'ok') {
      reads.push({read: operation, keys: new Set((elementsOf(output) ?? []).map(valueKey))})
    }
  }
  for (const {read, keys} of reads) {
    const {completion} = read
    for (const key of keys) {
      const element = elements.get(key)
      if (element === undefined || completion === undefined) continue
      if (element.knownAt === undefined || completion.index < element.knownAt.index) element.knownAt = completion
    }
  }
  // From the last read to the first, each element is looked at until both are found: mostly at once.
  reads.sort((left, right) => right.read.invoke.index - left.read.invoke.index)
  const open = new Set(elements.keys())
  for (const {read, keys} of reads) {
    for (const key of open) {
      const element = elements.get(key) as Element
      if ((read.completion?.index ?? 0) < element.addedAt) {
        open.delete(key)
        continue
      }
      if (keys.has(key)) element.present ??= read
      else element.absent ??= read
      if (element.present !== undefined && element.absent !== undefined) open.delete(key)
    }
  }
  return summary([...elements.values()])
}

function summary(elements: readonly Element[]): StableLatencies {
  const latenciesMs: number[] = []
  let [lost, neverRead, stale] = [0, 0, 0]
  for (const {knownAt, present, absent} of elements) {
    const presentAt = present?.invoke.index ?? -1
    const absentAt = absent?.invoke.index ?? -1
    if (present !== undefined && presentAt > absentAt) {
      const stableNs = absent === undefined ? 0 : absent.invoke.timeNs + 1
      const latencyNs = Math.max(0, stableNs - (knownAt?.timeNs ?? 0))
      const ms = Math.floor(latencyNs / 1e6)
      latenciesMs.push(ms)
      if (ms > 0) stale++
    } else if (knownAt !== undefined && absent !== undefined && absentAt > presentAt && absentAt > knownAt.index) lost++
    else neverRead++
  }
  latenciesMs.sort((left, right) => left - right)
  return {attempts: elements.length, stable: latenciesMs.length, stale, lost, neverRead, latenciesMs}
}

/** As Jepsen has quantiles: the element at the floor of the share of the count. NaN of nothing. */
export function jepsenQuantile(ascending: readonly number[], share: number): number {
  return ascending[Math.min(ascending.length - 1, Math.floor(ascending.length * share))] ?? Number.NaN
}
