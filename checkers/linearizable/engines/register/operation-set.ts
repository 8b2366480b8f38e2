/** A set of operations that is walked through often: they lie together, in no order, and each knows its place. */
import {column32} from '../../../columns/column.ts'
import {scratch32} from '../../../columns/scratch.ts'

export class Operations {
  /** The first `count` are its members. */
  items: Int32Array = scratch32(64)
  count = 0
  readonly #place: Int32Array

  /** For operations below `size`. */
  constructor(size: number) {
    this.#place = column32(size)
  }

  add(operation: number): void {
    if (this.count === this.items.length) {
      const items = scratch32(2 * this.count)
      items.set(this.items)
      this.items = items
    }
    this.#place[operation] = this.count
    this.items[this.count++] = operation
  }

  /** It must be a member. Another may take its place: who walks and removes walks backwards. */
  remove(operation: number): void {
    const place = this.#place[operation]!
    const last = this.items[--this.count]!
    this.items[place] = last
    this.#place[last] = place
  }

  clear(): void {
    this.count = 0
  }
}
