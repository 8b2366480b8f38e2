/** What a history says about one partition: who was served on which side, how soon, how old, and what was lost. Pure. */

import {staleness} from '../../checkers/reads/staleness.ts'
import {ladder} from '../../checkers/sessions/ladder.ts'
import type {FaultWindow, History} from '../../core/history.ts'
import type {NodeId} from '../../core/node.ts'
import type {Operation} from '../../core/op.ts'
import {elementsOf, type ValueKey, valueKey} from '../../core/value.ts'
import type {LadderDetail} from '../../core/verdict-detail.ts'

/** How many of the operations that came to an end succeeded. */
export interface Served {
  readonly ok: number
  readonly asked: number
}

/** Reads and writes. */
export interface Service {
  readonly reads: Served
  readonly writes: Served
}

/** Medians of those that succeeded, ms; null where none did. */
export interface Speed {
  readonly readMs: number | null
  readonly writeMs: number | null
}

export interface Side extends Service, Speed {
  readonly nodes: readonly NodeId[]
}

/** What happened while the partition was in force, and after it. */
export interface Cut {
  /** The cut in one line, and whether a probe saw it. */
  readonly picture: string
  readonly verified: boolean
  /** The nodes that are worse off, and the others; the latter are none where all are alike. */
  readonly cutOff: Side
  readonly rest: Side
  /** Per node, in the second half of the partition, when whoever can take over has. */
  readonly nodes: Readonly<Record<NodeId, Service>>
  /** The longest stretch in which no write succeeded anywhere while it was in force, ms: the time to fail over. */
  readonly failoverMs: number
  /** From the healing until clients of every node were answered again, ms; null where one never was. */
  readonly recoveryMs: number | null
}

/** What the reads of the whole run support. */
export interface Consistency {
  /** The strongest models that hold, and why not the next one up. */
  readonly models: readonly string[]
  readonly why?: string
  /** The oldest read, ms after its value was overwritten. */
  readonly staleMs: number
}

const READ = new Set(['read', 'get'])

/** The operations that began and ended between these times. */
export function within(history: History, fromNs: number, toNs: number): Operation[] {
  return [...history.operations].filter(
    ({startNs, completion, final}) =>
      !final && startNs >= fromNs && (completion?.timeNs ?? Number.POSITIVE_INFINITY) <= toNs,
  )
}

export function served(operations: readonly Operation[]): Service {
  const count = (some: readonly Operation[]): Served => ({
    ok: some.filter(({outcome}) => outcome === 'ok').length,
    asked: some.length,
  })
  return {
    reads: count(operations.filter(({f}) => READ.has(f))),
    writes: count(operations.filter(({f}) => !READ.has(f))),
  }
}

export function speed(operations: readonly Operation[]): Speed {
  const median = (reads: boolean) => {
    const times = operations
      .filter(({f, outcome}) => outcome === 'ok' && READ.has(f) === reads)
      .map(({startNs, endNs}) => (endNs - startNs) / 1e6)
      .sort((left, right) => left - right)
    const middle = times[Math.ceil(times.length / 2) - 1]
    return middle === undefined ? null : Number(middle.toPrecision(3))
  }
  return {readMs: median(true), writeMs: median(false)}
}

/** The only fault of the run. Throws where it was never injected: the card would say nothing. */
export function onlyFault(history: History): FaultWindow {
  const [window] = history.faults
  if (window !== undefined) return window
  const error = history.nemesisOps.at(-1)?.error
  throw new Error(`the fault was not injected: ${String(error ?? 'it is not in the record')}`)
}

export function cutOf(history: History, nodes: readonly NodeId[]): Cut {
  const window = onlyFault(history)
  // The healing proves itself as well: the links carry again from the moment it was asked for.
  const healedNs = history.nemesisOps.filter(({f}) => f.startsWith('stop-')).at(0)?.timeNs ?? window.endNs
  const steady = within(history, (window.startNs + healedNs) / 2, healedNs)
  const at = (some: readonly NodeId[]) => steady.filter(({node}) => node !== undefined && some.includes(node))
  const side = (some: readonly NodeId[]): Side => ({nodes: some, ...served(at(some)), ...speed(at(some))})
  const {victims} = window
  return {
    picture: window.description,
    verified: window.verified,
    cutOff: side(victims),
    rest: side(nodes.filter((node) => !victims.includes(node))),
    nodes: Object.fromEntries(nodes.map((node) => [node, served(at([node]))])),
    failoverMs: longestPauseMs(history, window.startNs, healedNs),
    recoveryMs: recoveryMs(history, nodes, healedNs),
  }
}

/** The longest time between two successful writes of anybody. */
function longestPauseMs(history: History, fromNs: number, toNs: number): number {
  const done = [...history.operations]
    .filter(({f, outcome, endNs}) => !READ.has(f) && outcome === 'ok' && endNs > fromNs && endNs < toNs)
    .map(({endNs}) => endNs)
    .sort((left, right) => left - right)
  let longest = 0
  let before = fromNs
  for (const time of [...done, toNs]) {
    longest = Math.max(longest, time - before)
    before = time
  }
  return Math.round(longest / 1e6)
}

/** Until a read and a write of clients of every node had been answered. */
function recoveryMs(history: History, nodes: readonly NodeId[], healedNs: number): number | null {
  let slowest = 0
  for (const node of nodes) {
    for (const reads of [true, false]) {
      const first = Math.min(
        ...[...history.operations]
          .filter((op) => op.node === node && op.outcome === 'ok' && READ.has(op.f) === reads && !op.final)
          .map(({endNs}) => endNs)
          .filter((endNs) => endNs > healedNs),
      )
      if (first === Number.POSITIVE_INFINITY) return null
      slowest = Math.max(slowest, (first - healedNs) / 1e6)
    }
  }
  return Math.round(slowest)
}

/** From a history of registers. */
export async function consistencyOf(history: History): Promise<Consistency> {
  const verdict = await ladder().check(history)
  const {strongest = [], next = []} = (verdict.detail ?? {}) as Partial<LadderDetail>
  const age = await staleness().check(history)
  const why = next[0]?.sentence
  return {
    models: strongest,
    ...(why === undefined ? {} : {why}),
    staleMs: Number(age.measures?.['maxMs'] ?? 0),
  }
}

/** From a history of sets without removals: how many acknowledged adds no final read of any node has. */
export function lostAdds(history: History): {readonly lost: number; readonly acknowledged: number} {
  const found = new Map<unknown, Set<ValueKey>>()
  for (const {f, key, outcome, final, output} of history.operations) {
    if (f !== 'read' || outcome !== 'ok' || !final) continue
    const elements = found.get(key) ?? new Set<ValueKey>()
    for (const element of elementsOf(output) ?? []) elements.add(valueKey(element))
    found.set(key, elements)
  }
  const added = [...history.operations].filter(({f, outcome}) => f === 'add' && outcome === 'ok')
  const lost = added.filter(({key, input}) => !found.get(key)?.has(valueKey(input)))
  return {lost: lost.length, acknowledged: added.length}
}
