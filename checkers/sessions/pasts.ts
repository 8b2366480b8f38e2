/**
 * The question of `serialization.ts`, answered yes or no, fast: for one process after the other over one demanded order.
 *
 * The rule is the same (a write of a key that must come before a read of it must come before the write that this read saw; there
 * is a serialization exactly when that ends without a cycle), but nothing is built that does not differ between processes:
 *  - the demanded order is two predecessors for each access, in typed arrays, made once;
 *  - what a process adds (its own order, and what the rule forces) lies over it in lists that are taken off again;
 *  - the past of a read contains that of the read before it, so all pasts of a process are one backward search, and another
 *    only when a forced order makes a write enter a past earlier than it had;
 *  - accesses have a time (a write its invocation, a read its return) along which nearly every order goes forward. A cycle
 *    needs an order that goes back, and lies within the times that such orders span; only there is it looked for.
 * A process costs time in proportion to its past, which is the whole history at most.
 */
import type {Access} from './accesses.ts'

/** An order that a model demands of everybody: at most two immediate predecessors of each access. */
export interface SharedOrder {
  /** Every access, by id, and perhaps nodes that only pass an order on (they are reads that no process makes). */
  readonly all: readonly Access[]
  /** Ids of predecessors; -1 for none. */
  readonly first: Int32Array
  readonly second: Int32Array
  /** Whether each process's writes are in order: then of its writes only the last needs to be ordered. */
  readonly chained: boolean
}

/** What this process's own operations add, each an id that comes before another. */
export type OwnOrder = Iterable<readonly [earlier: number, later: number]>

/** Nodes looked at between two questions whether there is any budget left. */
const STRIDE = 65_536

export class Pasts {
  readonly #order: SharedOrder
  /** Key numbers of writes; -1 for anything else. */
  readonly #keyOf: Int32Array
  readonly #times: Float64Array
  /** Demanded orders that go back in time, as pairs. */
  readonly #demandedBack: number[] = []
  readonly #processOf: Int32Array

  // What one process lays over the demanded order: a list of predecessors for each node.
  readonly #head: Int32Array
  readonly #earlier: number[] = []
  readonly #next: number[] = []
  readonly #touched: number[] = []
  readonly #back: number[] = []
  readonly #forced = new Set<number>()

  // The search: in which round a node was entered, and from which read.
  readonly #round: Int32Array
  readonly #entry: Int32Array
  #rounds = 0

  // Per key: writes in the past that no read of the key has been compared with, as a list; and what was last read of it.
  readonly #keys = new Map<unknown, number>()
  readonly #fresh: Int32Array
  readonly #freshRound: Int32Array
  readonly #freshNext: Int32Array
  readonly #last: Int32Array
  readonly #lastRound: Int32Array
  readonly #wantedBy: Int32Array
  #process = 0

  readonly #colour: Uint8Array

  constructor(order: SharedOrder) {
    this.#order = order
    const {all, first, second} = order
    const count = all.length
    this.#keyOf = new Int32Array(count).fill(-1)
    this.#times = new Float64Array(count)
    this.#processOf = new Int32Array(count)
    const processes = new Map<unknown, number>()
    for (let id = 0; id < count; id++) {
      const {kind, key, operation, process} = all[id] as Access
      this.#times[id] = timeOf(kind, operation)
      this.#processOf[id] = numberOf(processes, process)
      const number = numberOf(this.#keys, key)
      if (kind === 'write') this.#keyOf[id] = number
    }
    for (let id = 0; id < count; id++) {
      for (const from of [first[id] as number, second[id] as number]) {
        if (from >= 0 && this.#isBack(from, id)) this.#demandedBack.push(from, id)
      }
    }
    this.#head = new Int32Array(count).fill(-1)
    this.#round = new Int32Array(count)
    this.#entry = new Int32Array(count)
    this.#freshNext = new Int32Array(count)
    this.#colour = new Uint8Array(count)
    const keys = this.#keys.size
    this.#fresh = new Int32Array(keys)
    this.#freshRound = new Int32Array(keys)
    this.#last = new Int32Array(keys)
    this.#lastRound = new Int32Array(keys)
    this.#wantedBy = new Int32Array(keys)
  }

  /** Whether a serialization explains the reads of a process, which are in program order; undefined where `spent` says so. */
  explain(reads: readonly Access[], own: OwnOrder, spent: () => boolean): boolean | undefined {
    this.#clear()
    this.#process++
    for (const [earlier, later] of own) this.#put(earlier, later)
    for (const [place, {id, from, key}] of reads.entries()) {
      if (from !== undefined) this.#put(from.id, id)
      if (place > 0) this.#put((reads[place - 1] as Access).id, id)
      this.#wantedBy[this.#keys.get(key) as number] = this.#process
    }
    for (;;) {
      const answer = this.#saturate(reads, spent)
      if (answer === undefined || answer === 'refuted') return answer === undefined ? undefined : false
      if (this.#hasCycle()) return false
      if (answer === 'settled') return true
    }
  }

  #clear(): void {
    for (const id of this.#touched) this.#head[id] = -1
    this.#touched.length = 0
    this.#earlier.length = 0
    this.#next.length = 0
    this.#back.length = 0
    this.#forced.clear()
  }

  #put(earlier: number, later: number): void {
    const head = this.#head[later] as number
    if (head < 0) this.#touched.push(later)
    this.#next.push(head)
    this.#head[later] = this.#earlier.push(earlier) - 1
    if (this.#isBack(earlier, later)) this.#back.push(earlier, later)
  }

  #isBack(earlier: number, later: number): boolean {
    return (this.#times[earlier] as number) >= (this.#times[later] as number)
  }

  /** One backward search through the pasts of all reads. */
  #saturate(reads: readonly Access[], spent: () => boolean): 'settled' | 'again' | 'refuted' | undefined {
    const round = ++this.#rounds
    let again = false
    let looked = 0
    for (let place = 0; place < reads.length; place++) {
      const {id, key, from} = reads[place] as Access
      looked += this.#enter(id, place, round)
      if (looked > STRIDE) {
        if (spent()) return undefined
        looked = 0
      }
      const number = this.#keys.get(key) as number
      const last = this.#lastRound[number] === round ? (this.#last[number] as number) : -1
      let write = this.#freshRound[number] === round ? (this.#fresh[number] as number) : -1
      if (from === undefined) {
        if (write >= 0 || last >= 0) return 'refuted'
        continue
      }
      if (last >= 0 && last !== from.id && this.#force(last, from.id)) again = true
      for (; write >= 0; write = this.#freshNext[write] as number) {
        if (write !== from.id && this.#force(write, from.id)) again = true
      }
      this.#freshRound[number] = 0
      this.#last[number] = from.id
      this.#lastRound[number] = round
    }
    return again ? 'again' : 'settled'
  }

  /** Adds what leads to a read to its past; how many were added. */
  #enter(id: number, place: number, round: number): number {
    const {first, second} = this.#order
    const stack = [id]
    let count = 0
    this.#round[id] = round
    this.#entry[id] = place
    const visit = (earlier: number) => {
      if (earlier < 0 || this.#round[earlier] === round) return
      this.#round[earlier] = round
      this.#entry[earlier] = place
      stack.push(earlier)
    }
    while (stack.length > 0) {
      const at = stack.pop() as number
      count++
      const key = this.#keyOf[at] as number
      if (key >= 0 && this.#wantedBy[key] === this.#process) {
        this.#freshNext[at] = this.#freshRound[key] === round ? (this.#fresh[key] as number) : -1
        this.#fresh[key] = at
        this.#freshRound[key] = round
      }
      visit(first[at] as number)
      visit(second[at] as number)
      for (let link = this.#head[at] as number; link >= 0; link = this.#next[link] as number) {
        visit(this.#earlier[link] as number)
      }
    }
    return count
  }

  /** Puts a write before the one that was read; whether that makes it part of an earlier past than it was. */
  #force(earlier: number, later: number): boolean {
    const {all, chained} = this.#order
    if (chained && earlier < later && this.#processOf[earlier] === this.#processOf[later]) return false
    const pair = earlier * all.length + later
    if (this.#forced.has(pair)) return false
    this.#forced.add(pair)
    this.#put(earlier, later)
    return (this.#entry[earlier] as number) > (this.#entry[later] as number)
  }

  /** Whether there is a cycle: each has an order that goes back in time, and lies within what such orders span together. */
  #hasCycle(): boolean {
    const back = [...this.#demandedBack, ...this.#back]
    if (back.length === 0) return false
    const spans: {readonly low: number; high: number; readonly ends: number[]}[] = []
    const places = Array.from({length: back.length / 2}, (_, i) => 2 * i)
    const time = (place: number) => this.#times[back[place] as number] as number
    places.sort((left, right) => time(left + 1) - time(right + 1))
    for (const place of places) {
      const [low, high] = [time(place + 1), time(place)]
      const span = spans.at(-1)
      if (span === undefined || low > span.high) spans.push({low, high, ends: [back[place + 1] as number]})
      else {
        span.high = Math.max(span.high, high)
        span.ends.push(back[place + 1] as number)
      }
    }
    return spans.some(({low, high, ends}) => this.#cycleWithin(low, high, ends))
  }

  /** A depth-first search against the order, among accesses of these times. */
  #cycleWithin(low: number, high: number, starts: readonly number[]): boolean {
    const GREY = 1
    const BLACK = 2
    const colour = this.#colour
    const seen: number[] = []
    const path: {readonly id: number; readonly before: readonly number[]; next: number}[] = []
    const open = (id: number) => {
      colour[id] = GREY
      seen.push(id)
      path.push({id, before: this.#before(id), next: 0})
    }
    let found = false
    for (const start of starts) {
      if (colour[start] !== 0) continue
      open(start)
      while (path.length > 0 && !found) {
        const top = path.at(-1) as (typeof path)[number]
        const to = top.before[top.next++]
        if (to === undefined) {
          colour[top.id] = BLACK
          path.pop()
          continue
        }
        const time = this.#times[to] as number
        if (time < low || time > high) continue
        if (colour[to] === GREY) found = true
        else if (colour[to] === 0) open(to)
      }
      if (found) break
    }
    for (const id of seen) colour[id] = 0
    return found
  }

  #before(id: number): number[] {
    const {first, second} = this.#order
    const before = [first[id] as number, second[id] as number].filter((earlier) => earlier >= 0)
    for (let link = this.#head[id] as number; link >= 0; link = this.#next[link] as number) {
      before.push(this.#earlier[link] as number)
    }
    return before
  }
}

function numberOf(numbers: Map<unknown, number>, value: unknown): number {
  let number = numbers.get(value)
  if (number === undefined) numbers.set(value, (number = numbers.size))
  return number
}

/** Reads are explained by when they returned, writes by when they were invoked; a compare-and-set writes after it has read. */
function timeOf(kind: Access['kind'], {f, outcome, invoke, completion}: Access['operation']): number {
  const returned = completion?.index ?? invoke.index
  if (kind === 'read') return 2 * returned
  return f === 'cas' && outcome === 'ok' ? 2 * returned + 1 : 2 * invoke.index
}
