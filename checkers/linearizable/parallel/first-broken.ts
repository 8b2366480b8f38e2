/**
 * The first broken object at once: whoever looks for a violation need not wait until all others are known to be right.
 *
 * First every object is tried with a guess (`register/guess.ts`, `only-order.ts`), in one pass: it explains nearly all that is right. What it
 * does not explain is suspect, and decided from small to large, since a small object is decided soon. The order depends on the
 * record only, and of objects that are decided at the same time the first in this order counts: so two checks of a record
 * name the same object, whatever the number of cores.
 */
import type {Budget, Parallel} from '../../../core/checker.ts'
import type {Op} from '../../../core/op.ts'
import type {Sequence} from '../../../core/sequence.ts'
import {column32} from '../../columns/column.ts'
import type {Decision} from '../engines/decision.ts'
import type {Halt} from '../engines/frontier.ts'
import {OrderGuess} from '../engines/register/guess.ts'
import {Packer, packedLength, type RegisterScribe} from '../engines/register/pack.ts'
import type {Model} from '../model.ts'
import type {Track} from '../split.ts'
import type {TrustFailure} from '../trace.ts'
import {byOnlyOrder, decideUnit, EXPLAINED, unitsOf} from './unit.ts'

/** What was found out until the first broken object was. */
export interface Found {
  /** By track; undefined for one that was not judged. */
  readonly decisions: readonly (Decision | undefined)[]
  /** The broken one; undefined where there is none, and all were judged. */
  readonly broken: number | undefined
}

interface Asked {
  readonly ops: Sequence<Op>
  readonly tracks: readonly Track[]
  readonly model: Model
  readonly trust: TrustFailure | undefined
  readonly scribe: RegisterScribe | undefined
}

/** Objects that are decided at the same time, so that no core waits for another for long. */
const TOGETHER = 16

/** Looks here. */
export function firstBroken(asked: Asked, halt: Halt): Found {
  const {decisions, suspects} = tryAll(asked)
  for (const at of suspects) {
    const decision = decideOne(asked, at, halt)
    decisions[at] = decision
    if (decision.kind === 'invalid') return {decisions, broken: at}
  }
  return {decisions, broken: undefined}
}

/** Looks on all cores. */
export async function firstBrokenOf(asked: Asked, parallel: Parallel, budget: Budget): Promise<Found> {
  const {decisions, suspects} = tryAll(asked)
  for (let first = 0; first < suspects.length; first += TOGETHER) {
    const some = suspects.slice(first, first + TOGETHER)
    const found = await parallel.map(decideUnit, unitsEach(asked, some), budget)
    for (const [k, at] of some.entries()) {
      decisions[at] = found[k]![0]
      if (decisions[at]?.kind === 'invalid') return {decisions, broken: at}
    }
  }
  return {decisions, broken: undefined}
}

/** Those that the guess explains are decided; the others, from small to large, are suspect. */
function tryAll({ops, tracks, model, trust, scribe}: Asked): {decisions: (Decision | undefined)[]; suspects: number[]} {
  const decisions: (Decision | undefined)[] = tracks.map(() => undefined)
  const order = Array.from(tracks.keys()).sort(
    (left, right) => tracks[left]!.size - tracks[right]!.size || left - right,
  )
  if (scribe === undefined) {
    const suspects = order.filter((at) => {
      decisions[at] = byOnlyOrder(ops, tracks[at]!, model, trust)
      return decisions[at] === undefined
    })
    return {decisions, suspects}
  }
  const packer = new Packer(scribe)
  const guess = new OrderGuess()
  const packed = column32(Math.max(0, ...tracks.map(packedLength)))
  const suspects = order.filter((at) => {
    const explained = packer.pack(tracks[at]!, packed, 0) !== undefined && guess.explainsPacked(packed, 0)
    if (explained) decisions[at] = EXPLAINED
    return !explained
  })
  return {decisions, suspects}
}

function decideOne(asked: Asked, at: number, halt: Halt): Decision {
  for (const unit of unitsEach(asked, [at], false)) return decideUnit.run(unit, halt)[0]!
  throw new Error('a track that makes no unit')
}

function* unitsEach({ops, tracks, model, trust, scribe}: Asked, which: readonly number[], shared = true) {
  for (const at of which) yield* unitsOf(ops, [tracks[at]!], model, trust, scribe, shared)
}
