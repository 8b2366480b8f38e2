/**
 * A simulated disk. A file is what is durable plus the changes made since its last sync, in order; a crash keeps, of each
 * file on its own, some prefix of those changes or none, drawn from the disk's stream. That is as bad as the `Disk`
 * contract allows: files are not written back in the order of their changes, and no record is torn (records are atomic,
 * as with a checksum per record). Kinds of loss after Pillai et al., "All File Systems Are Not Created Equal", OSDI 2014.
 */
import type {Disk} from '../core/node.ts'
import type {Random} from '../core/random.ts'

type Change =
  | {readonly kind: 'append'; readonly record: string}
  | {readonly kind: 'truncate'; readonly records: number}
  | {readonly kind: 'replace'; readonly records: readonly string[]}

interface File {
  durable: string[]
  /** Changes since the last sync. */
  unsynced: Change[]
  /** What reads see: `durable` with `unsynced` applied. */
  current: string[]
}

export class SimDisk implements Disk {
  readonly #random: Random
  readonly #files = new Map<string, File>()
  #syncs = 0

  constructor(random: Random) {
    this.#random = random
  }

  /** How often something unsynced was made durable. */
  get syncs(): number {
    return this.#syncs
  }

  read(file: string): readonly string[] {
    return this.#files.get(file)?.current.slice() ?? []
  }

  append(file: string, record: string): void {
    this.#change(file, {kind: 'append', record})
  }

  truncate(file: string, records: number): void {
    this.#change(file, {kind: 'truncate', records})
  }

  replace(file: string, records: readonly string[]): void {
    this.#change(file, {kind: 'replace', records: records.slice()})
  }

  sync(file?: string): void {
    if (file !== undefined) {
      this.#syncFile(this.#files.get(file))
      return
    }
    for (const each of this.#files.values()) this.#syncFile(each)
  }

  /** Power fails: of each file, unsynced changes are lost wholly (half of the time) or from some change on. */
  crash(): void {
    for (const file of this.#files.values()) {
      if (file.unsynced.length === 0) continue
      const kept = this.#random.chance(0.5) ? 0 : this.#random.int(file.unsynced.length + 1)
      for (let i = 0; i < kept; i++) apply(file.durable, file.unsynced[i]!)
      file.unsynced = []
      file.current = file.durable.slice()
    }
  }

  #change(name: string, change: Change): void {
    let file = this.#files.get(name)
    if (file === undefined) this.#files.set(name, (file = {durable: [], unsynced: [], current: []}))
    apply(file.current, change)
    file.unsynced.push(change)
  }

  #syncFile(file: File | undefined): void {
    if (file === undefined || file.unsynced.length === 0) return
    for (const change of file.unsynced) apply(file.durable, change)
    file.unsynced = []
    this.#syncs++
  }
}

function apply(records: string[], change: Change): void {
  if (change.kind === 'append') {
    records.push(change.record)
  } else if (change.kind === 'truncate') {
    if (change.records < records.length) records.length = Math.max(0, change.records)
  } else {
    records.length = 0
    for (const record of change.records) records.push(record)
  }
}
