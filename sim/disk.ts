/**
 * A simulated disk. A file is what is durable plus the changes made since its last sync, in order; a crash keeps, of each
 * file on its own, some prefix of those changes or none, drawn from the disk's stream. That is as bad as the `Disk`
 * contract allows: files are not written back in the order of their changes. Kinds of loss after Pillai et al., "All File
 * Systems Are Not Created Equal", OSDI 2014.
 *
 * Records stay the values that they are: nothing is written out, which is most of what makes this disk fast.
 */
import type {Disk, Json} from '../core/node.ts'
import type {Random} from '../core/random.ts'

type Change =
  | {readonly kind: 'append'; readonly record: Json}
  | {readonly kind: 'truncate'; readonly records: number}
  | {readonly kind: 'replace'; readonly records: readonly Json[]}

interface File {
  /** What reads see. */
  current: Json[]
  /** What a crash leaves untouched: so many records of `current` or, once those were changed, of a copy. */
  durable: number
  copy: Json[] | undefined
  /** Changes since the last sync; undefined while they are nothing but the appending of what `current` has beyond `durable`. */
  changes: Change[] | undefined
}

export class SimDisk implements Disk {
  readonly #random: Random
  readonly #files = new Map<string, File>()
  readonly #admit: (record: Json) => Json
  #syncs = 0

  /** `admit` sees every record that is written: strict simulations refuse what is not JSON, and freeze the rest. */
  constructor(random: Random, admit: (record: Json) => Json = (record) => record) {
    this.#random = random
    this.#admit = admit
  }

  /** How often something unsynced was made durable. */
  get syncs(): number {
    return this.#syncs
  }

  read<T extends Json = string>(file: string): readonly T[] {
    return (this.#files.get(file)?.current.slice() ?? []) as T[]
  }

  append(name: string, record: Json): void {
    const file = this.#file(name)
    file.current.push(this.#admit(record))
    file.changes?.push({kind: 'append', record})
  }

  truncate(name: string, records: number): void {
    this.#change(name, {kind: 'truncate', records})
  }

  replace(name: string, records: readonly Json[]): void {
    this.#change(name, {kind: 'replace', records: records.map(this.#admit)})
  }

  sync(name?: string): void {
    if (name === undefined) {
      for (const each of this.#files.values()) this.#syncFile(each)
      return
    }
    const file = this.#files.get(name)
    if (file !== undefined) this.#syncFile(file)
  }

  /** Power fails: of each file, unsynced changes are lost wholly (half of the time) or from some change on. */
  crash(): void {
    for (const file of this.#files.values()) {
      if (isSynced(file)) continue
      const changes = changesOf(file)
      const kept = this.#random.chance(0.5) ? 0 : this.#random.int(changes.length + 1)
      const left = file.copy ?? file.current.slice(0, file.durable)
      for (let i = 0; i < kept; i++) apply(left, changes[i]!)
      settle(file, left)
    }
  }

  #file(name: string): File {
    let file = this.#files.get(name)
    if (file === undefined) {
      file = {current: [], durable: 0, copy: undefined, changes: undefined}
      this.#files.set(name, file)
    }
    return file
  }

  #change(name: string, change: Change): void {
    const file = this.#file(name)
    file.changes = changesOf(file)
    if (file.copy === undefined && change.kind === 'replace' && file.durable === file.current.length) {
      file.copy = file.current
      file.current = []
    }
    file.copy ??= file.current.slice(0, file.durable)
    file.changes.push(change)
    apply(file.current, change)
  }

  #syncFile(file: File): void {
    if (isSynced(file)) return
    settle(file, file.current)
    this.#syncs++
  }
}

function isSynced(file: File): boolean {
  return file.changes === undefined && file.durable === file.current.length
}

function changesOf(file: File): Change[] {
  return file.changes ?? file.current.slice(file.durable).map((record) => ({kind: 'append', record}))
}

/** These are the records, all of them durable. */
function settle(file: File, records: Json[]): void {
  file.current = records
  file.durable = records.length
  file.copy = undefined
  file.changes = undefined
}

function apply(records: Json[], change: Change): void {
  if (change.kind === 'append') {
    records.push(change.record)
  } else if (change.kind === 'truncate') {
    if (change.records < records.length) records.length = Math.max(0, change.records)
  } else {
    records.length = 0
    for (const record of change.records) records.push(record)
  }
}
