/**
 * Decides a register. From cheap to thorough: zones, where every value is written once; single reads that nothing can
 * explain; a search under a narrow beam, which is enough for nearly every valid history; and when that dies, a refutation by
 * abstraction near the place (`abstraction.ts`), a wider beam from a little earlier, a more thorough refutation, and at last the
 * search without a beam from the last event at which nothing had been cut.
 */
import type {Decision} from '../decision.ts'
import type {Halt} from '../frontier.ts'
import {refuteAround, refuteNear} from './abstraction.ts'
import type {RegisterColumns} from './columns.ts'
import {refute} from './refute.ts'
import type {Snapshot} from './search.ts'
import {SingleOrder} from './single-order.ts'
import {Sweep} from './sweep.ts'
import {checkZones} from './zones.ts'

/** Which engines may be used; tests take them apart. */
export interface RegisterEngines {
  readonly zones?: boolean
  readonly refute?: boolean
  readonly abstraction?: boolean
  readonly single?: boolean
  readonly beam?: boolean
  /** The beam's usual width. */
  readonly width?: number
}

/** Decides the columns of one register. */
export function decideRegister(columns: RegisterColumns, halt: Halt, engines: RegisterEngines = {}): Decision {
  if (engines.zones !== false) {
    const zones = checkZones(columns)
    if (zones === 'valid' && !columns.negations) return {kind: 'valid', steps: 0}
    if (zones !== undefined && zones !== 'valid')
      return {kind: 'invalid', at: lastReturn(columns, zones), steps: 0, core: zones}
  }
  if (engines.refute !== false) {
    const refutation = refute(columns)
    if (refutation !== undefined) return {kind: 'invalid', at: refutation.at, steps: 0, core: refutation.core}
  }
  if (engines.single !== false && columns.events.length >= LONG_EVENTS) {
    const single = new SingleOrder(columns, halt)
    if (single.isFound()) return {kind: 'valid', steps: single.steps}
    const {refuted, steps} = single
    if (refuted !== undefined && engines.abstraction !== false) return {kind: 'invalid', at: refuted, steps}
  }
  return new Attempt(columns, halt, engines).decide()
}

function lastReturn({returnAt, events}: RegisterColumns, operations: readonly number[]): number {
  let last = -1
  for (const i of operations) if (returnAt[i]! < events.length) last = Math.max(last, returnAt[i]!)
  return last
}

/** The beam's usual width, and how it grows where it dies. */
const WIDTH = 4
const GROWTH = 8
const WIDEST = 2048
/** Events between the places that one can go back to. */
const SNAPSHOT_EVENTS = 512

/** Up to so many events, a search without a beam of up to so many steps is tried as soon as the narrow beam has died. */
const SHORT_EVENTS = 512
const SHORT_STEPS = 2048

/** The narrow beam dies often in a long history that is right: so many of its deaths are looked at closely before it is widened. */
const MOST_LOOKS = 16

/** From so many events on, one order is followed first. */
const LONG_EVENTS = 1024

class Attempt {
  readonly #columns: RegisterColumns
  readonly #halt: Halt
  readonly #engines: RegisterEngines
  /** Where one can go back to, and the last of these at which nothing had been cut. */
  readonly #snapshots: {at: number; snapshot: Snapshot}[] = []
  #complete: {at: number; snapshot: Snapshot}
  readonly #sweep: Sweep
  #reached = 0
  readonly #width: number
  /** Steps after which the search is halted, for a while. */
  #mostSteps = Number.POSITIVE_INFINITY

  constructor(columns: RegisterColumns, halt: Halt, engines: RegisterEngines) {
    this.#columns = columns
    this.#halt = halt
    this.#engines = engines
    this.#width = engines.width ?? WIDTH
    this.#sweep = new Sweep(columns, this.#width, () => this.#sweep.search.steps > this.#mostSteps || halt())
    this.#complete = {at: 0, snapshot: this.#sweep.search.save()}
  }

  decide(): Decision {
    const {events} = this.#columns
    const sweep = this.#sweep
    const {search} = sweep
    if (this.#engines.beam === false) return this.#exhaust()
    let isShort = events.length <= SHORT_EVENTS && this.#engines.width === undefined
    let width = this.#width
    // How often a death of the narrow beam was looked at by abstraction.
    let looks = 0
    // Beyond the furthest death the beam is narrow again, so every return to a narrow beam is progress.
    let relaxAt = 0
    for (;;) {
      search.width = width
      if (this.#advance(sweep.at < relaxAt ? relaxAt : events.length)) {
        if (sweep.at === events.length) return {kind: 'valid', steps: search.steps}
        width = this.#width
        continue
      }
      const death = sweep.at
      this.#reached = Math.max(this.#reached, death)
      if (search.halted) return {kind: 'unknown', reached: this.#reached, steps: search.steps}
      if (!search.truncated) return {kind: 'invalid', at: death, steps: search.steps}
      if (isShort) {
        isShort = false
        const decision = this.#exhaustShortly()
        if (decision !== undefined) return decision
      }
      if (width === this.#width && this.#engines.abstraction !== false && looks++ < MOST_LOOKS) {
        const refuted = refuteNear(this.#columns, death, this.#halt)
        if (refuted !== undefined) return {kind: 'invalid', at: refuted, steps: search.steps}
      }
      width *= GROWTH
      if (width > GROWTH * this.#width && this.#engines.abstraction !== false) {
        const refuted = refuteAround(this.#columns, this.#reached, this.#halt)
        if (refuted !== undefined) return {kind: 'invalid', at: refuted, steps: search.steps}
      }
      if (width > WIDEST) return this.#exhaust()
      relaxAt = Math.min(events.length, this.#reached + SNAPSHOT_EVENTS)
      this.#goBack(death - (width / this.#width) * 64)
    }
  }

  /** Runs to `end`, leaving snapshots behind. False if the search died. */
  #advance(end: number): boolean {
    const sweep = this.#sweep
    while (sweep.at < end) {
      const next = Math.min(end, sweep.at + SNAPSHOT_EVENTS)
      if (!sweep.run(next)) return false
      if (sweep.search.truncated) this.#snapshots.push({at: sweep.at, snapshot: sweep.search.save()})
      else this.#complete = {at: sweep.at, snapshot: sweep.search.save()}
    }
    return true
  }

  /** Back to the last snapshot at or before this event, or to where nothing had been cut. */
  #goBack(event: number): void {
    while (this.#snapshots.length > 0 && this.#snapshots.at(-1)!.at > event) this.#snapshots.pop()
    const {at, snapshot} = this.#snapshots.at(-1) ?? this.#complete
    this.#sweep.restore(at, snapshot)
  }

  /** The search without a beam, if it ends soon. */
  #exhaustShortly(): Decision | undefined {
    const {search} = this.#sweep
    this.#mostSteps = search.steps + SHORT_STEPS
    const decision = this.#exhaust()
    if (decision.kind !== 'unknown' || search.steps <= this.#mostSteps) return decision
    this.#mostSteps = Number.POSITIVE_INFINITY
    search.halted = false
    return undefined
  }

  /** The search without a beam. */
  #exhaust(): Decision {
    const sweep = this.#sweep
    const {search} = sweep
    sweep.restore(this.#complete.at, this.#complete.snapshot)
    search.width = Number.POSITIVE_INFINITY
    if (sweep.run(this.#columns.events.length)) return {kind: 'valid', steps: search.steps}
    this.#reached = Math.max(this.#reached, sweep.at)
    if (search.halted) return {kind: 'unknown', reached: this.#reached, steps: search.steps}
    return {kind: 'invalid', at: sweep.at, steps: search.steps}
  }
}
