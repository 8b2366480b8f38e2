/**
 * A history as one track per independent object (Horn & Kroening 2015, "P-compositionality": a history of independent
 * objects is linearizable exactly when each object's part is).
 *
 * One pass counts, a second fills flat columns that all tracks share; no object is made per operation. Positions refer to
 * `history.ops`.
 */

import type {History} from '../../core/history.ts'
import {type Key, type Op, type Operation, operationOf} from '../../core/op.ts'
import {NEVER, OpenOperations} from '../../core/pairs.ts'
import {Positions, type Sequence} from '../../core/sequence.ts'
import type {ScannedOp} from '../../core/store/op-store.ts'
import {int32, uint8} from '../elle/column.ts'

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

/** What the first pass knows. */
interface Counts {
  readonly keys: (Key | undefined)[]
  readonly operations: number[]
  readonly events: number[]
  /** By operation, in the order of invocation: its object. */
  readonly objectOf: Int32Array
}

/** Tracks by first appearance. Throws UsageError where a process breaks the pairing rule. */
export function split(history: History, partitionOf: PartitionOf, scribe?: Scribe<unknown>): Track[] {
  const counts = count(history, partitionOf)
  return fill(history, counts, scribe)
}

function count(history: History, partitionOf: PartitionOf): Counts {
  const numberOf = new Map<Key | undefined, number>()
  const keys: (Key | undefined)[] = []
  const operations: number[] = []
  const events: number[] = []
  const objectOf = new Positions(history.length >> 1)
  const open = new OpenOperations()
  let lastKey: Key | undefined
  let lastObject = -1
  history.scan((op) => {
    const {process, type} = op
    if (typeof process !== 'number') return
    const operation = open.see(type, process, objectOf.length)
    if (operation < 0) throw history.pairingError()
    if (type !== 'invoke') {
      if (type !== 'info') events[objectOf.at(operation)]!++
      return
    }
    const key = partitionOf(op)
    let object = key === lastKey && lastObject >= 0 ? lastObject : numberOf.get(key)
    if (object === undefined) {
      object = keys.length
      numberOf.set(key, object)
      keys.push(key)
      operations.push(0)
      events.push(0)
    }
    lastKey = key
    lastObject = object
    objectOf.push(object)
    operations[object]!++
    events[object]!++
  })
  return {keys, operations, events, objectOf: objectOf.view()}
}

function fill(history: History, {keys, operations, events, objectOf}: Counts, scribe?: Scribe<unknown>): Track[] {
  const size = objectOf.length
  const columns: Columns = {
    invoke: int32(size),
    complete: int32(size).fill(NEVER),
    outcome: uint8(size).fill(INFO),
    events: int32(events.reduce((sum, some) => sum + some, 0)),
    notes: scribe?.notes(size),
  }
  const tracks: Track[] = []
  // Where each object's next operation and event go.
  const nextOperation = new Int32Array(keys.length)
  const nextEvent = new Int32Array(keys.length)
  for (let object = 0, first = 0, firstEvent = 0; object < keys.length; object++) {
    tracks.push(new Track(keys[object], operations[object]!, first, firstEvent, events[object]!, columns))
    nextOperation[object] = first
    nextEvent[object] = firstEvent
    first += operations[object]!
    firstEvent += events[object]!
  }
  const open = new OpenOperations()
  let invoked = 0
  history.scan((op, position) => {
    const {process, type} = op
    if (typeof process !== 'number') return
    if (type === 'invoke') {
      const object = objectOf[invoked++]!
      const operation = open.see(type, process, nextOperation[object]!++)
      columns.invoke[operation] = position
      // While it is open: which object it is of.
      columns.complete[operation] = OBJECT - object
      columns.events[nextEvent[object]!++] = 2 * (operation - tracks[object]!.first)
      scribe?.invoke(columns.notes, operation, op)
      return
    }
    const operation = open.see(type, process, 0)
    const object = OBJECT - columns.complete[operation]!
    columns.complete[operation] = position
    if (type === 'info') return
    columns.outcome[operation] = type === 'ok' ? OK : FAIL
    columns.events[nextEvent[object]!++] = 2 * (operation - tracks[object]!.first) + 1
    scribe?.complete(columns.notes, operation, op)
  })
  const {complete} = columns
  for (let operation = 0; operation < size; operation++) if (complete[operation]! < 0) complete[operation] = NEVER
  return tracks
}

/** What is at or below this in `complete` is an object, while its operation is open. */
const OBJECT = -2

/** One operation of a track as an object, for people and for models. */
export function operationAt(ops: Sequence<Op>, track: Track, operation: number): Operation {
  const complete = track.complete[operation]!
  return operationOf(ops.at(track.invoke[operation]!)!, complete < 0 ? undefined : ops.at(complete)!)
}
