/**
 * What a log must have looked like: which value is at which offset of a key, as far as anybody was told, and the order that
 * follows. Offsets may have gaps (transaction markers, compaction), so positions count known records only.
 */
import type {Operation} from '../../core/op.ts'
import {showValue, type ValueKey, valueKey} from '../../core/value.ts'
import {endIndex} from '../findings/finding.ts'
import {compareOffsets, laterOf, nextOffset, type Offset} from './offset.ts'
import type {Poll, Records, Send, Step} from './records.ts'

/** Skipped records that are told; one convicts. */
const SHOWN = 5

/** A value at an offset, with the first operation that said so. */
export interface Sighting {
  readonly offset: Offset
  readonly value: unknown
  readonly operation: Operation
}

export class KeyLayout {
  /** The key, for sentences. */
  readonly name: string
  /** Every distinct sighting by offset; more than one value at an offset is an inconsistency. */
  readonly at = new Map<Offset, Sighting[]>()
  /** Offsets at which each value was seen. */
  readonly offsets = new Map<ValueKey, Sighting[]>()
  /** Sends by value. */
  readonly sends = new Map<ValueKey, Send[]>()
  /** The poll of each value that returned first, and one by an operation that had sent it itself. */
  readonly polled = new Map<ValueKey, Sighting & {own?: Operation}>()
  #sorted: Offset[] | undefined
  /** The greatest offset that was polled. */
  lastPolled: Offset = -1
  /** Stretches that one consumer polled without a break: of what lies between the two, it should have been told. */
  readonly #passages: {readonly after: Offset; to: Offset}[] = []

  constructor(key: unknown) {
    // A bare number would be read as one of many: "offset 1 of 5".
    this.name = typeof key === 'number' || typeof key === 'bigint' ? `key ${key}` : showValue(key)
  }

  see(offset: Offset, value: unknown, operation: Operation): void {
    if (this.offsets.get(valueKey(value))?.[0]?.offset === offset) return
    const here = this.at.get(offset) ?? []
    const offsets = this.offsets.get(valueKey(value)) ?? []
    // Either list tells; where everything is wrong, one of them may be long.
    const known =
      here.length < offsets.length
        ? here.some((sighting) => valueKey(sighting.value) === valueKey(value))
        : offsets.some((sighting) => sighting.offset === offset)
    if (!known) {
      const sighting = {offset, value, operation}
      here.push(sighting)
      this.at.set(offset, here)
      offsets.push(sighting)
      this.offsets.set(valueKey(value), offsets)
      this.#sorted = undefined
    }
  }

  /** One consumer polled on from one offset (-1: from the beginning) to another. */
  pass(after: Offset, to: Offset): void {
    const last = this.#passages.at(-1)
    if (last !== undefined && last.after === after && to > last.to) last.to = to
    else this.#passages.push({after, to})
  }

  /** Whether some consumer polled what is before this offset, and then what is behind it. */
  isPassed(offset: Offset): boolean {
    return this.#passages.some(({after, to}) => after < offset && offset < to)
  }

  /** Known offsets, ascending. */
  get sorted(): readonly Offset[] {
    this.#sorted ??= [...this.at.keys()].sort(compareOffsets)
    return this.#sorted
  }

  /** How many known records are before this offset. */
  position(offset: Offset): number {
    const {sorted} = this
    let low = 0
    let high = sorted.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((sorted[middle] as Offset) < offset) low = middle + 1
      else high = middle
    }
    return low
  }

  /** Known records strictly between two offsets: how many, and the first of them. */
  between(low: Offset, high: Offset): {readonly count: number; readonly first: readonly Sighting[]} {
    const [from, to] = [this.position(nextOffset(low)), this.position(high)]
    const first = this.sorted
      .slice(from, Math.min(to, from + SHOWN))
      .map((offset) => (this.at.get(offset) as Sighting[])[0] as Sighting)
    return {count: Math.max(0, to - from), first}
  }
}

/** The layout of every key. */
export function layoutOf(records: Records): Map<ValueKey, KeyLayout> {
  const layouts = new Map<ValueKey, KeyLayout>()
  for (const [id, key] of records.keys) layouts.set(id, new KeyLayout(key))
  for (const send of records.sends) {
    const layout = layouts.get(send.key) as KeyLayout
    const list = layout.sends.get(valueKey(send.value)) ?? []
    list.push(send)
    layout.sends.set(valueKey(send.value), list)
    if (send.offset !== undefined && send.operation.outcome === 'ok')
      layout.see(send.offset, send.value, send.operation)
  }
  for (const poll of records.polls) pollInto(layouts.get(poll.key) as KeyLayout, poll)
  if (!records.unknownPolls) return layouts
  // Where nobody joins a group, whoever is assigned a key begins at its beginning. (With groups, where the group stands.)
  const grouped = [...records.steps.values()].some((steps) =>
    steps.some((step) => step.kind === 'move' && step.resumes),
  )
  for (const steps of records.steps.values()) notePassages(steps, grouped, layouts)
  return layouts
}

function notePassages(steps: readonly Step[], grouped: boolean, layouts: ReadonlyMap<ValueKey, KeyLayout>): void {
  const after = new Map<ValueKey, Offset>()
  let start: Offset | undefined
  for (const step of steps) {
    if (step.kind === 'move') {
      after.clear()
      start = !step.resumes && (!grouped || step.operation.invoke.final === true) ? -1 : undefined
    } else if (step.kind === 'poll') {
      const {key, records} = step.poll
      for (const {offset} of records) {
        const from = after.get(key) ?? start ?? offset
        layouts.get(key)?.pass(from, offset)
        after.set(key, offset < from ? offset : from)
      }
    }
  }
}

function pollInto(layout: KeyLayout, poll: Poll): void {
  for (const {offset, value} of poll.records) {
    layout.see(offset, value, poll.operation)
    layout.lastPolled = laterOf(layout.lastPolled, offset)
    const id = valueKey(value)
    const {operation} = poll
    const first = layout.polled.get(id)
    const own =
      first?.own ?? (layout.sends.get(id)?.some((send) => send.operation === operation) ? operation : undefined)
    if (first === undefined || endIndex(operation) < endIndex(first.operation)) {
      layout.polled.set(id, {offset, value, operation, ...(own === undefined ? {} : {own})})
    } else if (own !== undefined) first.own = own
  }
}
