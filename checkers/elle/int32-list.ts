/** A growing column of 32-bit integers: the one container of the checker's inner loops. */
export class Int32List {
  items: Int32Array
  length = 0

  constructor(capacity = 1024) {
    this.items = new Int32Array(capacity)
  }

  push(value: number): void {
    if (this.length === this.items.length) this.#grow()
    this.items[this.length++] = value
  }

  #grow(): void {
    const wider = new Int32Array(this.items.length * 2)
    wider.set(this.items)
    this.items = wider
  }

  /** The filled part, sharing memory. */
  view(): Int32Array {
    return this.items.subarray(0, this.length)
  }
}

/** The offsets of consecutive runs: `counts[i]` items of run i begin at the result's i-th entry; the last is the total. */
export function offsetsOf(counts: Int32Array): Int32Array {
  const offsets = new Int32Array(counts.length + 1)
  for (let i = 0; i < counts.length; i++) offsets[i + 1] = offsets[i]! + counts[i]!
  return offsets
}
