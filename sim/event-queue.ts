/**
 * The future of a simulated world: what is going to happen, by time, and by order of planning where times are equal. The
 * explicit tie-break is what makes a seed repeat itself: nothing depends on how a heap happens to sift.
 *
 * A binary heap with lazy deletion: a cancelled event stays in its place without its action until its time comes.
 */

/** Something planned. `run` is undefined once it was cancelled. */
export interface SimEvent {
  readonly timeNs: number
  readonly sequence: number
  run: (() => void) | undefined
}

export class EventQueue {
  readonly #heap: SimEvent[] = []
  #sequence = 0

  /** Events in the queue, cancelled ones included. */
  get size(): number {
    return this.#heap.length
  }

  add(timeNs: number, run: () => void): SimEvent {
    const event: SimEvent = {timeNs, sequence: this.#sequence++, run}
    const heap = this.#heap
    let i = heap.length
    heap.push(event)
    while (i > 0) {
      const parent = (i - 1) >> 1
      const above = heap[parent]!
      // A new event has the highest sequence, so at equal times it stays below.
      if (above.timeNs <= timeNs) break
      heap[i] = above
      i = parent
    }
    heap[i] = event
    return event
  }

  /** The earliest event that was not cancelled, left in place. */
  peek(): SimEvent | undefined {
    const heap = this.#heap
    while (heap.length > 0 && heap[0]!.run === undefined) this.#removeFirst()
    return heap[0]
  }

  /** Takes the earliest event that was not cancelled. */
  take(): SimEvent | undefined {
    const first = this.peek()
    if (first !== undefined) this.#removeFirst()
    return first
  }

  #removeFirst(): void {
    const heap = this.#heap
    const last = heap.pop()!
    const length = heap.length
    if (length === 0) return
    let i = 0
    for (;;) {
      let child = 2 * i + 1
      if (child >= length) break
      if (child + 1 < length && before(heap[child + 1]!, heap[child]!)) child++
      if (!before(heap[child]!, last)) break
      heap[i] = heap[child]!
      i = child
    }
    heap[i] = last
  }
}

function before(left: SimEvent, right: SimEvent): boolean {
  return left.timeNs < right.timeNs || (left.timeNs === right.timeNs && left.sequence < right.sequence)
}
