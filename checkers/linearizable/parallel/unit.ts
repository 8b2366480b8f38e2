/**
 * Units of work: many objects to be decided, as plain data, so that another thread can do it. Registers travel as one
 * array of numbers in shared memory; the objects of other models as their traces, with the model's name.
 */
import type {Task} from '../../../core/checker.ts'
import type {Op} from '../../../core/op.ts'
import type {Sequence} from '../../../core/sequence.ts'
import {column32} from '../../columns/column.ts'
import {decide} from '../engines/decide.ts'
import type {Decision} from '../engines/decision.ts'
import type {Halt} from '../engines/frontier.ts'
import {onlyOrderExplains} from '../engines/only-order.ts'
import {decideRegister} from '../engines/register/decide.ts'
import {OrderGuess} from '../engines/register/guess.ts'
import {ownColumns, Packer, packedEnd, packedLength, RegisterScribe, unpack} from '../engines/register/pack.ts'
import type {Model} from '../model.ts'
import {MODELS} from '../models/index.ts'
import type {Track} from '../split.ts'
import {type Trace, type TrustFailure, traceOf} from '../trace.ts'

export type Unit =
  | {readonly kind: 'registers'; readonly packed: Int32Array; readonly count: number}
  | {readonly kind: 'traces'; readonly model: string; readonly traces: readonly Trace[]}

/** One for all: it is made ready by each question, and answers at once. */
const guess = new OrderGuess()

/** Decides the objects of a unit, in order. */
export const decideUnit: Task<Unit, Decision[]> = {
  name: 'linearizable',
  run(unit, halt) {
    if (unit.kind === 'traces') {
      const model = (MODELS as Readonly<Record<string, Model>>)[unit.model]!
      return unit.traces.map((trace) => decide(model, trace, halt))
    }
    const decisions: Decision[] = []
    for (let i = 0, at = 0; i < unit.count; i++) {
      const explained = guess.explainsPacked(unit.packed, at)
      decisions.push(explained ? EXPLAINED : decideRegister(unpack(unit.packed, at), halt))
      at = packedEnd(unit.packed, at)
    }
    return decisions
  },
}

/** What the guess explains. */
export const EXPLAINED: Decision = {kind: 'valid', steps: 0}

/** Operations per unit: enough to be worth sending, few enough to share out evenly. */
const OPERATIONS = 1 << 14

/** Who has to listen while a record is split for this model, if anybody. */
export function scribeFor(model: Model, trust: TrustFailure | undefined): RegisterScribe | undefined {
  const words = model.structure?.kind === 'register' ? model.structure.words : undefined
  return words === undefined || !canTravel(model) ? undefined : new RegisterScribe(words, model.init, trust)
}

/** Makes units of these tracks, each when it is asked for; `shared` if they are to be sent to other threads. */
export function* unitsOf(
  ops: Sequence<Op>,
  tracks: readonly Track[],
  model: Model,
  trust: TrustFailure | undefined,
  scribe: RegisterScribe | undefined,
  shared = true,
): Generator<Unit> {
  const packer = scribe === undefined ? undefined : new Packer(scribe)
  for (let first = 0; first < tracks.length; ) {
    let end = first
    let operations = 0
    let length = 0
    while (end < tracks.length && (operations === 0 || operations + tracks[end]!.size <= OPERATIONS)) {
      operations += tracks[end]!.size
      length += packedLength(tracks[end]!)
      end++
    }
    const batch = tracks.slice(first, end)
    first = end
    const unit = packer === undefined ? undefined : packedUnit(batch, packer, length, shared)
    yield unit ?? {kind: 'traces', model: model.name, traces: batch.map((track) => traceOf(ops, track, model, trust))}
  }
}

function packedUnit(tracks: readonly Track[], packer: Packer, length: number, shared: boolean): Unit | undefined {
  const packed = shared ? new Int32Array(new SharedArrayBuffer(4 * length)) : column32(length)
  let at = 0
  for (const track of tracks) {
    const next = packer.pack(track, packed, at)
    if (next === undefined) return undefined
    at = next
  }
  return {kind: 'registers', packed, count: tracks.length}
}

/** Whether units of this model can be done in another thread: its steps must be known there by name. */
export function canTravel(model: Model): boolean {
  return (MODELS as Readonly<Record<string, Model>>)[model.name] === model
}

/** What the only order of an object says, which is looked at here: to make a trace of it, and to send that, would take longer. */
export function byOnlyOrder(
  ops: Sequence<Op>,
  track: Track,
  model: Model,
  trust: TrustFailure | undefined,
): Decision | undefined {
  return trust === undefined && onlyOrderExplains(ops, track, model) ? EXPLAINED : undefined
}

/** Decides these tracks here. */
export function decideTracks(
  ops: Sequence<Op>,
  tracks: readonly Track[],
  model: Model,
  trust: TrustFailure | undefined,
  scribe: RegisterScribe | undefined,
  halt: Halt,
): Decision[] {
  if (scribe === undefined) {
    return tracks.map(
      (track) => byOnlyOrder(ops, track, model, trust) ?? decide(model, traceOf(ops, track, model, trust), halt),
    )
  }
  const [only] = tracks
  if (only !== undefined && tracks.length === 1) {
    const columns = ownColumns(only, scribe.values)
    if (columns !== undefined) return [guess.explains(columns) ? EXPLAINED : decideRegister(columns, halt)]
  }
  const decisions: Decision[] = []
  for (const unit of unitsOf(ops, tracks, model, trust, scribe, false)) decisions.push(...decideUnit.run(unit, halt))
  return decisions
}
