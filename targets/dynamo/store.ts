/** The objects of one node, on disk: a journal of whole objects, written afresh when most of it is outdated. */
import type {Disk} from '../../core/node.ts'
import {type CausalObject, digestOf, EMPTY} from './causal-object.ts'

const FILE = 'objects'
/** Records beyond the live ones before the journal is written afresh. */
const SLACK = 2000
const NONE = digestOf(EMPTY)

export class ObjectStore {
  readonly #disk: Disk
  readonly #objects = new Map<string, {readonly object: CausalObject; readonly digest: number}>()
  #records = 0
  /** Grows with every change. */
  version = 0

  constructor(disk: Disk) {
    this.#disk = disk
    for (const record of disk.read(FILE)) {
      const [key, object] = JSON.parse(record) as [string, CausalObject | null]
      this.#records++
      if (object === null) this.#objects.delete(key)
      else this.#objects.set(key, {object, digest: digestOf(object)})
    }
  }

  get keys(): IterableIterator<string> {
    return this.#objects.keys()
  }

  get size(): number {
    return this.#objects.size
  }

  has(key: string): boolean {
    return this.#objects.has(key)
  }

  get(key: string): CausalObject {
    return this.#objects.get(key)?.object ?? EMPTY
  }

  /** That of an empty object for a key that is not here. */
  digest(key: string): number {
    return this.#objects.get(key)?.digest ?? NONE
  }

  /** Durable when it returns. False where the object was here already. */
  put(key: string, object: CausalObject): boolean {
    const digest = digestOf(object)
    if (this.#objects.get(key)?.digest === digest) return false
    this.#objects.set(key, {object, digest})
    this.#note(key, object)
    return true
  }

  drop(key: string): void {
    if (this.#objects.delete(key)) this.#note(key, null)
  }

  #note(key: string, object: CausalObject | null): void {
    this.version++
    this.#disk.append(FILE, JSON.stringify([key, object]))
    if (++this.#records > 2 * this.#objects.size + SLACK) {
      this.#disk.replace(
        FILE,
        [...this.#objects].map(([name, kept]) => JSON.stringify([name, kept.object])),
      )
      this.#records = this.#objects.size
    }
    this.#disk.sync(FILE)
  }
}
