/** What is under way, by when it arrives; in the order of sending where that is equal. A binary heap. */
export class Mailboxes<T> {
  readonly #atNs: number[] = []
  readonly #order: number[] = []
  readonly #items: T[] = []
  #added = 0

  add(atNs: number, item: T): void {
    let place = this.#items.length
    const order = this.#added++
    this.#atNs.push(atNs)
    this.#order.push(order)
    this.#items.push(item)
    while (place > 0) {
      const parent = (place - 1) >> 1
      if (!this.#before(place, parent)) break
      this.#swap(place, parent)
      place = parent
    }
  }

  /** When the first one arrives; undefined where nothing is under way. */
  nextNs(): number | undefined {
    return this.#atNs[0]
  }

  /** The first one that arrives by now, taken out. */
  take(nowNs: number): T | undefined {
    const firstNs = this.#atNs[0]
    if (firstNs === undefined || firstNs > nowNs) return undefined
    const item = this.#items[0] as T
    this.#swap(0, this.#items.length - 1)
    this.#atNs.pop()
    this.#order.pop()
    this.#items.pop()
    this.#sink()
    return item
  }

  clear(): void {
    this.#atNs.length = this.#order.length = this.#items.length = 0
  }

  #sink(): void {
    const size = this.#items.length
    for (let place = 0; ; ) {
      let least = place
      for (const child of [2 * place + 1, 2 * place + 2]) if (child < size && this.#before(child, least)) least = child
      if (least === place) return
      this.#swap(place, least)
      place = least
    }
  }

  #before(left: number, right: number): boolean {
    const difference = (this.#atNs[left] as number) - (this.#atNs[right] as number)
    return difference < 0 || (difference === 0 && (this.#order[left] as number) < (this.#order[right] as number))
  }

  #swap(left: number, right: number): void {
    for (const column of [this.#atNs, this.#order, this.#items] as unknown[][]) {
      const kept = column[left]
      column[left] = column[right]
      column[right] = kept
    }
  }
}
