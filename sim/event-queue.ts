/**
 * The future of a simulated world: what is going to happen, by time, and by order of planning where times are equal. The
 * explicit tie-break is what makes a seed repeat itself: nothing depends on how a heap happens to sift.
 *
 * A binary heap whose keys lie in typed arrays, since comparing them is most of the work. Deletion is lazy: a cancelled
 * event stays in its place until its time comes. So is postponement, which is what a timer that is set again and again
 * does all day: the event stays where it was, and sinks to its new place when it comes up.
 */

/** Something planned. Whoever plans many of them extends it with what they need, instead of a closure for each. */
export abstract class SimEvent {
  /** Its place among events of its time; -1 while it is not planned. */
  sequence = -1
  /** The sequence of the entry in the heap that stands for it; -1 where there is none. */
  entrySequence = -1

  /** Happens. */
  abstract run(): void

  /** It will not happen. */
  cancel(): void {
    this.sequence = -1
  }
}

/** An event that may be planned again, for another time, while it is planned or after it was cancelled. */
export abstract class Recurring extends SimEvent {
  /** When it is due, and when the entry that stands for it in the heap comes up, which may be earlier. */
  timeNs = Number.NaN
  entryNs = Number.NaN
}

/** A call that may be planned again. */
export class Alarm extends Recurring {
  readonly #call: () => void

  constructor(call: () => void) {
    super()
    this.#call = call
  }

  run(): void {
    this.#call()
  }
}

/** An event that calls a function. */
export class Callback extends SimEvent {
  readonly #call: () => void

  constructor(call: () => void) {
    super()
    this.#call = call
  }

  run(): void {
    this.#call()
  }
}

export class EventQueue {
  #times = new Float64Array(256)
  #sequences = new Float64Array(256)
  readonly #events: SimEvent[] = []
  #nextSequence = 0
  /** When the event that was taken last was due. */
  takenNs = 0

  /** Events in the queue, cancelled ones included. */
  get size(): number {
    return this.#events.length
  }

  /** Plans an event, or plans it anew for another time. */
  set(event: Recurring, timeNs: number): void {
    event.timeNs = timeNs
    // Postponed: its entry comes up no later than it must, and sinks then. Brought forward: the old entry means nothing.
    if (event.entrySequence >= 0 && event.entryNs <= timeNs) {
      event.sequence = this.#nextSequence++
      return
    }
    event.entryNs = timeNs
    this.add(event, timeNs)
  }

  /** Plans an event that is not planned. */
  add(event: SimEvent, timeNs: number): void {
    const sequence = this.#nextSequence++
    event.sequence = sequence
    event.entrySequence = sequence
    const events = this.#events
    let i = events.length
    if (i === this.#times.length) this.#grow()
    const times = this.#times
    const sequences = this.#sequences
    events.push(event)
    while (i > 0) {
      const parent = (i - 1) >> 1
      // A new event has the highest sequence, so at equal times it stays below.
      if (times[parent]! <= timeNs) break
      events[i] = events[parent]!
      times[i] = times[parent]!
      sequences[i] = sequences[parent]!
      i = parent
    }
    events[i] = event
    times[i] = timeNs
    sequences[i] = sequence
  }

  /** When the next event is due; Infinity when there is none. */
  nextNs(): number {
    return this.#settle() === undefined ? Number.POSITIVE_INFINITY : this.#times[0]!
  }

  /** Takes the earliest event that was not cancelled, if it is due by `limitNs`; `takenNs` is when it was due. */
  take(limitNs = Number.POSITIVE_INFINITY): SimEvent | undefined {
    const first = this.#settle()
    if (first === undefined) return undefined
    const timeNs = this.#times[0]!
    if (timeNs > limitNs) return undefined
    this.takenNs = timeNs
    this.#removeFirst()
    first.sequence = -1
    first.entrySequence = -1
    return first
  }

  /** Brings the earliest event that will happen to the top. */
  #settle(): SimEvent | undefined {
    const events = this.#events
    while (events.length > 0) {
      const first = events[0]!
      const sequence = this.#sequences[0]!
      if (first.sequence === sequence) return first
      if (first.entrySequence !== sequence) this.#removeFirst()
      else if (first.sequence < 0) {
        first.entrySequence = -1
        this.#removeFirst()
      } else {
        // Only what can be postponed has another sequence than its entry.
        const postponed = first as Recurring
        postponed.entryNs = postponed.timeNs
        postponed.entrySequence = postponed.sequence
        this.#sink(postponed, postponed.timeNs, postponed.sequence)
      }
    }
    return undefined
  }

  #removeFirst(): void {
    const events = this.#events
    const last = events.pop()!
    const length = events.length
    if (length > 0) this.#sink(last, this.#times[length]!, this.#sequences[length]!)
  }

  /** Puts this event in the place of the first, and down from there to where it belongs. */
  #sink(event: SimEvent, timeNs: number, sequence: number): void {
    const events = this.#events
    const times = this.#times
    const sequences = this.#sequences
    const length = events.length
    let i = 0
    for (;;) {
      let child = 2 * i + 1
      if (child >= length) break
      const right = child + 1
      if (
        right < length &&
        (times[right]! < times[child]! || (times[right] === times[child] && sequences[right]! < sequences[child]!))
      ) {
        child = right
      }
      const childNs = times[child]!
      if (childNs > timeNs || (childNs === timeNs && sequences[child]! > sequence)) break
      events[i] = events[child]!
      times[i] = childNs
      sequences[i] = sequences[child]!
      i = child
    }
    events[i] = event
    times[i] = timeNs
    sequences[i] = sequence
  }

  #grow(): void {
    const times = new Float64Array(2 * this.#times.length)
    const sequences = new Float64Array(2 * this.#sequences.length)
    times.set(this.#times)
    sequences.set(this.#sequences)
    this.#times = times
    this.#sequences = sequences
  }
}
