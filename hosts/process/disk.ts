/**
 * A node's disk as files. What is not synced stays in this process's memory, so SIGKILL has the meaning of a power cut and
 * a forgotten sync is found with real processes too. `sync` hands the bytes to the operating system, which no SIGKILL can
 * take away; it does not wait for the platter, since nobody here pulls the plug of the machine.
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
import {beforeWrite, type DiskState, failInMidWrite, SOUND} from './disk-faults.ts'
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
  descriptor: number
}

export class FileDisk implements Disk {
  readonly #directory: string
  readonly #files = new Map<string, File>()
  readonly #dirty = new Set<string>()
  /** What is wrong with it. */
  state: DiskState = SOUND

  constructor(directory: string) {
    this.#directory = directory
    mkdirSync(directory, {recursive: true})
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
    state.records = state.records.slice(0, records)
    state.durable = Math.min(state.durable, records)
    this.#dirty.add(file)
  }

  replace(file: string, records: readonly Json[]): void {
    const state = this.#open(file)
    state.records = records.slice()
    state.durable = 0
    state.rewrite = true
    this.#dirty.add(file)
  }

  sync(file?: string): void {
    if (file !== undefined) {
      if (!this.#dirty.has(file)) return
      this.#flush(file)
      this.#dirty.delete(file)
      return
    }
    for (const name of [...this.#dirty].filter((each) => !isOurs(each))) {
      this.#flush(name)
      this.#dirty.delete(name)
    }
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
    const state = {records, durable: records.length, ends, rewrite: false, descriptor}
    this.#files.set(file, state)
    return state
  }

  /** Forgets a file, as if it had never been. */
  remove(file: string): void {
    const state = this.#files.get(file)
    if (state !== undefined) closeSync(state.descriptor)
    this.#files.delete(file)
    this.#dirty.delete(file)
    rmSync(this.#path(file), {force: true})
  }

  /** Brings the file up to the records: cut off what was truncated, add what was appended. */
  #flush(file: string): void {
    const state = this.#files.get(file) as File
    beforeWrite(this.state)
    if (state.rewrite) {
      closeSync(state.descriptor)
      const path = this.#path(file)
      const fresh = `${path}.new`
      state.descriptor = openSync(fresh, 'w+')
      state.ends = []
      state.durable = 0
      state.rewrite = false
      this.#write(state)
      renameSync(fresh, path)
      return
    }
    if (state.ends.length > state.durable) {
      state.ends.length = state.durable
      ftruncateSync(state.descriptor, state.ends.at(-1) ?? 0)
    }
    this.#write(state)
  }

  #write(state: File): void {
    let end = state.ends.at(-1) ?? 0
    const position = end
    let text = ''
    for (let i = state.durable; i < state.records.length; i++) {
      const record = writeRecord(state.records[i] as Json)
      text += `${record}\n`
      end += Buffer.byteLength(record) + 1
      state.ends.push(end)
    }
    const bytes = Buffer.from(text)
    if (this.state.powerFails) failInMidWrite(bytes, (part) => writeAll(state.descriptor, part, position))
    writeAll(state.descriptor, bytes, position)
    state.durable = state.records.length
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
