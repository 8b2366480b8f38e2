/**
 * The log on disk (section 5.3), with its beginning compacted away (section 7). Indices start at 1. The file's first record
 * says where the log starts: `{index, term}` of the last entry that was compacted; one entry per record follows.
 */
import type {Disk} from '../../core/node.ts'
import type {Entry} from './messages.ts'

const FILE = 'log'

type Base = {readonly index: number; readonly term: number}

export class Log {
  readonly #disk: Disk
  #base: Base
  #entries: Entry[]
  #syncedIndex: number

  constructor(disk: Disk) {
    this.#disk = disk
    const records = disk.read<Base | Entry>(FILE)
    this.#base = records.length === 0 ? {index: 0, term: 0} : (records[0] as Base)
    if (records.length === 0) disk.replace(FILE, [this.#base])
    this.#entries = records.slice(1) as Entry[]
    this.#syncedIndex = this.lastIndex
  }

  /** Entries up to this one are compacted; its term is still known. */
  get baseIndex(): number {
    return this.#base.index
  }

  get lastIndex(): number {
    return this.#base.index + this.#entries.length
  }

  get lastTerm(): number {
    return this.termAt(this.lastIndex) as number
  }

  /** Entries up to this one survive a crash. */
  get syncedIndex(): number {
    return this.#syncedIndex
  }

  /** Undefined where there is no entry (any more). */
  termAt(index: number): number | undefined {
    return index === this.#base.index ? this.#base.term : this.#entries[index - this.#base.index - 1]?.term
  }

  /** The entry must be there: index in (baseIndex, lastIndex]. */
  entryAt(index: number): Entry {
    return this.#entries[index - this.#base.index - 1] as Entry
  }

  /** At most `limit` entries from this index on. */
  entriesFrom(index: number, limit: number): readonly Entry[] {
    const start = index - this.#base.index - 1
    return this.#entries.slice(start, start + limit)
  }

  /** The first index of the run of entries that have the same term as this one. */
  firstOfTerm(index: number): number {
    const term = this.termAt(index)
    let first = index
    while (first - 1 > this.#base.index && this.termAt(first - 1) === term) first--
    return first
  }

  /** The last index with this term; undefined when there is none. Terms never decrease along a log. */
  lastOfTerm(term: number): number | undefined {
    for (let index = this.lastIndex; index >= this.#base.index; index--) {
      const found = this.termAt(index) as number
      if (found === term) return index
      if (found < term) return undefined
    }
    return undefined
  }

  /** Adds entries at the end; they are not safe before `sync`. */
  append(entries: readonly Entry[]): void {
    for (const entry of entries) {
      this.#entries.push(entry)
      this.#disk.append(FILE, entry)
    }
  }

  /** Forgets this entry and all after it. */
  truncateFrom(index: number): void {
    this.#entries.length = index - this.#base.index - 1
    this.#disk.truncate(FILE, this.#entries.length + 1)
    this.#syncedIndex = Math.min(this.#syncedIndex, this.lastIndex)
  }

  sync(): void {
    this.#disk.sync(FILE)
    this.#syncedIndex = this.lastIndex
  }

  /** Forgets the entries up to this one, which a snapshot covers. */
  compact(upTo: number): void {
    if (upTo <= this.#base.index) return
    const term = this.termAt(upTo) as number
    this.#replace({index: upTo, term}, this.#entries.slice(upTo - this.#base.index))
  }

  /** Forgets everything: the log starts after this entry, which a snapshot covers. */
  reset(index: number, term: number): void {
    this.#replace({index, term}, [])
  }

  #replace(base: Base, entries: Entry[]): void {
    this.#base = base
    this.#entries = entries
    this.#disk.replace(FILE, [base, ...entries])
    this.sync()
  }
}
