/** One replica's copy of a partition: its records, on disk, and which of them came from which producer. */
import type {Disk} from '../../core/node.ts'
import type {LogRecord} from './messages.ts'

export class PartitionLog {
  readonly #disk: Disk
  readonly #file: string
  readonly #records: LogRecord[]
  /** The last record of each producer: its number and offset. */
  #producers = new Map<string, {readonly seq: number; readonly offset: number}>()

  constructor(disk: Disk, key: string) {
    this.#disk = disk
    this.#file = `log-${encodeURIComponent(key)}`
    this.#records = [...disk.read<LogRecord>(this.#file)]
    this.#recount()
  }

  get end(): number {
    return this.#records.length
  }

  /** The epoch of the last record before an offset; 0 where there is none. */
  epochBefore(offset: number): number {
    return this.#records[offset - 1]?.epoch ?? 0
  }

  /** Where the records of this epoch and of all before it end. */
  endOfEpoch(epoch: number): number {
    let end = this.end
    while (end > 0 && this.epochBefore(end) > epoch) end--
    return end
  }

  slice(from: number, to: number): readonly LogRecord[] {
    return this.#records.slice(from, to)
  }

  /** The offset of what a producer has sent already, -1 where it has sent later things since; undefined where it is new. */
  find(producer: string, seq: number): number | undefined {
    const last = this.#producers.get(producer)
    if (last === undefined || seq > last.seq) return undefined
    return seq === last.seq ? last.offset : -1
  }

  /** Durable when it returns. */
  append(records: readonly LogRecord[]): void {
    for (const record of records) {
      this.#producers.set(record.producer, {seq: record.seq, offset: this.#records.length})
      this.#records.push(record)
      this.#disk.append(this.#file, record)
    }
    this.#disk.sync(this.#file)
  }

  truncate(end: number): void {
    this.#records.length = end
    this.#disk.truncate(this.#file, end)
    this.#disk.sync(this.#file)
    this.#recount()
  }

  #recount(): void {
    this.#producers = new Map()
    for (const [offset, {producer, seq}] of this.#records.entries()) this.#producers.set(producer, {seq, offset})
  }
}
