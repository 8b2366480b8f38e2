/**
 * A history as one track per independent object (Horn & Kroening 2015, "P-compositionality": a history of independent
 * objects is linearizable exactly when each object's part is).
 *
 * The record is walked through once, into flat columns in the order of invocation; they are then put in order by object, which
 * touches numbers only. No object is made per operation. Positions refer to `history.ops`.
 */

import type {History} from '../../core/history.ts'
import {type Key, type Op, type Operation, operationOf} from '../../core/op.ts'
import {NEVER, OpenOperations} from '../../core/pairs.ts'
import type {Sequence} from '../../core/sequence.ts'
import {OpStore, type ScannedOp} from '../../core/store/op-store.ts'
import {column8, column32} from '../columns/column.ts'

export const OK = 0
export const FAIL = 1
export const INFO = 2

/** Notes what matters of each op while the record is walked through once, in order: far cheaper than to come back for it. */
export interface Scribe<Notes> {
  /** Room for the operations of all objects. */
  notes(size: number): Notes
  invoke(notes: Notes, operation: number, op: ScannedOp): void
  /** `op` completed the operation, as ok or fail. */
  complete(notes: Notes, operation: number, op: ScannedOp): void
  /** The same notes where operation i has become operation `place[i]`. */
  arranged(notes: Notes, place: Int32Array): Notes
}

/** Which object an invocation is about. */
export type PartitionOf = (invoke: ScannedOp) => Key | undefined

/** The operations of all objects, one object's after another's. */
interface Columns {
  readonly invoke: Int32Array
  readonly complete: Int32Array
  readonly outcome: Uint8Array
  readonly events: Int32Array
  readonly notes: unknown
}

/** One object's operations, numbered in the order of their invocation. */
export class Track {
  readonly key: Key | undefined
  readonly size: number
  /** Where its operations begin in the notes. */
  readonly first: number
  readonly #firstEvent: number
  readonly #eventCount: number
  readonly #columns: Columns

  constructor(key: Key | undefined, size: number, first: number, firstEvent: number, events: number, columns: Columns) {
    this.key = key
    this.size = size
    this.first = first
    this.#firstEvent = firstEvent
    this.#eventCount = events
    this.#columns = columns
  }

  /** By operation: where its invocation is in `history.ops`. */
  get invoke(): Int32Array {
    return this.#columns.invoke.subarray(this.first, this.first + this.size)
  }

  /** By operation: where its completion is; -1 where the history ended first. */
  get complete(): Int32Array {
    return this.#columns.complete.subarray(this.first, this.first + this.size)
  }

  get outcome(): Uint8Array {
    return this.#columns.outcome.subarray(this.first, this.first + this.size)
  }

  /** In order: 2 × operation for an invocation, 2 × operation + 1 for a completion that is ok or fail. */
  get events(): Int32Array {
    return this.#columns.events.subarray(this.#firstEvent, this.#firstEvent + this.#eventCount)
  }

  get eventCount(): number {
    return this.#eventCount
  }

  /** What the scribe noted of all objects, if there was one. */
  get notes(): unknown {
    return this.#columns.notes
  }
}

/** Tracks by first appearance. Throws UsageError where a process breaks the pairing rule. */
export function split(history: History, partitionOf: PartitionOf, scribe?: Scribe<unknown>): Track[] {
  const walked = walk(history, partitionOf, scribe)
  return walked.keys.length < 2 ? tracksOf(walked) : tracksOf(arrange(walked, scribe))
}

/** All operations in the order of invocation, and all events. */
interface Walked extends Columns {
  readonly keys: readonly (Key | undefined)[]
  /** By object: how many operations and events it has. */
  readonly operations: readonly number[]
  readonly eventCounts: readonly number[]
  /** By operation: its object. */
  readonly objectOf: Int32Array
}

function walk(history: History, partitionOf: PartitionOf, scribe: Scribe<unknown> | undefined): Walked {
  const {ops, length} = history
  const room = ops instanceof OpStore ? ops.invocations : length
  const invoke = column32(room)
  const complete = column32(room)
  const outcome = column8(room)
  const objectOf = column32(room)
  const events = column32(length)
  const notes = scribe?.notes(room)
  const numberOf = new Map<Key | undefined, number>()
  const keys: (Key | undefined)[] = []
  const operations: number[] = []
  const eventCounts: number[] = []
  const open = new OpenOperations()
  let lastKey: Key | undefined
  let lastObject = -1
  let size = 0
  let event = 0
  history.scan((op, position) => {
    const {process, type} = op
    if (typeof process !== 'number') return
    const operation = open.see(type, process, size)
    if (operation < 0) throw history.pairingError()
    if (type !== 'invoke') {
      complete[operation] = position
      if (type === 'info') return
      outcome[operation] = type === 'ok' ? OK : FAIL
      events[event++] = 2 * operation + 1
      eventCounts[objectOf[operation]!]!++
      scribe?.complete(notes, operation, op)
      return
    }
    const key = partitionOf(op)
    let object = key === lastKey && lastObject >= 0 ? lastObject : numberOf.get(key)
    if (object === undefined) {
      object = keys.length
      numberOf.set(key, object)
      keys.push(key)
      operations.push(0)
      eventCounts.push(0)
    }
    lastKey = key
    lastObject = object
    invoke[operation] = position
    complete[operation] = NEVER
    outcome[operation] = INFO
    objectOf[operation] = object
    events[event++] = 2 * operation
    operations[object]!++
    eventCounts[object]!++
    size++
    scribe?.invoke(notes, operation, op)
  })
  return {
    keys,
    operations,
    eventCounts,
    objectOf: objectOf.subarray(0, size),
    invoke: invoke.subarray(0, size),
    complete: complete.subarray(0, size),
    outcome: outcome.subarray(0, size),
    events: events.subarray(0, event),
    notes,
  }
}

/** The same with each object's operations and events together, objects by first appearance. */
function arrange(walked: Walked, scribe: Scribe<unknown> | undefined): Walked {
  const {keys, operations, eventCounts, objectOf, invoke, complete, outcome, events} = walked
  const size = objectOf.length
  const first = starts(operations)
  const next = first.slice()
  // By operation: where it goes.
  const place = new Int32Array(size)
  const arranged = {
    invoke: column32(size),
    complete: column32(size),
    outcome: column8(size),
    events: column32(events.length),
  }
  for (let operation = 0; operation < size; operation++) {
    const to = next[objectOf[operation]!]!++
    place[operation] = to
    arranged.invoke[to] = invoke[operation]!
    arranged.complete[to] = complete[operation]!
    arranged.outcome[to] = outcome[operation]!
  }
  const nextEvent = starts(eventCounts)
  for (let i = 0; i < events.length; i++) {
    const event = events[i]!
    const object = objectOf[event >> 1]!
    arranged.events[nextEvent[object]!++] = 2 * (place[event >> 1]! - first[object]!) + (event & 1)
  }
  return {keys, operations, eventCounts, objectOf, ...arranged, notes: scribe?.arranged(walked.notes, place)}
}

/** Where each begins, of some that lie one after another. */
function starts(counts: readonly number[]): Int32Array {
  const first = new Int32Array(counts.length)
  for (let i = 1; i < counts.length; i++) first[i] = first[i - 1]! + counts[i - 1]!
  return first
}

function tracksOf({keys, operations, eventCounts, ...columns}: Walked): Track[] {
  const first = starts(operations)
  const firstEvent = starts(eventCounts)
  return keys.map(
    (key, object) =>
      new Track(key, operations[object]!, first[object]!, firstEvent[object]!, eventCounts[object]!, columns),
  )
}

/** One operation of a track as an object, for people and for models. */
export function operationAt(ops: Sequence<Op>, track: Track, operation: number): Operation {
  const complete = track.complete[operation]!
  return operationOf(ops.at(track.invoke[operation]!)!, complete < 0 ? undefined : ops.at(complete)!)
}
