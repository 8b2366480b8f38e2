/** Records that a bench keeps from call to call: JSON, one record a line. */
import {existsSync, readFileSync, renameSync, writeFileSync} from 'node:fs'

export class JsonLines<T> {
  readonly #file: string

  constructor(file: string) {
    this.#file = file
  }

  /** Read anew each time: others may have added to it. */
  all(): T[] {
    if (!existsSync(this.#file)) return []
    const lines = readFileSync(this.#file, 'utf8').split('\n').filter(Boolean)
    return lines.map((line) => JSON.parse(line) as T)
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
    writeFileSync(
      `${this.#file}.new`,
      records
        .map(
          (record) => `${JSON.stringify(record)}
`,
        )
        .join(''),
    )
    renameSync(`${this.#file}.new`, this.#file)
  }
}
