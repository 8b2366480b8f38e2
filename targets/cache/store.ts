/** The store behind the caches: one durable node; versions count the writes of a key. */
import type {Disk, Json} from '../../core/node.ts'
import type {Versioned} from './entries.ts'

const FILE = 'store'

export class Store {
  readonly #disk: Disk
  readonly #values = new Map<string, Versioned>()

  constructor(disk: Disk) {
    this.#disk = disk
    for (const [key, value, version] of disk.read<readonly [string, Json, number]>(FILE)) {
      this.#values.set(key, {value, version})
    }
  }

  read(key: string): Versioned {
    return this.#values.get(key) ?? {value: null, version: 0}
  }

  /** Durable when it returns. */
  write(key: string, value: Json): Versioned {
    const written = {value, version: this.read(key).version + 1}
    this.#values.set(key, written)
    this.#disk.append(FILE, [key, value, written.version])
    this.#disk.sync(FILE)
    return written
  }
}
