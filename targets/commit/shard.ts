/** What a participant has on disk: values, transactions that it has promised, and what became of those before. */
import type {Disk, Json, NodeId} from '../../core/node.ts'

const FILE = 'shard'
/** Records in the file before it is written afresh. */
const COMPACT = 5000
/** Decisions that are remembered. */
const REMEMBERED = 2000

/** A promise to be able to commit. */
export type Prepared = {
  readonly txn: string
  readonly age: number
  readonly coordinator: NodeId
  readonly participants: readonly NodeId[]
  readonly writes: {readonly [key: string]: Json}
  /** Keys that are locked, with whether exclusively. */
  readonly locks: readonly (readonly [string, boolean])[]
  readonly results: readonly (readonly [number, Json])[]
  readonly precommitted: boolean
}

type Entry =
  | {readonly prepared: Prepared}
  | {readonly done: string; readonly commit: boolean}
  | {readonly values: readonly (readonly [string, Json])[]; readonly decided: readonly (readonly [string, boolean])[]}

export class Shard {
  readonly #disk: Disk
  readonly #values = new Map<string, Json>()
  readonly prepared = new Map<string, Prepared>()
  readonly #decided = new Map<string, boolean>()
  #records = 0

  constructor(disk: Disk) {
    this.#disk = disk
    for (const entry of disk.read<Entry>(FILE)) this.#replay(entry)
  }

  read(key: string): Json | undefined {
    return this.#values.get(key)
  }

  /** What became of a transaction; undefined where that is open, or too long ago. */
  outcome(txn: string): boolean | undefined {
    return this.#decided.get(txn)
  }

  /** Durable when it returns. */
  promise(prepared: Prepared): void {
    this.#note({prepared})
  }

  /** Durable when it returns. A transaction that was never promised is only noted as decided. */
  decide(txn: string, commit: boolean): void {
    this.#note({done: txn, commit})
    if (this.#decided.size > REMEMBERED) {
      const [eldest] = this.#decided.keys()
      this.#decided.delete(eldest as string)
    }
  }

  /** Values as they would be after a commit, without one: what nobody should do. */
  overwrite(values: Readonly<Record<string, Json | undefined>>): void {
    for (const [key, value] of Object.entries(values)) {
      if (value === undefined) this.#values.delete(key)
      else this.#values.set(key, value)
    }
  }

  #note(entry: Entry): void {
    this.#replay(entry)
    this.#disk.append(FILE, entry as Json)
    if (this.#records > COMPACT) {
      const whole: Entry = {values: [...this.#values], decided: [...this.#decided]}
      const open = [...this.prepared.values()].map((prepared): Entry => ({prepared}))
      this.#disk.replace(FILE, [whole, ...open] as readonly Json[])
      this.#records = 1 + open.length
    }
    this.#disk.sync(FILE)
  }

  #replay(entry: Entry): void {
    this.#records++
    if ('prepared' in entry) this.prepared.set(entry.prepared.txn, entry.prepared)
    else if ('done' in entry) {
      if (entry.commit) this.overwrite(this.prepared.get(entry.done)?.writes ?? {})
      this.prepared.delete(entry.done)
      this.#decided.set(entry.done, entry.commit)
    } else {
      for (const [key, value] of entry.values) this.#values.set(key, value)
      for (const [txn, commit] of entry.decided) this.#decided.set(txn, commit)
    }
  }
}
