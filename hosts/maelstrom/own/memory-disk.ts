/** A disk that lasts as long as the process. Maelstrom ends nodes without warning, so nothing could be cleaned up after them. */
import type {Disk, Json} from '../../../core/node.ts'

export class MemoryDisk implements Disk {
  readonly #files = new Map<string, Json[]>()

  read<T extends Json = string>(file: string): readonly T[] {
    return this.#open(file) as T[]
  }

  append(file: string, record: Json): void {
    this.#open(file).push(record)
  }

  truncate(file: string, records: number): void {
    // A copy: what was read before must not change.
    this.#files.set(file, this.#open(file).slice(0, records))
  }

  replace(file: string, records: readonly Json[]): void {
    this.#files.set(file, [...records])
  }

  sync(): void {}

  #open(file: string): Json[] {
    let records = this.#files.get(file)
    if (records === undefined) this.#files.set(file, (records = []))
    return records
  }
}
