/**
 * A node's disk as files. What is not synced stays in this process's memory, so SIGKILL has the meaning of a power cut and
 * a forgotten sync is found with real processes too. `sync` hands the bytes to the operating system, which no SIGKILL can
 * take away; it does not wait for the platter, since nobody here pulls the plug of the machine.
 *
 * On a sound disk that happens once for all syncs of a turn of the event loop, at its end and before anything of that turn
 * leaves the process (`settle`): a write costs as much as all else that a node does for a small request, and nobody can tell
 * a node that died before it was done from one that died before it synced. (Group commit; DeWitt et al. 1984.)
 *
 * A file is one record a line, behind its checksum (`core/record.ts`). A damaged record stops the node: it must not serve
 * what it cannot trust. A last line without its end was torn (somebody died in mid-write), and is dropped on reading: it was
 * never synced.
 */
import {
  closeSync,
  existsSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs'
import {join} from 'node:path'
import type {Disk, Json} from '../../core/node.ts'
import {DiskFailure, readRecord, writeRecord} from '../../core/record.ts'
import {beforeWrite, type DiskState, failInMidWrite, isSound, SOUND} from './disk-faults.ts'
import {isOurs} from './stored-bytes.ts'

interface File {
  /** The records as the node sees them, unsynced changes included. */
  records: Json[]
  /** How many leading records are in the file as they stand here. */
  durable: number
  /** Byte offset in the file at which each durable record ends. */
  ends: number[]
  /** The whole file must be written again (after `replace`). */
  rewrite: boolean
  /** How many leading records were there at the last sync that has not been done yet. */
  due: number | undefined
  descriptor: number
}

export class FileDisk implements Disk {
  readonly #directory: string
  readonly #files = new Map<string, File>()
  readonly #dirty = new Set<string>()
  /** Synced, and not done yet. */
  readonly #due = new Set<string>()
  readonly #later: (() => void) | undefined
  #state: DiskState = SOUND

  /** `later` is told that there is something to `settle` at the end of this turn; without it, each sync is done at once. */
  constructor(directory: string, later?: () => void) {
    this.#directory = directory
    this.#later = later
    mkdirSync(directory, {recursive: true})
  }

  /** What is wrong with it. */
  get state(): DiskState {
    return this.#state
  }

  /** What was synced before was synced on the disk as it was. */
  set state(state: DiskState) {
    this.settle()
    this.#state = state
  }

  read<T extends Json = string>(file: string): readonly T[] {
    return this.#open(file).records as T[]
  }

  append(file: string, record: Json): void {
    this.#open(file).records.push(record)
    this.#dirty.add(file)
  }

  truncate(file: string, records: number): void {
    const state = this.#open(file)
    if (records >= state.records.length) return
    this.#settle(file, state)
    state.records = state.records.slice(0, records)
    state.durable = Math.min(state.durable, records)
    this.#dirty.add(file)
  }

  replace(file: string, records: readonly Json[]): void {
    const state = this.#open(file)
    this.#settle(file, state)
    state.records = records.slice()
    state.durable = 0
    state.rewrite = true
    this.#dirty.add(file)
  }

  sync(file?: string): void {
    if (file !== undefined) {
      if (this.#dirty.has(file)) this.#sync(file)
      return
    }
    for (const name of this.#dirty) if (!isOurs(name)) this.#sync(name)
  }

  /** Does every sync that has not been done yet. */
  settle(): void {
    for (const file of this.#due) this.#settle(file, this.#files.get(file) as File)
  }

  #sync(file: string): void {
    const state = this.#files.get(file) as File
    if (this.#later === undefined || !isSound(this.#state)) {
      this.#settle(file, state)
      this.#flush(file, state, state.records.length)
      this.#dirty.delete(file)
      return
    }
    state.due = state.records.length
    this.#due.add(file)
    this.#dirty.delete(file)
    this.#later()
  }

  /** Does the syncs of one file that have not been done yet. What was added since the last of them is not a part of it. */
  #settle(file: string, state: File): void {
    if (state.due === undefined) return
    this.#flush(file, state, state.due)
    state.due = undefined
    this.#due.delete(file)
  }

  #path(file: string): string {
    return join(this.#directory, file)
  }

  #open(file: string): File {
    const known = this.#files.get(file)
    if (known !== undefined) return known
    const path = this.#path(file)
    const records: Json[] = []
    const ends: number[] = []
    if (existsSync(path)) {
      const bytes = readFileSync(path)
      let start = 0
      for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, start)) {
        const record = readRecord(bytes.toString('utf8', start, end))
        if (record === undefined) throw damaged(file, records.length + 1)
        records.push(record)
        start = end + 1
        ends.push(start)
      }
      // A whole record with something else behind it than the end of its line was not torn.
      if (start < bytes.length && readRecord(bytes.toString('utf8', start, bytes.length - 1)) !== undefined) {
        throw damaged(file, records.length + 1)
      }
    }
    const descriptor = openSync(path, existsSync(path) ? 'r+' : 'w+')
    ftruncateSync(descriptor, ends.at(-1) ?? 0)
    const state: File = {records, durable: records.length, ends, rewrite: false, due: undefined, descriptor}
    this.#files.set(file, state)
    return state
  }

  /** Forgets a file, as if it had never been. */
  remove(file: string): void {
    const state = this.#files.get(file)
    if (state !== undefined) closeSync(state.descriptor)
    this.#files.delete(file)
    this.#dirty.delete(file)
    this.#due.delete(file)
    rmSync(this.#path(file), {force: true})
  }

  /** Brings the file up to the first `upTo` records: cut off what was truncated, add what was appended. */
  #flush(file: string, state: File, upTo: number): void {
    beforeWrite(this.#state)
    if (state.rewrite) {
      closeSync(state.descriptor)
      const path = this.#path(file)
      const fresh = `${path}.new`
      state.descriptor = openSync(fresh, 'w+')
      state.ends = []
      state.durable = 0
      state.rewrite = false
      this.#write(state, upTo)
      renameSync(fresh, path)
      return
    }
    if (state.ends.length > state.durable) {
      state.ends.length = state.durable
      ftruncateSync(state.descriptor, state.ends.at(-1) ?? 0)
    }
    this.#write(state, upTo)
  }

  #write(state: File, upTo: number): void {
    const position = state.ends.at(-1) ?? 0
    const lines: string[] = []
    for (let i = state.durable; i < upTo; i++) lines.push(writeRecord(state.records[i] as Json))
    const text = lines.map((line) => `${line}\n`).join('')
    const bytes = Buffer.from(text)
    const ascii = bytes.length === text.length
    let end = position
    for (const line of lines) {
      end += (ascii ? line.length : Buffer.byteLength(line)) + 1
      state.ends.push(end)
    }
    if (this.#state.powerFails) failInMidWrite(bytes, (part) => writeAll(state.descriptor, part, position))
    writeAll(state.descriptor, bytes, position)
    state.durable = upTo
  }
}

function damaged(file: string, record: number): DiskFailure {
  return new DiskFailure(`${file}: record ${record} is not what was written`)
}

function writeAll(descriptor: number, bytes: Uint8Array, position: number): void {
  for (let written = 0; written < bytes.length; ) {
    written += writeSync(descriptor, bytes, written, bytes.length - written, position + written)
  }
}
