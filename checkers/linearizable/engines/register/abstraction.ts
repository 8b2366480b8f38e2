/**
 * A quick proof that a register's history is impossible around one place, for histories whose search is too wide.
 *
 * Three things are forgotten, each of which can only make a history *easier* to explain, so that an impossible remainder
 * proves the whole impossible:
 *
 * - *Values.* All values but a chosen one or two become one: "another". A map of values takes every linearization to a
 *   linearization: writes write the image, reads read the image, a cas from a to b goes from image to image. (A refusal
 *   because the value was not x is dropped where x is not among the chosen.)
 * - *The past.* Only a window of events is looked at. At its beginning the register may hold anything.
 * - *Duties.* What was open when the window began may have happened or may happen, or not.
 *
 * With so few values nearly all open writes are interchangeable and the search without a beam is narrow, however many
 * operations are pending. Most impossible histories are impossible for one value in a small place: a value seen again
 * that could not have come back.
 */

import {NEVER} from '../../trace.ts'
import type {Halt} from '../frontier.ts'
import {CAS, mattersUntil, NOT, READ, type RegisterColumns, WRITE} from './columns.ts'
import {Sweep} from './sweep.ts'

/** Events looked at before and after the place, in the order tried. */
const NEAR: readonly Around[] = [
  {before: 64, after: 64},
  {before: 512, after: 256},
]
const FAR: readonly Around[] = [{before: 4096, after: 512}]
/** Values that are tried: those seen nearest to the place. */
const MOST_VALUES = 8
const FEW_VALUES = 2
/** A search longer than this is given up. */
const STEPS = 300_000

interface Around {
  readonly before: number
  readonly after: number
}

/**
 * The event of the history at which some abstraction around `place` dies; undefined if none does. A single value is looked at from
 * further off before two are looked at from nearby: there are more pairs, and each is the wider search.
 */
export function refuteAround(columns: RegisterColumns, place: number, halt: Halt): number | undefined {
  const values = valuesNear(columns, place, MOST_VALUES)
  const singles = values.map((value) => [value])
  const pairs = values.flatMap((left, i) => values.slice(0, i).map((right) => [right, left]))
  const windows = windowsAround(columns, place)
  for (const [choices, arounds] of [
    [singles, NEAR],
    [pairs, NEAR],
    [[...singles, ...pairs], FAR],
  ] as const) {
    const event = someDies(columns, windows, choices, arounds, halt)
    if (event !== undefined) return event
  }
  return undefined
}

/** The same for the few values seen nearest, from nearby: costs less than one wider beam, and is nearly always enough. */
export function refuteNear(
  columns: RegisterColumns,
  place: number,
  halt: Halt,
  known: Known = BEGINNING,
): number | undefined {
  const singles = valuesNear(columns, place, FEW_VALUES).map((value) => [value])
  return someDies(columns, windowsAround(columns, place, known), singles, NEAR, halt)
}

/** What was open, or pending and still of any use, before event `at`: so that nobody has to count from the beginning. */
export interface Known {
  readonly at: number
  readonly operations: readonly number[]
}

const BEGINNING: Known = {at: 0, operations: []}

type WindowOf = (around: Around) => Window | undefined

function someDies(
  columns: RegisterColumns,
  windows: WindowOf,
  choices: readonly (readonly number[])[],
  arounds: readonly Around[],
  halt: Halt,
): number | undefined {
  for (const chosen of choices) {
    for (const around of arounds) {
      const window = windows(around)
      if (window === undefined) continue
      if (halt()) return undefined
      const event = dies(columns, window, chosen, halt)
      if (event !== undefined) return event
    }
  }
  return undefined
}

/** Windows around a place, each made when it is first wanted; undefined where the one before it is the whole history already. */
function windowsAround(columns: RegisterColumns, place: number, known = BEGINNING): WindowOf {
  const all = [...NEAR, ...FAR]
  const end = columns.events.length
  const bounds = ({before, after}: Around) => ({from: Math.max(0, place - before), to: Math.min(end, place + after)})
  const made = new Map<Around, Window | undefined>()
  return (around) => {
    if (!made.has(around)) {
      const {from, to} = bounds(around)
      const smaller = all[all.indexOf(around) - 1]
      const isWhole = smaller !== undefined && bounds(smaller).from === 0 && bounds(smaller).to === end
      made.set(around, isWhole ? undefined : {from, to, inherited: openAt(columns, from, known)})
    }
    return made.get(around)
  }
}

/** Values that operations returning near the place saw, nearest first. */
function valuesNear({events, kind, sees}: RegisterColumns, place: number, most: number): number[] {
  const found = new Set<number>()
  const consider = (at: number) => {
    if (at < 0 || at >= events.length || (events[at]! & 1) === 0) return
    const operation = events[at]! >> 1
    if (kind[operation] === READ || kind[operation] === CAS) found.add(sees[operation]!)
  }
  for (let distance = 0; distance < 200 && found.size < most; distance++) {
    consider(place + distance)
    consider(place - distance)
  }
  return [...found].slice(0, most)
}

interface Window {
  readonly from: number
  readonly to: number
  /** Open or pending when it begins: may or may not have happened, and nothing is owed. */
  readonly inherited: readonly number[]
}

function openAt({events, returnAt}: RegisterColumns, from: number, {at: since, operations: open}: Known): number[] {
  const operations = since > from ? [] : open.filter((operation) => returnAt[operation]! >= from)
  for (let at = since > from ? 0 : since; at < from; at++) {
    const operation = events[at]! >> 1
    if ((events[at]! & 1) === 0 && returnAt[operation]! >= from) operations.push(operation)
  }
  return operations
}

/** Searches one abstraction of one window; gives the history's event at which it died. */
function dies(columns: RegisterColumns, window: Window, chosen: readonly number[], halt: Halt): number | undefined {
  const {columns: abstract, event} = abstraction(columns, window, chosen)
  const anything = Array.from({length: chosen.length + 1}, (_, value) => value)
  const states = window.from === 0 ? [chosen.indexOf(0) + 1] : anything
  const enough = (): boolean => sweep.search.steps > STEPS || halt()
  const sweep: Sweep = new Sweep(abstract, Number.POSITIVE_INFINITY, enough, states)
  if (sweep.run(abstract.events.length) || sweep.search.halted) return undefined
  return event[sweep.at]
}

/** The window with values 0 (another) and 1, 2, … (chosen), and for each of its events the one of the history. */
function abstraction(
  columns: RegisterColumns,
  {from, to, inherited}: Window,
  chosen: readonly number[],
): {columns: RegisterColumns; event: readonly number[]} {
  const {events, kind, sees, leaves, invokeAt, returnAt} = columns
  const image = (value: number) => (value < 0 ? -1 : chosen.indexOf(value) + 1)
  const number = new Map<number, number>()
  const newEvents: number[] = []
  const event: number[] = []
  const kinds: number[] = []
  const newSees: number[] = []
  const newLeaves: number[] = []
  const newInvoke: number[] = []
  const newReturn: number[] = []
  const add = (operation: number, owed: boolean, at: number) => {
    const saw = image(sees[operation]!)
    const left = image(leaves[operation]!)
    const was = kind[operation]!
    if (was === NOT && saw === 0) return
    const abstractKind = was === CAS && saw === left ? READ : was
    if (!owed && (abstractKind === READ || abstractKind === NOT)) return
    number.set(operation, kinds.length)
    kinds.push(abstractKind)
    newSees.push(abstractKind === WRITE ? -1 : saw)
    newLeaves.push(abstractKind === READ || abstractKind === NOT ? -1 : left)
    newInvoke.push(newEvents.length)
    newReturn.push(NEVER)
    newEvents.push(2 * number.get(operation)!)
    event.push(at)
  }
  for (const operation of inherited) add(operation, false, from)
  for (let at = from; at < to; at++) {
    const operation = events[at]! >> 1
    if ((events[at]! & 1) === 0) {
      add(operation, returnAt[operation]! < to, at)
      continue
    }
    const known = number.get(operation)
    if (known === undefined || invokeAt[operation]! < from) continue
    newReturn[known] = newEvents.length
    newEvents.push(2 * known + 1)
    event.push(at)
  }
  const made = {
    size: kinds.length,
    kind: Uint8Array.from(kinds),
    sees: Int32Array.from(newSees),
    leaves: Int32Array.from(newLeaves),
    invokeAt: Int32Array.from(newInvoke),
    returnAt: Int32Array.from(newReturn),
    events: Int32Array.from(newEvents),
    values: chosen.length + 1,
    negations: kinds.includes(NOT),
  }
  return {columns: {...made, mattersUntil: mattersUntil(made)}, event}
}
