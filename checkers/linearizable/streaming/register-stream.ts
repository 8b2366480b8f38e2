/**
 * The register search, fed as the history happens. Values are numbered as they come; when many numbers were given, those
 * that nobody holds or names any more are given again.
 *
 * Pending operations stay until they are done whatever order is taken. Where they make the search laborious, as dozens do
 * that write the same few values, they may happen any number of times from then on: little would have been impossible
 * with so many of them, and what still is remains a proof. An object with too many of them is given up.
 */
import {canonical} from '../canonical.ts'
import {CAS, NOT, READ, type RegisterStructure, WRITE} from '../engines/register/columns.ts'
import {renameValues} from '../engines/register/open-operations.ts'
import {RegisterSearch, type Snapshot} from '../engines/register/search.ts'
import type {Model} from '../model.ts'
import type {TrustFailure} from '../trace.ts'
import {callOf, type Entry, type ObjectStream} from './object-stream.ts'

/** Configurations beyond which an object is given up, and steps that one event, or a whole trial, may take. */
const WIDEST = 5000
const STEPS = 200_000
/** Pending operations beyond which it is given up. */
const PENDING = 1024
/** How long pending operations are borne with. */
export interface Patience {
  /** Steps that `PATIENT_EVENTS` events may take, from which on they are a burden. */
  readonly steps: number
  /** Up to so many are borne with in any case. */
  readonly pending: number
}
const PATIENT_EVENTS = 1024
const PATIENCE: Patience = {steps: 16 * PATIENT_EVENTS, pending: 8}
/** Numbers given before looking for those that are free. */
const VALUES = 1024
/** Numbers that there is room for at first. */
const FEW_VALUES = 64

export class RegisterStream implements ObjectStream {
  readonly #model: Model
  readonly #structure: RegisterStructure
  readonly #trust: TrustFailure | undefined
  readonly #patience: Patience
  /** Undefined while the object rests. */
  #search: RegisterSearch | undefined
  #resting: Snapshot | undefined
  #numbers: Map<string | number, number>
  #given = 1
  #room = VALUES
  #pending = 0
  /** How far the search may go. */
  #stepsLimit = STEPS
  readonly #trial: boolean
  /** Of the present stretch of events: how many, and the steps at its start. */
  #events = 0
  #stepsBefore = 0
  weakened = false
  lost = false

  constructor(
    model: Model,
    structure: RegisterStructure,
    trust: TrustFailure | undefined,
    patience = PATIENCE,
    numbers = new Map([[canonical(model.init), 0]]),
    trial = false,
  ) {
    this.#model = model
    this.#structure = structure
    this.#trust = trust
    this.#patience = patience
    this.#numbers = numbers
    this.#trial = trial
    this.#search = this.#newSearch(FEW_VALUES)
  }

  #newSearch(values: number): RegisterSearch {
    const search: RegisterSearch = new RegisterSearch(
      values,
      Number.POSITIVE_INFINITY,
      () => search.steps > this.#stepsLimit,
      [0],
      WIDEST,
    )
    return search
  }

  fork(): RegisterStream {
    const fork = new RegisterStream(this.#model, this.#structure, this.#trust, PATIENCE, new Map(this.#numbers), true)
    fork.#given = this.#given
    fork.#room = Number.POSITIVE_INFINITY
    fork.#search = fork.#newSearch(this.#given + FEW_VALUES)
    fork.#search.restore(this.#awake().save(), () => {})
    return fork
  }

  rest(): void {
    if (this.#search === undefined || this.lost) return
    this.#resting = this.#renumber(this.#search)
    this.#search = undefined
  }

  /** The search, made again if the object was at rest. */
  #awake(): RegisterSearch {
    if (this.#search !== undefined) return this.#search
    this.#search = this.#newSearch(this.#given + FEW_VALUES)
    this.#search.restore(this.#resting!, () => {})
    this.#resting = undefined
    return this.#search
  }

  invoke(entry: Entry): void {
    entry.slot = -1
    const call = callOf(entry)
    const search = this.#awake()
    if (call.outcome === 'fail') {
      const trusted = this.#trust?.({f: call.f, error: call.error}) && this.#model.observesFailure?.(call)
      if (!trusted) return
    }
    const seen = this.#structure.observes(call)
    const left = this.#structure.produces(call)
    const pending = call.outcome === 'info'
    if (this.#given >= this.#room) this.#recycle(search)
    const sees = seen === undefined ? -1 : this.#numberOf('not' in seen ? seen.not : seen.value)
    const leaves = left === undefined ? -1 : this.#numberOf(left.value)
    const kind = seen === undefined ? WRITE : 'not' in seen ? NOT : left === undefined || sees === leaves ? READ : CAS
    if (pending && (kind === READ || kind === NOT)) return
    if (pending && ++this.#pending > PENDING) {
      this.#giveUp()
      return
    }
    search.moreValues(this.#given)
    const kept = kind === READ ? -1 : leaves
    entry.slot = search.invoke(0, kind, sees, kept, entry.invokeAt, entry.returnAt, pending)
  }

  complete(entry: Entry): boolean {
    if (entry.slot < 0) return true
    const search = this.#awake()
    if (!this.#trial) this.#stepsLimit = search.steps + STEPS
    const lives = search.complete(entry.slot, entry.returnAt)
    if (search.halted || search.count > WIDEST) this.#giveUp()
    else this.#lighten(search)
    return lives || this.lost
  }

  /** Takes the burden of pending operations from a search that has become laborious. */
  #lighten(search: RegisterSearch): void {
    const busy = search.steps - this.#stepsBefore > this.#patience.steps
    if (busy && !this.#trial && this.#pending > this.#patience.pending) {
      search.makePendingEndless()
      this.#pending = 0
      this.weakened = true
    }
    if (!busy && ++this.#events < PATIENT_EVENTS) return
    this.#events = 0
    this.#stepsBefore = search.steps
  }

  #giveUp(): void {
    this.lost = true
    this.#search = undefined
    this.#numbers.clear()
  }

  #numberOf(value: unknown): number {
    const key = canonical(value)
    let number = this.#numbers.get(key)
    if (number === undefined) {
      number = this.#given++
      this.#numbers.set(key, number)
    }
    return number
  }

  /** Numbers are given again. Slots keep their places, so it goes on in the same search. */
  #recycle(search: RegisterSearch): void {
    const snapshot = this.#renumber(search)
    this.#room = Math.max(VALUES, 2 * this.#given)
    search.restore(snapshot, () => {})
  }

  /** The search as it is, with only the values that are still held or named; slots keep their places. */
  #renumber(search: RegisterSearch): Snapshot {
    this.#pending = search.forgetUsed()
    const live = search.liveValues()
    const renumbered = new Map<number, number>()
    const numbers = new Map<string | number, number>()
    for (const [key, number] of this.#numbers) {
      if (!live.has(number)) continue
      renumbered.set(number, numbers.size)
      numbers.set(key, numbers.size)
    }
    this.#numbers = numbers
    this.#given = numbers.size
    return renamed(search.save(), (number) => (number < 0 ? number : renumbered.get(number)!))
  }
}

/** A snapshot with its values under other numbers. */
function renamed(snapshot: Snapshot, rename: (value: number) => number): Snapshot {
  const rows = snapshot.rows.slice()
  const stride = 2 + snapshot.operations.words
  for (let i = 0; i < snapshot.count; i++) rows[i * stride] = rename(rows[i * stride]!)
  return {...snapshot, rows, operations: renameValues(snapshot.operations, rename)}
}
