/** Records that a bench keeps from call to call: a JSON list with one record a line, so that its changes can be read. */
import {existsSync, readFileSync, renameSync, writeFileSync} from 'node:fs'

export class JsonLines<T> {
  readonly #file: string

  constructor(file: string) {
    this.#file = file
  }

  /** Read anew each time: others may have added to it. */
  all(): T[] {
    return existsSync(this.#file) ? (JSON.parse(readFileSync(this.#file, 'utf8')) as T[]) : []
  }

  add(record: T): void {
    this.#write([...this.all(), record])
  }

  /** Puts it in the place of the one that is meant, or at the end. */
  replace(meant: (record: T) => boolean, by: T): void {
    const records = this.all()
    const place = records.findIndex(meant)
    if (place < 0) records.push(by)
    else records[place] = by
    this.#write(records)
  }

  /** The file is never half written. */
  #write(records: readonly T[]): void {
    writeFileSync(`${this.#file}.new`, `[\n${records.map((record) => JSON.stringify(record)).join(',\n')}\n]\n`)
    renameSync(`${this.#file}.new`, this.#file)
  }
}
