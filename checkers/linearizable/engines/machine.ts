/**
 * A model as a memoised state machine: states and calls are numbers, steps are looked up in a flat table. The idea of
 * memoising the reachable part of a model is Knossos' (`knossos.model.memo`); here states are found as the search meets
 * them, and forgotten again when no configuration holds them (`compact`), so a long history of ever new states does not
 * fill the memory.
 */
import {canonical} from '../canonical.ts'
import type {Call, Model} from '../model.ts'

/** No such step. */
export const ILLEGAL = -1
const UNSET = -0x80000000

export class Machine {
  readonly model: Model
  /** By call number; may grow. */
  calls: readonly Call[]
  /** By state number. */
  states: unknown[] = []
  #byHash = new Map<string | number, number[]>()
  // Open addressing: key (state, call) at 3i and 3i+1, answer at 3i+2.
  #table = new Int32Array(3 * 1024).fill(UNSET)
  #used = 0
  /** Answers at or below -2 are lists of states: number -2 - answer. */
  #branches: Int32Array[] = []

  constructor(model: Model, calls: readonly Call[]) {
    this.model = model
    this.calls = calls
    this.intern(model.init)
  }

  /** The number of this state. The initial one is 0 until the first `compact`. */
  intern(state: unknown): number {
    const hash = this.model.hash === undefined ? canonical(state) : this.model.hash(state)
    const known = this.#byHash.get(hash)
    if (known !== undefined) {
      if (this.model.equal === undefined) return known[0]!
      for (const id of known) if (this.model.equal(this.states[id], state)) return id
    }
    const id = this.states.length
    this.states.push(state)
    if (known === undefined) this.#byHash.set(hash, [id])
    else known.push(id)
    return id
  }

  /** The state after `call`, ILLEGAL, or below that the name of a list for `branchesOf`. */
  next(state: number, call: number): number {
    const table = this.#table
    const mask = table.length / 3 - 1
    let slot = (Math.imul(state, 0x9e3779b1) ^ Math.imul(call, 0x85ebca6b)) >>> 0
    slot = (slot ^ (slot >>> 15)) & mask
    for (;;) {
      const at = 3 * slot
      if (table[at] === UNSET) break
      if (table[at] === state && table[at + 1] === call) return table[at + 2]!
      slot = (slot + 1) & mask
    }
    const answer = this.#compute(state, call)
    this.#insert(state, call, answer)
    return answer
  }

  branchesOf(answer: number): Int32Array {
    return this.#branches[-2 - answer]!
  }

  #compute(state: number, call: number): number {
    const from = this.states[state]
    const made = this.calls[call]!
    const several = this.model.branches?.(from, made)
    if (several === undefined) {
      const to = this.model.step(from, made)
      return to === undefined ? ILLEGAL : this.intern(to)
    }
    const ids = Int32Array.from(new Set(several.map((to) => this.intern(to))))
    if (ids.length === 0) return ILLEGAL
    if (ids.length === 1) return ids[0]!
    this.#branches.push(ids)
    return -1 - this.#branches.length
  }

  #insert(state: number, call: number, answer: number): void {
    if (2 * (this.#used + 1) > this.#table.length / 3) this.#grow()
    const table = this.#table
    const mask = table.length / 3 - 1
    let slot = (Math.imul(state, 0x9e3779b1) ^ Math.imul(call, 0x85ebca6b)) >>> 0
    slot = (slot ^ (slot >>> 15)) & mask
    while (table[3 * slot] !== UNSET) slot = (slot + 1) & mask
    table[3 * slot] = state
    table[3 * slot + 1] = call
    table[3 * slot + 2] = answer
    this.#used++
  }

  #grow(): void {
    const old = this.#table
    this.#table = new Int32Array(2 * old.length).fill(UNSET)
    this.#used = 0
    for (let at = 0; at < old.length; at += 3) {
      if (old[at] !== UNSET) this.#insert(old[at]!, old[at + 1]!, old[at + 2]!)
    }
  }

  /** How much is remembered, in table entries: when to `compact`. */
  get load(): number {
    return this.#used + this.states.length
  }

  /** Forgets all states but these and every step; gives the new number of each, in the order asked. */
  compact(live: readonly number[]): number[] {
    const kept = live.map((id) => this.states[id])
    this.states = []
    this.#byHash = new Map()
    this.#table = new Int32Array(3 * 1024).fill(UNSET)
    this.#used = 0
    this.#branches = []
    return kept.map((state) => this.intern(state))
  }
}
