/**
 * A history as one track per independent object (Horn & Kroening 2015, "P-compositionality": a history of independent
 * objects is linearizable exactly when each object's part is).
 *
 * One pass counts, a second fills flat columns; no object is made per operation. Positions refer to `history.ops`.
 */
import type {History} from '../../core/history.ts'
import {operationOf} from '../../core/history.ts'
import {isClientOp, type Key, type Op, type Operation, type ProcessId} from '../../core/op.ts'

export const OK = 0
export const FAIL = 1
export const INFO = 2

/** One object's operations, numbered in the order of their invocation. */
export interface Track {
  readonly key: Key | undefined
  readonly size: number
  /** By operation: where its invocation is in `history.ops`. */
  readonly invoke: Int32Array
  /** By operation: where its completion is; -1 where the history ended first. */
  readonly complete: Int32Array
  readonly outcome: Uint8Array
  /** In order: 2 × operation for an invocation, 2 × operation + 1 for a completion that is ok or fail. */
  readonly events: Int32Array
  /** What the scribe noted, if there was one. */
  readonly notes: unknown
}

/** Notes what matters of each op while the record is walked through once, in order: far cheaper than to come back for it. */
export interface Scribe<Notes> {
  /** Room for one object's operations. */
  notes(size: number): Notes
  invoke(notes: Notes, operation: number, op: Op): void
  /** `op` completed the operation, as ok or fail. */
  complete(notes: Notes, operation: number, op: Op): void
}

/** Which object an invocation is about. */
export type PartitionOf = (invoke: Op) => Key | undefined

/** Tracks by first appearance. Throws UsageError where a process breaks the pairing rule. */
export function split(history: History, partitionOf: PartitionOf, scribe?: Scribe<unknown>): Track[] {
  const {ops} = history
  const keys = new Map<Key | undefined, number>()
  const keyOf: (Key | undefined)[] = []
  const operationCount: number[] = []
  const eventCount: number[] = []
  // By position in ops: the track of an invocation; of a completion, where its invocation is.
  const link = new Int32Array(ops.length).fill(-1)
  const openAt = new Map<ProcessId, number>()
  const crashed = new Set<ProcessId>()
  let lastKey: Key | undefined
  let lastTrack = -1
  for (let at = 0; at < ops.length; at++) {
    const op = ops[at]!
    if (!isClientOp(op)) continue
    const opened = openAt.get(op.process)
    if (op.type === 'invoke') {
      if ((opened !== undefined && opened >= 0) || crashed.has(op.process)) throw pairingError(history)
      openAt.set(op.process, at)
      const key = partitionOf(op)
      let track = key === lastKey && lastTrack >= 0 ? lastTrack : keys.get(key)
      if (track === undefined) {
        track = keyOf.length
        keys.set(key, track)
        keyOf.push(key)
        operationCount.push(0)
        eventCount.push(0)
      }
      lastKey = key
      lastTrack = track
      link[at] = track
      operationCount[track]!++
      eventCount[track]!++
      continue
    }
    if (opened === undefined || opened < 0) throw pairingError(history)
    openAt.set(op.process, -1)
    link[at] = opened
    if (op.type === 'info') crashed.add(op.process)
    else eventCount[link[opened]!]!++
  }
  return fill(ops, link, keyOf, operationCount, eventCount, scribe)
}

function fill(
  ops: readonly Op[],
  link: Int32Array,
  keyOf: readonly (Key | undefined)[],
  operationCount: readonly number[],
  eventCount: readonly number[],
  scribe: Scribe<unknown> | undefined,
): Track[] {
  const tracks = keyOf.map((key, t) => ({
    key,
    size: operationCount[t]!,
    invoke: new Int32Array(operationCount[t]!),
    complete: new Int32Array(operationCount[t]!).fill(-1),
    outcome: new Uint8Array(operationCount[t]!).fill(INFO),
    events: new Int32Array(eventCount[t]!),
    notes: scribe?.notes(operationCount[t]!),
  }))
  const operations = new Int32Array(tracks.length)
  const events = new Int32Array(tracks.length)
  // By position of an invocation: its number within its track.
  const number = new Int32Array(ops.length)
  for (let at = 0; at < ops.length; at++) {
    const from = link[at]!
    if (from < 0) continue
    const type = ops[at]!.type
    if (type === 'invoke') {
      const track = tracks[from]!
      const operation = operations[from]!++
      number[at] = operation
      track.invoke[operation] = at
      track.events[events[from]!++] = 2 * operation
      scribe?.invoke(track.notes, operation, ops[at]!)
      continue
    }
    const t = link[from]!
    const track = tracks[t]!
    const operation = number[from]!
    track.complete[operation] = at
    if (type === 'info') continue
    track.outcome[operation] = type === 'ok' ? OK : FAIL
    track.events[events[t]!++] = 2 * operation + 1
    scribe?.complete(track.notes, operation, ops[at]!)
  }
  return tracks
}

/** One operation of a track as an object, for people and for models. */
export function operationAt(ops: readonly Op[], track: Track, operation: number): Operation {
  const complete = track.complete[operation]!
  return operationOf(ops[track.invoke[operation]!]!, complete < 0 ? undefined : ops[complete]!)
}

/** The history's own account of what is wrong with its pairing. */
function pairingError(history: History): Error {
  try {
    history.operations.length
  } catch (error) {
    return error as Error
  }
  return new Error('the history pairs up, yet could not be split')
}
