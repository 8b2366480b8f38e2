/**
 * Sequential consistency of registers (Lamport 1979): some single order of all operations keeps every process's own order,
 * and every read in it returns the last write before it. Real time does not count.
 *
 * Deciding it is NP-complete even when each read says which write it saw (Gibbons & Korach 1997), so this goes in two steps.
 * First saturate: what program order and read-from force, then, for a read r of write w and another write v of that key,
 * v before r forces v before w, and w before v forces r before v; a cycle is a proof of violation. Then search for an order:
 * reads that can go, go at once (moving a legal read forward never hurts); writes are tried in the order of time, unless somebody
 * is still to read what they would overwrite, with failed states remembered. The search is exhaustive unless its budget ends: then the answer is *unknown*.
 *
 * Compare-and-set is one step here, read and write together. Saturation takes time and memory in proportion to accesses times
 * processes.
 */
import {firstPlace} from '../findings/finding.ts'
import type {Access, Accesses} from './accesses.ts'
import {findCycle} from './serialization.ts'

export type SequentialAnswer =
  | {readonly kind: 'valid'}
  | {readonly kind: 'invalid'; readonly cycle: readonly Access[]}
  | {readonly kind: 'unknown'; readonly states: number}

/** States remembered before giving up. */
const MAX_STATES = 200_000
/** Clocks (accesses times processes) beyond which it is not tried: they take 4 bytes each. */
const MAX_CLOCKS = 2 ** 28

export function sequential(accesses: Accesses, spent: () => boolean = () => false): SequentialAnswer {
  const order = new ForcedOrder(accesses)
  const cycle = order.saturate(spent)
  if (cycle === 'unknown') return {kind: 'unknown', states: 0}
  if (cycle !== undefined) return {kind: 'invalid', cycle: cycle.map((id) => accesses.all[id]!)}
  return search(accesses, order, spent)
}

/** What must come before what. Per access: for each process, how many of its accesses must come before (a vector clock). */
class ForcedOrder {
  readonly #accesses: Accesses
  /** Immediate predecessors by id. */
  readonly before: number[][]
  readonly processes: readonly (readonly Access[])[]
  /** Process number and place in its order, by id. */
  readonly lane: Int32Array
  readonly place: Int32Array
  /** Per lane and key: the writes, in order. */
  readonly #writes: Map<unknown, Access[]>[]

  constructor(accesses: Accesses) {
    this.#accesses = accesses
    const {all, byProcess} = accesses
    this.before = all.map(() => [])
    this.processes = [...byProcess.values()]
    this.lane = new Int32Array(all.length)
    this.place = new Int32Array(all.length)
    this.#writes = this.processes.map(() => new Map())
    for (const [lane, own] of this.processes.entries()) {
      for (const [place, access] of own.entries()) {
        this.lane[access.id] = lane
        this.place[access.id] = place
        if (place > 0) this.before[access.id]!.push(own[place - 1]!.id)
        if (access.from !== undefined) this.before[access.id]!.push(access.from.id)
        if (access.kind === 'write') {
          const list = this.#writes[lane]!.get(access.key)
          if (list === undefined) this.#writes[lane]!.set(access.key, [access])
          else list.push(access)
        }
      }
    }
  }

  /** Adds everything that is forced; a cycle, if it comes to one. */
  saturate(spent: () => boolean): number[] | 'unknown' | undefined {
    const known = new Set<number>()
    const {all} = this.#accesses
    for (;;) {
      const cycle = findCycle(this.before)
      if (cycle !== undefined) return cycle
      if (spent() || all.length * this.processes.length > MAX_CLOCKS) return 'unknown'
      const clocks = this.#clocks()
      let grown = false
      const force = (earlier: Access, later: Access) => {
        const edge = earlier.id * all.length + later.id
        if (known.has(edge)) return
        known.add(edge)
        this.before[later.id]!.push(earlier.id)
        grown = true
      }
      for (const read of all) if (read.kind === 'read') this.#around(read, clocks, force)
      if (!grown) return undefined
    }
  }

  /** What a read forces upon the other writes of its key. */
  #around(read: Access, clocks: Int32Array, force: (earlier: Access, later: Access) => void): void {
    const write = read.from
    const lanes = this.processes.length
    // A compare-and-set's own write comes right after its read.
    const own = (other: Access) => other.operation === read.operation
    for (const [lane, byKey] of this.#writes.entries()) {
      const writes = byKey.get(read.key)
      if (writes === undefined) continue
      const seen = clocks[read.id * lanes + lane]!
      const past = firstPlace(writes.length, (at) => this.place[writes[at]!.id]! >= seen) - 1
      for (let i = past; i >= 0; i--) {
        const other = writes[i]!
        if (other === write) continue
        if (write === undefined) force(read, other)
        else force(other, write)
        break
      }
      if (write === undefined) {
        const first = writes.find((other) => !own(other))
        if (first !== undefined) force(read, first)
        continue
      }
      const lower = this.place[write.id]! + 1
      const from = this.lane[write.id]!
      // Clocks only grow along a lane. Of those after the write, the first that is not itself nor the read's own.
      let later = firstPlace(writes.length, (at) => clocks[writes[at]!.id * lanes + from]! >= lower)
      while (later < writes.length && (writes[later] === write || own(writes[later]!))) later++
      if (later < writes.length) force(read, writes[later]!)
    }
  }

  /** For each access and process, side by side: how many of the process's accesses come before. */
  #clocks(): Int32Array {
    const lanes = this.processes.length
    const clocks = new Int32Array(this.#accesses.all.length * lanes)
    for (const id of topological(this.before)) {
      const own = id * lanes
      for (const earlier of this.before[id]!) {
        const other = earlier * lanes
        for (let lane = 0; lane < lanes; lane++) {
          if (clocks[other + lane]! > clocks[own + lane]!) clocks[own + lane] = clocks[other + lane]!
        }
        const lane = this.lane[earlier]!
        if (this.place[earlier]! + 1 > clocks[own + lane]!) clocks[own + lane] = this.place[earlier]! + 1
      }
    }
    return clocks
  }
}

/** Every node after its predecessors; the graph must have no cycle. */
function topological(before: readonly (readonly number[])[]): number[] {
  const waiting = before.map((list) => list.length)
  const after: number[][] = before.map(() => [])
  for (const [to, list] of before.entries()) for (const from of list) after[from]!.push(to)
  const order = waiting.flatMap((count, id) => (count === 0 ? [id] : []))
  for (const id of order) for (const to of after[id]!) if (--waiting[to]! === 0) order.push(to)
  return order
}

/** Looks for an order that the forced one allows. */
function search(accesses: Accesses, forced: ForcedOrder, spent: () => boolean): SequentialAnswer {
  const {processes, before, lane, place} = forced
  const at = new Int32Array(processes.length)
  const last = new Map<unknown, Access>()
  const failed = new Failures()
  /** Of the state, kept up to date: places in the lanes, and what was last written to each key. */
  let print = 0
  const unread = new Unread(accesses.all)
  const trail: {
    readonly lane: number
    readonly steps: number
    readonly key: unknown
    readonly old: Access | undefined
  }[] = []
  const total = accesses.all.length
  let done = 0

  const ready = (access: Access) => before[access.id]!.every((id) => place[id]! < at[lane[id]!]!)
  const stepOf = (own: readonly Access[], p: number): {write?: Access; steps: number} | undefined => {
    const access = own[at[p]!]
    if (access === undefined) return undefined
    if (access.kind === 'read' && (last.get(access.key) !== access.from || !ready(access))) return undefined
    const next = own[at[p]! + 1]
    // A compare-and-set goes in one step.
    if (access.kind === 'read' && next?.operation === access.operation) {
      return unread.of(access.key, access.from) === 1 ? {write: next, steps: 2} : undefined
    }
    if (access.kind === 'read') return {steps: 1}
    // Written values are unique: what is overwritten before everybody has read it is never there again.
    return unread.of(access.key, last.get(access.key)) === 0 && ready(access) ? {write: access, steps: 1} : undefined
  }
  const take = (p: number, step: {write?: Access; steps: number}) => {
    const {write, steps} = step
    trail.push({lane: p, steps, key: write?.key, old: write === undefined ? undefined : last.get(write.key)})
    const first = processes[p]![at[p]!]!
    if (first.kind === 'read') unread.add(first, -1)
    print ^= mix(p, at[p]!) ^ mix(p, at[p]! + steps)
    at[p]! += steps
    done += steps
    if (write !== undefined) {
      print ^= mix(-1, last.get(write.key)?.id ?? -1) ^ mix(-1, write.id)
      last.set(write.key, write)
    }
  }
  const undo = () => {
    const {lane: p, steps, key, old} = trail.pop()!
    const wrote = processes[p]![at[p]! - 1]!.kind === 'write'
    const undone = processes[p]![at[p]! - 1]!
    print ^= mix(p, at[p]!) ^ mix(p, at[p]! - steps)
    at[p]! -= steps
    done -= steps
    const first = processes[p]![at[p]!]!
    if (first.kind === 'read') unread.add(first, 1)
    if (!wrote) return
    print ^= mix(-1, old?.id ?? -1) ^ mix(-1, undone.id)
    if (old === undefined) last.delete(key)
    else last.set(key, old)
  }
  const readAll = () => {
    for (let moved = true; moved; ) {
      moved = false
      for (const [p, own] of processes.entries()) {
        for (let step = stepOf(own, p); step !== undefined && step.write === undefined; step = stepOf(own, p)) {
          take(p, step)
          moved = true
        }
      }
    }
  }

  // The order in which the writes were asked for is a good guess of the one that explains the reads.
  const byTime = () => {
    const invoked = (p: number) => processes[p]![at[p]!]!.operation.invoke.index
    return Array.from(at.keys())
      .filter((p) => at[p]! < processes[p]!.length)
      .sort((left, right) => invoked(left) - invoked(right))
  }

  // Depth first without recursion: each level holds the depth of its trail and the lanes still to be tried.
  const levels: {readonly depth: number; readonly lanes: readonly number[]; next: number}[] = []
  const stateKey = () =>
    `${at.join()}|${Array.from(last.values(), ({id}) => id)
      .sort((a, b) => a - b)
      .join()}`
  const enter = (): boolean => {
    const depth = trail.length
    readAll()
    if (failed.has(print, stateKey)) {
      while (trail.length > depth) undo()
      return false
    }
    levels.push({depth, lanes: byTime(), next: 0})
    return true
  }
  enter()
  while (levels.length > 0) {
    if (done === total) return {kind: 'valid'}
    if (failed.size > MAX_STATES || ((failed.size + levels.length) % 256 === 0 && spent())) {
      return {kind: 'unknown', states: failed.size}
    }
    const level = levels.at(-1)!
    let entered = false
    while (level.next < level.lanes.length && !entered) {
      const p = level.lanes[level.next++]!
      const step = stepOf(processes[p]!, p)
      if (step?.write === undefined) continue
      const depth = trail.length
      take(p, step)
      entered = enter()
      if (!entered) while (trail.length > depth) undo()
    }
    if (entered) continue
    // Everything tried from here has been undone: this is the state in which the level began.
    failed.add(print, stateKey())
    levels.pop()
    // The write that led here is undone with the reads after it.
    const target = levels.length === 0 ? 0 : level.depth - 1
    while (trail.length > target) undo()
  }
  return {kind: 'invalid', cycle: []}
}

/** States from which there is no way on. Their text is only made where a print says that they may be the same. */
class Failures {
  readonly #byPrint = new Map<number, string[]>()
  size = 0

  has(print: number, key: () => string): boolean {
    return this.#byPrint.get(print)?.includes(key()) ?? false
  }

  add(print: number, key: string): void {
    this.size++
    const same = this.#byPrint.get(print)
    if (same === undefined) this.#byPrint.set(print, [key])
    else same.push(key)
  }
}

/** A print of two numbers, 32 bits. */
function mix(left: number, right: number): number {
  let bits = Math.imul(left + 0x9e3779b9, 0x85ebca6b) ^ Math.imul(right + 0x7f4a7c15, 0xc2b2ae35)
  bits = Math.imul(bits ^ (bits >>> 15), 0x2c1b3c6d)
  return bits ^ (bits >>> 13)
}

/** How many reads of each write, and of the initial value of each key, are still to come. */
class Unread {
  readonly #ofWrite: Int32Array
  readonly #ofInitial = new Map<unknown, number>()

  constructor(all: readonly Access[]) {
    this.#ofWrite = new Int32Array(all.length)
    for (const access of all) if (access.kind === 'read') this.add(access, 1)
  }

  of(key: unknown, write: Access | undefined): number {
    return write === undefined ? (this.#ofInitial.get(key) ?? 0) : this.#ofWrite[write.id]!
  }

  add({key, from}: Access, count: number): void {
    if (from === undefined) this.#ofInitial.set(key, (this.#ofInitial.get(key) ?? 0) + count)
    else this.#ofWrite[from.id]! += count
  }
}
