/**
 * The register search, fed as the history happens. Values are numbered as they come; when many numbers were given, those
 * that nobody holds or names any more are given again.
 */
import {canonical} from '../canonical.ts'
import type {Model} from '../model.ts'
import {callOf, type Entry, type ObjectStream} from '../stream.ts'
import type {TrustFailure} from '../trace.ts'
import {CAS, NOT, READ, type RegisterStructure, WRITE} from './columns.ts'
import {renameValues} from './open-operations.ts'
import {RegisterSearch, type Snapshot} from './search.ts'

/** Configurations beyond which an object is given up. */
const WIDEST = 20_000
/** Numbers given before looking for those that are free. */
const VALUES = 4096

export class RegisterStream implements ObjectStream {
  readonly #model: Model
  readonly #structure: RegisterStructure
  readonly #trust: TrustFailure | undefined
  #search: RegisterSearch
  #numbers: Map<string | number, number>
  #given = 1
  #room = VALUES
  lost = false

  constructor(
    model: Model,
    structure: RegisterStructure,
    trust: TrustFailure | undefined,
    numbers = new Map([[canonical(model.init), 0]]),
  ) {
    this.#model = model
    this.#structure = structure
    this.#trust = trust
    this.#numbers = numbers
    this.#search = this.#newSearch(VALUES)
  }

  #newSearch(values: number): RegisterSearch {
    const search: RegisterSearch = new RegisterSearch(values, Number.POSITIVE_INFINITY, () => search.count > WIDEST)
    return search
  }

  fork(): RegisterStream {
    const fork = new RegisterStream(this.#model, this.#structure, this.#trust, new Map(this.#numbers))
    fork.#given = this.#given
    fork.#room = Number.POSITIVE_INFINITY
    fork.#search = this.#newSearch(this.#given + VALUES)
    fork.#search.restore(this.#search.save(), () => {})
    return fork
  }

  invoke(entry: Entry): void {
    entry.slot = -1
    const call = callOf(entry)
    if (call.outcome === 'fail') {
      const trusted = this.#trust?.({f: call.f, error: call.error}) && this.#model.observesFailure?.(call)
      if (!trusted) return
    }
    const seen = this.#structure.observes(call)
    const left = this.#structure.produces(call)
    const pending = call.outcome === 'info'
    if (this.#given >= this.#room) this.#recycle()
    const sees = seen === undefined ? -1 : this.#numberOf('not' in seen ? seen.not : seen.value)
    const leaves = left === undefined ? -1 : this.#numberOf(left.value)
    const kind = seen === undefined ? WRITE : 'not' in seen ? NOT : left === undefined || sees === leaves ? READ : CAS
    if (pending && (kind === READ || kind === NOT)) return
    this.#search.moreValues(this.#given)
    const kept = kind === READ ? -1 : leaves
    entry.slot = this.#search.invoke(0, kind, sees, kept, entry.invokeAt, entry.returnAt, pending)
  }

  complete(entry: Entry): boolean {
    if (entry.slot < 0) return true
    const lives = this.#search.complete(entry.slot, entry.returnAt)
    if (this.#search.halted || this.#search.count > WIDEST) this.lost = true
    return lives || this.lost
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

  /** Numbers anew the values that are still held or named. Slots keep their places. */
  #recycle(): void {
    const live = this.#search.liveValues()
    const renumbered = new Map<number, number>()
    const numbers = new Map<string | number, number>()
    for (const [key, number] of this.#numbers) {
      if (!live.has(number)) continue
      renumbered.set(number, numbers.size)
      numbers.set(key, numbers.size)
    }
    const snapshot = this.#search.save()
    const values = (number: number) => (number < 0 ? number : renumbered.get(number)!)
    this.#numbers = numbers
    this.#given = numbers.size
    this.#room = Math.max(VALUES, 2 * numbers.size)
    const {steps} = this.#search
    this.#search = this.#newSearch(this.#room + 2)
    this.#search.steps = steps
    this.#search.restore(renamed(snapshot, values), () => {})
  }
}

/** A snapshot with its values under other numbers. */
function renamed(snapshot: Snapshot, rename: (value: number) => number): Snapshot {
  const rows = snapshot.rows.slice()
  const stride = 2 + snapshot.operations.words
  for (let i = 0; i < snapshot.count; i++) rows[i * stride] = rename(rows[i * stride]!)
  return {...snapshot, rows, operations: renameValues(snapshot.operations, rename)}
}
