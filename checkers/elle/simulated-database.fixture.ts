/**
 * A database that keeps exactly one promise: clients run transactions against it, step by step in a random order, and the
 * history is recorded. What a checker says of such a history is known beforehand. `lie` breaks any promise, now and then.
 */
import {type History, history} from '../../core/history.ts'
import type {Op, OpType} from '../../core/op.ts'
import type {Random} from '../../core/random.ts'
import type {Workload} from './transactions.ts'

/**
 * - `strict`: a transaction happens at one moment between its invocation and its completion.
 * - `stale-readers`: so do those that write; those that only read see some earlier state. Serializable.
 * - `snapshot`: reads from the state at its beginning; of two that write the same key only the first commits. Strong SI.
 * - `read-committed`: each read sees what is committed; writes lock their keys (who finds one locked fails) and appear at
 *   the commit.
 * - `read-uncommitted`: writes appear at once, and vanish when the transaction fails.
 */
export type Isolation = 'strict' | 'stale-readers' | 'snapshot' | 'read-committed' | 'read-uncommitted'
export const ISOLATIONS: readonly Isolation[] = [
  'strict',
  'stale-readers',
  'snapshot',
  'read-committed',
  'read-uncommitted',
]

export interface Simulation {
  readonly workload: Workload
  readonly isolation: Isolation
  readonly transactions: number
  readonly clients: number
  readonly keys: number
  readonly maxMops: number
  /** Probabilities per transaction. */
  readonly fail: number
  readonly info: number
  /** Probability that a read returns something else than it should. */
  readonly lie: number
}

type Mop = [string, string, unknown]
type State = Map<string, readonly number[]>

interface Running {
  readonly process: number
  readonly mops: Mop[]
  readonly own: Map<string, number[]>
  next: number
  snapshot: State
  snapshotVersion: number
  /** Found a key locked: must fail. */
  isDoomed: boolean
  phase: 'begun' | 'running' | 'decided'
  type: OpType
}

/** Runs a simulation. Values of a key are 1, 2, 3, …; a register holds the last element of what a list would be. */
export function simulate(random: Random, options: Simulation): History {
  return new SimulatedDatabase(random, options).run()
}

class SimulatedDatabase {
  readonly #random: Random
  readonly #options: Simulation
  readonly #ops: Op[] = []
  readonly #nextValue = new Map<string, number>()
  /** Committed state after each commit; read-uncommitted changes the last one in place. */
  readonly #states: State[] = [new Map()]
  readonly #writtenAt = new Map<string, number>()
  readonly #locks = new Map<string, Running>()
  #nextProcess: number
  #begun = 0

  constructor(random: Random, options: Simulation) {
    this.#random = random
    this.#options = options
    this.#nextProcess = options.clients
  }

  run(): History {
    const idle = Array.from({length: this.#options.clients}, (_, i) => i)
    const running: Running[] = []
    while (running.length > 0 || this.#begun < this.#options.transactions) {
      const canBegin = idle.length > 0 && this.#begun < this.#options.transactions
      const chosen = this.#random.int(running.length + (canBegin ? 1 : 0))
      if (chosen === running.length) {
        running.push(this.#begin(idle.splice(this.#random.int(idle.length), 1)[0]!))
        continue
      }
      const transaction = running[chosen]!
      if (transaction.phase !== 'decided') this.#step(transaction)
      else {
        this.#record(transaction.process, transaction.type, this.#result(transaction))
        idle.push(transaction.type === 'info' ? this.#nextProcess++ : transaction.process)
        running.splice(chosen, 1)
      }
    }
    return history(this.#ops)
  }

  get #latest(): State {
    return this.#states.at(-1)!
  }

  #begin(process: number): Running {
    this.#begun++
    const {workload, keys, maxMops} = this.#options
    const mops = Array.from({length: this.#random.between(1, maxMops)}, (): Mop => {
      const key = 'xyzuvw'[this.#random.int(keys)]!
      if (this.#random.chance(0.5)) return ['r', key, null]
      const value = (this.#nextValue.get(key) ?? 0) + 1
      this.#nextValue.set(key, value)
      return [workload === 'list-append' ? 'append' : 'w', key, value]
    })
    this.#record(process, 'invoke', structuredClone(mops))
    return {
      process,
      mops,
      own: new Map(),
      next: 0,
      snapshot: new Map(),
      snapshotVersion: 0,
      isDoomed: false,
      phase: 'begun',
      type: 'ok',
    }
  }

  #record(process: number, type: OpType, value: unknown): void {
    this.#ops.push({index: this.#ops.length, timeNs: this.#ops.length, type, process, f: 'txn', value})
  }

  #result({type, mops}: Running): Mop[] {
    return type === 'ok' ? mops : mops.map(([verb, key, value]) => [verb, key, verb === 'r' ? null : value])
  }

  #step(transaction: Running): void {
    const {isolation} = this.#options
    if (transaction.phase === 'begun') {
      const onlyReads = transaction.mops.every(([verb]) => verb === 'r')
      const age = isolation === 'stale-readers' && onlyReads ? this.#random.int(this.#states.length) : 0
      transaction.snapshotVersion = this.#states.length - 1 - age
      transaction.snapshot = this.#states[transaction.snapshotVersion]!
      transaction.phase = 'running'
      if (isolation === 'strict' || isolation === 'stale-readers') {
        while (transaction.next < transaction.mops.length) this.#mop(transaction)
        this.#decide(transaction)
      }
    } else if (transaction.next < transaction.mops.length) this.#mop(transaction)
    else this.#decide(transaction)
  }

  #mop(transaction: Running): void {
    const mop = transaction.mops[transaction.next++]!
    const [verb, key, value] = mop
    if (verb === 'r') {
      mop[2] = this.#shown(this.#read(transaction, key))
      return
    }
    if (this.#options.isolation === 'read-committed') {
      const holder = this.#locks.get(key)
      if (holder !== undefined && holder !== transaction) transaction.isDoomed = true
      else this.#locks.set(key, transaction)
    }
    if (this.#options.isolation === 'read-uncommitted') this.#latest.set(key, [...this.#stored(key), value as number])
    transaction.own.set(key, [...(transaction.own.get(key) ?? []), value as number])
  }

  #stored(key: string): readonly number[] {
    return this.#latest.get(key) ?? []
  }

  #read(transaction: Running, key: string): readonly number[] {
    const {isolation} = this.#options
    if (isolation === 'read-uncommitted') return this.#stored(key)
    const base = isolation === 'read-committed' ? this.#stored(key) : (transaction.snapshot.get(key) ?? [])
    return [...base, ...(transaction.own.get(key) ?? [])]
  }

  #shown(list: readonly number[]): unknown {
    const read = this.#random.chance(this.#options.lie) ? this.#lieAbout(list) : list
    return this.#options.workload === 'list-append' ? read : (read.at(-1) ?? null)
  }

  #lieAbout(list: readonly number[]): readonly number[] {
    const choice = this.#random.int(4)
    if (choice === 0) return list.slice(0, this.#random.int(list.length + 1))
    if (choice === 1) return [...list, this.#random.between(1, 4)]
    if (choice === 2) return this.#random.shuffle(list)
    return list.filter(() => this.#random.chance(0.6))
  }

  /** Commits, or fails, or nobody knows. */
  #decide(transaction: Running): void {
    transaction.phase = 'decided'
    const isInfo = this.#random.chance(this.#options.info)
    const isUnlucky = this.#random.chance(isInfo ? 0.5 : this.#options.fail)
    const isAborted = isUnlucky || transaction.isDoomed || this.#conflicts(transaction)
    for (const [key, holder] of this.#locks) if (holder === transaction) this.#locks.delete(key)
    transaction.type = isInfo ? 'info' : isAborted ? 'fail' : 'ok'
    if (this.#options.isolation === 'read-uncommitted') {
      if (isAborted) this.#undo(transaction)
      return
    }
    if (isAborted || transaction.own.size === 0) return
    const state = new Map(this.#latest)
    for (const [key, values] of transaction.own) state.set(key, [...(state.get(key) ?? []), ...values])
    this.#states.push(state)
    for (const key of transaction.own.keys()) this.#writtenAt.set(key, this.#states.length - 1)
  }

  #conflicts({own, snapshotVersion}: Running): boolean {
    if (this.#options.isolation !== 'snapshot') return false
    return [...own.keys()].some((key) => (this.#writtenAt.get(key) ?? 0) > snapshotVersion)
  }

  #undo({own}: Running): void {
    for (const [key, values] of own)
      this.#latest.set(
        key,
        this.#stored(key).filter((value) => !values.includes(value)),
      )
  }
}
