/**
 * A simulated disk. A file is what is durable plus the changes made since its last sync, in order; a crash keeps, of each
 * file on its own, some prefix of those changes or none, drawn from the disk's stream. That is as bad as the `Disk`
 * contract allows: files are not written back in the order of their changes. Kinds of loss after Pillai et al., "All File
 * Systems Are Not Created Equal", OSDI 2014.
 *
 * Records stay the values that they are: nothing is written out, which is most of what makes this disk fast.
 */
import type {DiskFault} from '../core/cluster.ts'
import type {Disk, Json} from '../core/node.ts'
import type {Random} from '../core/random.ts'
import {DiskFailure, PowerFailure, readRecord, writeRecord} from '../core/record.ts'

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

export interface SimDiskOptions {
  /** Sees every record that is written: strict simulations refuse what is not JSON, and freeze the rest. */
  readonly admit?: (record: Json) => Json
  /** False serves damaged records as they are, as a disk does whose records carry no checksums. */
  readonly checksums?: boolean
  /** Told of every sync that takes its time, and how long, ms. */
  readonly slowed?: (delayMs: number) => void
}

export class SimDisk implements Disk {
  readonly #random: Random
  readonly #files = new Map<string, File>()
  readonly #admit: (record: Json) => Json
  readonly #checksums: boolean
  readonly #slowed: (delayMs: number) => void
  /** What stands on the disk in place of a record, by file and position. */
  readonly #damage = new Map<string, Map<number, string>>()
  #full = false
  #powerFails = false
  #slowMs = 0
  #syncs = 0
  /** Damaged records that a checksum has given away. */
  readonly caught = {torn: 0, flipped: 0}
  /** Whether somebody has been given a damaged record, or refused one, since the disk was sound. */
  #met = false

  constructor(random: Random, {admit, checksums = true, slowed}: SimDiskOptions = {}) {
    this.#random = random
    this.#admit = admit ?? ((record) => record)
    this.#checksums = checksums
    this.#slowed = slowed ?? (() => {})
  }

  /** How often something unsynced was made durable. */
  get syncs(): number {
    return this.#syncs
  }

  /** Throws DiskFailure where a record is damaged, and nobody may say what it was. */
  read<T extends Json = string>(file: string): readonly T[] {
    const records = (this.#files.get(file)?.current.slice() ?? []) as T[]
    for (const [position, line] of this.#damage.get(file) ?? []) {
      if (position < records.length) records[position] = this.#decode(file, position, line) as T
    }
    return records
  }

  append(name: string, record: Json): void {
    const file = this.#file(name)
    file.current.push(this.#admit(record))
    file.changes?.push({kind: 'append', record})
  }

  truncate(name: string, records: number): void {
    // Nothing is beyond it: a log that makes sure of its end before it appends should not pay for a copy of the file.
    if (records >= this.#file(name).current.length) return
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

  /**
   * Power fails: of each file, unsynced changes are lost wholly (half of the time) or from some change on. `torn` has it
   * fail in the midst of a write: of the record that comes next, a part is on the disk.
   */
  crash({torn = false} = {}): void {
    for (const [name, file] of this.#files) {
      if (isSynced(file)) continue
      const changes = changesOf(file)
      const kept = this.#random.chance(0.5) ? 0 : this.#random.int(changes.length + 1)
      const left = file.copy ?? file.current.slice(0, file.durable)
      for (let i = 0; i < kept; i++) apply(left, changes[i]!)
      const next = torn ? changes[kept] : undefined
      if (next?.kind === 'append') this.#tear(name, left, next.record)
      settle(file, left)
      this.#forgetDamage(name, left.length)
    }
  }

  /** Harms the disk as asked, until `heal`; a power cut is the machine's business. */
  harm(fault: Exclude<DiskFault, {kind: 'power-cut'}>): void {
    if (fault.kind === 'full') this.#full = true
    else if (fault.kind === 'slow') this.#slowMs = fault.delayMs
    else this.#flip()
  }

  /** Whether the power fails in the midst of the next sync that has something to write. */
  failAtSync(fails: boolean): void {
    this.#powerFails = fails
  }

  /** Forgets a file, as if it had never been. */
  remove(file: string): void {
    this.#files.delete(file)
  }

  /** Room again, full speed, and damaged records restored, as from a mirror. */
  heal(): void {
    this.#full = false
    this.#powerFails = false
    this.#met = false
    this.#slowMs = 0
    this.#damage.clear()
  }

  /** What is in force, in words; empty when sound. */
  describe(): string {
    const damaged = [...this.#damage.values()].reduce((sum, records) => sum + records.size, 0)
    return [
      this.#full ? 'full' : '',
      this.#slowMs > 0 ? `syncs take ${this.#slowMs} ms` : '',
      damaged > 0 ? `${damaged} ${damaged === 1 ? 'record' : 'records'} damaged${this.#met ? ' and met' : ''}` : '',
    ]
      .filter((text) => text !== '')
      .join(', ')
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
    this.#forgetDamage(name, change.kind === 'truncate' ? change.records : 0)
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
    if (this.#full) throw new DiskFailure('no space left on device')
    if (this.#powerFails) {
      this.#powerFails = false
      throw new PowerFailure('the power failed in the midst of a write')
    }
    settle(file, file.current)
    this.#syncs++
    if (this.#slowMs > 0) this.#slowed(this.#slowMs)
  }

  /** One bit of one durable record, drawn from all. Nothing where nothing is stored. */
  #flip(): void {
    const files = [...this.#files].filter(([, file]) => file.durable > 0 && file.copy === undefined)
    if (files.length === 0) return
    const [name, file] = this.#random.pick(files)
    const position = this.#random.int(file.durable)
    const line = writeRecord(file.current[position]!)
    const place = this.#random.int(line.length)
    const flipped = String.fromCharCode(line.charCodeAt(place) ^ (1 << this.#random.int(7)))
    let damage = this.#damage.get(name)
    if (damage === undefined) this.#damage.set(name, (damage = new Map()))
    damage.set(position, line.slice(0, place) + flipped + line.slice(place + 1))
  }

  /** A checksum drops what a torn write has left; without one, the beginning of the record is taken for a record. */
  #tear(name: string, records: Json[], record: Json): void {
    const line = writeRecord(record)
    const left = line.slice(0, this.#random.int(line.length))
    if (this.#checksums) this.caught.torn++
    else records.push(this.#decode(name, records.length, left))
  }

  #decode(file: string, position: number, line: string): Json {
    this.#met = true
    if (this.#checksums) {
      const record = readRecord(line)
      if (record !== undefined) return record
      this.caught.flipped++
      throw new DiskFailure(`${file}: record ${position + 1} is not what was written`)
    }
    const text = line.slice(9)
    try {
      return JSON.parse(text) as Json
    } catch {
      return text
    }
  }

  #forgetDamage(name: string, from: number): void {
    const damage = this.#damage.get(name)
    if (damage === undefined) return
    for (const position of damage.keys()) if (position >= from) damage.delete(position)
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
