/**
 * A log history as sends, polls and commits. Two notations are read:
 *
 *  - operations on a key: `send` (value → offset, or `[offset, value]`), `poll` (→ `[[offset, value], …]`, or without a key
 *    `{key: [[offset, value], …]}`), `commit` (the next offset to read; without an argument, of everything polled, which is
 *    answered with `{key: offset}`), `assign`/`subscribe` (keys, or the key of the op);
 *  - Jepsen's micro-operations, under `send`, `poll` or `txn`: `["send", k, v]` → `["send", k, [offset, v]]`, `["poll"]` →
 *    `["poll", {k: [[offset, v], …]}]`.
 */
import {MapKeys} from '../../core/format/map-keys.ts'
import type {History} from '../../core/history.ts'
import type {Operation} from '../../core/op.ts'
import {elementsOf, isMap, sameValue, type ValueKey, valueKey} from '../../core/value.ts'
import {wrongRequest} from '../findings/wrong-shape.ts'
import {isUntold, nextOffset, type Offset, offsetOf} from './offset.ts'

/** One record sent. */
export interface Send {
  readonly key: ValueKey
  readonly value: unknown
  /** Where it went; undefined where the sender was not told. */
  readonly offset: Offset | undefined
  readonly operation: Operation
}

/** Records of one key that one poll returned, in its order. */
export interface Poll {
  readonly key: ValueKey
  readonly records: readonly {readonly offset: Offset; readonly value: unknown}[]
  readonly operation: Operation
}

/** What one process did to one key, in its order: where a poll continues from depends on it. */
export type Step =
  | {readonly kind: 'send'; readonly send: Send}
  | {readonly kind: 'poll'; readonly poll: Poll}
  /** The process was assigned other partitions, or joined a group: its position is no longer its own. */
  | {readonly kind: 'move'; readonly operation: Operation; readonly resumes: boolean}

/** A consumer's promise that everything before an offset was dealt with. */
export interface Commit {
  readonly key: ValueKey
  readonly offset: Offset
  readonly operation: Operation
}

export interface Records {
  readonly sends: readonly Send[]
  readonly polls: readonly Poll[]
  readonly commits: readonly Commit[]
  /** Per process: its successful steps, in order. Moves have every key. */
  readonly steps: ReadonlyMap<unknown, readonly Step[]>
  /** Whether the outcome of some poll is unknown: it may have taken records, and a group's position beyond them. */
  readonly unknownPolls: boolean
  /** Every key, by what it is compared by. */
  readonly keys: ReadonlyMap<ValueKey, unknown>
  /** Successful operations whose answer is of no form that a log can give. */
  readonly odd: readonly {readonly operation: Operation; readonly expected: string}[]
}

/** `names`: every key that was ever named as a value, where the history is a part of a longer one. */
export function recordsOf(history: History, names = namedKeys(history)): Records {
  const sends: Send[] = []
  const polls: Poll[] = []
  const commits: Commit[] = []
  const keys = new Map<ValueKey, unknown>()
  const odd: Records['odd'][number][] = []
  const steps = new Map<unknown, Step[]>()
  let unknownPolls = false
  for (const operation of history.operations) {
    const {f, outcome, process} = operation
    const own = steps.get(process) ?? []
    steps.set(process, own)
    if (f === 'assign' || f === 'subscribe') {
      if (outcome !== 'fail') own.push({kind: 'move', operation, resumes: f === 'subscribe'})
      continue
    }
    if (f === 'commit') {
      // A commit whose outcome is unknown may have been made: a consumer may go on from there.
      if (outcome !== 'fail') for (const commit of commitsOf(operation, own, names)) commits.push(commit)
      continue
    }
    const expected = outcome === 'ok' ? oddity(operation) : undefined
    if (expected !== undefined) odd.push({operation, expected})
    for (const [turn, [verb, key, value]] of microsOf(operation).entries()) {
      if (verb === 'send') {
        const [offset, sent] = placeOf(operation, turn, value)
        const send = {key: valueKey(key ?? null), value: sent, offset: offsetOf(offset), operation}
        keys.set(send.key, key ?? null)
        sends.push(send)
        if (outcome === 'ok') own.push({kind: 'send', send})
      } else if (verb === 'poll' && outcome === 'info') unknownPolls = true
      else if (verb === 'poll' && outcome === 'ok') {
        for (const [polled, records] of batchesOf(key, value, names)) {
          const poll = {key: valueKey(polled ?? null), records, operation}
          keys.set(poll.key, polled ?? null)
          polls.push(poll)
          own.push({kind: 'poll', poll})
        }
      }
    }
  }
  return {sends, polls, commits, steps, unknownPolls, keys, odd}
}

/** The keys that operations name as values: what the maps of polls and commits are about. */
export function namedKeys(history: History, keys = new MapKeys()): MapKeys {
  for (const operation of history.operations) {
    const {f, key, input} = operation
    if (key !== undefined) keys.know(key)
    if (f === 'assign' || f === 'subscribe') for (const assigned of elementsOf(input) ?? []) keys.know(assigned)
    else if (f !== 'commit') for (const [verb, sent] of microsOf(operation)) if (verb === 'send') keys.know(sent)
  }
  return keys
}

/** What a send was told: `[offset, value]`, or the value alone, which may be a list itself. */
function placeOf({outcome, input}: Operation, turn: number, answer: unknown): readonly [unknown, unknown] {
  if (outcome !== 'ok' || !isPair(answer)) return [undefined, answer]
  const asked: unknown = Array.isArray(input) && isMicro(input[turn]) ? input[turn][2] : undefined
  return asked !== undefined && sameValue(asked, answer) ? [undefined, answer] : answer
}

type Micro = readonly [verb: string, key?: unknown, value?: unknown]

/** The micro-operations of an operation: as asked, unless it succeeded. */
function microsOf({f, outcome, input, output, key}: Operation): readonly Micro[] {
  const reported = outcome === 'ok' ? output : input
  if (Array.isArray(reported) && reported.length > 0 && reported.every(isMicro)) {
    return reported as unknown as Micro[]
  }
  if (f === 'send') {
    // The key within the value: `["k", "a"]` is answered with `["k", [3, "a"]]`.
    if (key === undefined && isPair(input) && (outcome !== 'ok' || (isPair(output) && isPair(output[1])))) {
      return [['send', ...(reported as [unknown, unknown])]]
    }
    if (outcome !== 'ok') return [['send', key, input]]
    return [['send', key, Array.isArray(output) ? output : [offsetOf(output), input]]]
  }
  return f === 'poll' ? [['poll', key, reported]] : []
}

function isPair(value: unknown): value is readonly [unknown, unknown] {
  return Array.isArray(value) && value.length === 2
}

/**
 * What a commit says: the offset of its key, or a map of offsets; where it says nothing, what it was answered, or at the most
 * what the process had polled. Throws UsageError where it says something else.
 */
function commitsOf(operation: Operation, own: readonly Step[], keys: MapKeys): Commit[] {
  const {input, key, output} = operation
  const said = input ?? output ?? null
  const alone = offsetOf(said)
  if (alone !== undefined) return [{key: valueKey(key ?? null), offset: alone, operation}]
  if (isUntold(said)) return []
  if (said === null) return polledBefore(own).map(([polled, offset]) => ({key: polled, offset, operation}))
  if (!isMap(said)) {
    throw wrongRequest(operation, 'an offset, or a map of offsets')
  }
  return keys.entriesOf(said).flatMap(([committed, value]) => {
    const offset = offsetOf(value)
    return offset === undefined ? [] : [{key: valueKey(committed), offset, operation}]
  })
}

/** The next offset of each key that a process has polled since it was last given others. */
function polledBefore(own: readonly Step[]): [ValueKey, Offset][] {
  const next = new Map<ValueKey, Offset>()
  for (const step of own) {
    if (step.kind === 'move') next.clear()
    const last = step.kind === 'poll' ? step.poll.records.at(-1) : undefined
    if (step.kind === 'poll' && last !== undefined) next.set(step.poll.key, nextOffset(last.offset))
  }
  return [...next]
}

/** What the answer of a send or poll should have been, where it is something else. */
function oddity({f, input, output, key}: Operation): string | undefined {
  if (Array.isArray(output) && output.length > 0 && output.every(isMicro)) {
    const asked: readonly unknown[] = Array.isArray(input) ? input : []
    return output.map((micro, turn) => oddMicro(micro, asked[turn])).find((expected) => expected !== undefined)
  }
  if (f !== 'send' && f !== 'poll') return undefined
  if (f === 'send') {
    const reported = key === undefined && isPair(output) && isPair(output[1]) ? output[1] : output
    const offset = Array.isArray(reported) ? reported[0] : reported
    return offset === null || isOffset(offset) || isUntold(offset) ? undefined : 'an offset'
  }
  return oddPoll(output)
}

/** The same for one micro-operation of an answer. */
function oddMicro([verb, key, value]: Micro, asked: unknown): string | undefined {
  if (verb === 'poll') return oddPoll(value ?? key)
  if (verb !== 'send' || !isPair(value) || !isMicro(asked) || !sameValue(asked[2], value[1])) return undefined
  const told = value[0] === null || isOffset(value[0]) || isUntold(value[0]) || sameValue(asked[2], value)
  return told ? undefined : 'sends with their offsets'
}

/** The same for what was polled: records of one key, or of several by key. */
function oddPoll(polled: unknown): string | undefined {
  if (polled === null || polled === undefined) return undefined
  const batches = Array.isArray(polled) ? [polled] : isMap(polled) ? Object.values(polled) : [undefined]
  const fits = batches.every(
    (records) => Array.isArray(records) && records.every((record) => Array.isArray(record) && isOffset(record[0])),
  )
  return fits ? undefined : 'records [[offset, value], …]'
}

function isMicro(value: unknown): value is Micro {
  return Array.isArray(value) && typeof value[0] === 'string'
}

function isOffset(value: unknown): boolean {
  return offsetOf(value) !== undefined
}

/** `{k: [[offset, value], …]}`, or the records of one key. */
function batchesOf(key: unknown, value: unknown, keys: MapKeys): [unknown, Poll['records']][] {
  const found = value === undefined || value === null ? key : value
  if (Array.isArray(found)) return [[value === undefined ? null : key, recordsIn(found)]]
  if (!isMap(found)) return []
  return keys.entriesOf(found).map(([polled, records]) => [polled, recordsIn(records)])
}

function recordsIn(records: unknown): Poll['records'] {
  if (!Array.isArray(records)) return []
  return records.flatMap((record) => {
    const offset = Array.isArray(record) ? offsetOf(record[0]) : undefined
    return offset === undefined ? [] : [{offset, value: record[1] as unknown}]
  })
}
