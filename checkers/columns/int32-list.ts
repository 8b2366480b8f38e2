/** A growing column of 32-bit integers: the one container of the checker's inner loops. */
import {int32} from './column.ts'
export class Int32List {
  items: Int32Array
  length = 0

  constructor(capacity = 1024) {
    this.items = int32(capacity)
  }

  push(value: number): void {
    if (this.length === this.items.length) this.#grow()
    this.items[this.length++] = value
  }

  #grow(): void {
    const wider = int32(this.items.length * 2)
    wider.set(this.items)
    this.items = wider
  }

  /** The filled part, sharing memory. */
  view(): Int32Array {
    return this.items.subarray(0, this.length)
  }
}
