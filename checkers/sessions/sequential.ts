/**
 * Sequential consistency of registers (Lamport 1979): some single order of all operations keeps every process's own order,
 * and every read in it returns the last write before it. Real time does not count.
 *
 * Deciding it is NP-complete even when each read says which write it saw (Gibbons & Korach 1997), so this goes in two steps.
 * First saturate: what program order and read-from force, then, for a read r of write w and another write v of that key,
 * v before r forces v before w, and w before v forces r before v; a cycle is a proof of violation. Then search for an order:
 * reads that can go, go at once (moving a legal read forward never hurts); writes are tried in turn, with failed states
 * remembered. The search is exhaustive unless its budget ends: then the answer is *unknown*.
 *
 * Compare-and-set is one step here, read and write together.
 */
import type {Access, Accesses} from './accesses.ts'
import {findCycle} from './serialization.ts'

export type SequentialAnswer =
  | {readonly kind: 'valid'}
  | {readonly kind: 'invalid'; readonly cycle: readonly Access[]}
  | {readonly kind: 'unknown'; readonly states: number}

/** States remembered before giving up. */
const MAX_STATES = 200_000

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
      if (spent()) return 'unknown'
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
  #around(read: Access, clocks: readonly Int32Array[], force: (earlier: Access, later: Access) => void): void {
    const write = read.from
    // A compare-and-set's own write comes right after its read.
    const own = (other: Access) => other.operation === read.operation
    for (const [lane, byKey] of this.#writes.entries()) {
      const writes = byKey.get(read.key)
      if (writes === undefined) continue
      const seen = clocks[read.id]![lane]!
      const past = lastIndexWhere(writes, (other) => this.place[other.id]! < seen)
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
      const later = writes.findIndex((other) => other !== write && clocks[other.id]![from]! >= lower && !own(other))
      if (later >= 0) force(read, writes[later]!)
    }
  }

  #clocks(): Int32Array[] {
    const {all} = this.#accesses
    const clocks: Int32Array[] = new Array(all.length)
    for (const id of topological(this.before)) {
      const clock = new Int32Array(this.processes.length)
      for (const earlier of this.before[id]!) {
        const other = clocks[earlier]!
        for (let lane = 0; lane < clock.length; lane++) if (other[lane]! > clock[lane]!) clock[lane] = other[lane]!
        const lane = this.lane[earlier]!
        if (this.place[earlier]! + 1 > clock[lane]!) clock[lane] = this.place[earlier]! + 1
      }
      clocks[id] = clock
    }
    return clocks
  }
}

function lastIndexWhere<T>(items: readonly T[], holds: (item: T) => boolean): number {
  let low = 0
  let high = items.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (holds(items[middle]!)) low = middle + 1
    else high = middle
  }
  return low - 1
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
  const failed = new Set<string>()
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
    if (access.kind === 'read' && next?.operation === access.operation) return {write: next, steps: 2}
    if (access.kind === 'read') return {steps: 1}
    return ready(access) ? {write: access, steps: 1} : undefined
  }
  const take = (p: number, step: {write?: Access; steps: number}) => {
    const {write, steps} = step
    trail.push({lane: p, steps, key: write?.key, old: write === undefined ? undefined : last.get(write.key)})
    at[p]! += steps
    done += steps
    if (write !== undefined) last.set(write.key, write)
  }
  const undo = () => {
    const {lane: p, steps, key, old} = trail.pop()!
    const wrote = processes[p]![at[p]! - 1]!.kind === 'write'
    at[p]! -= steps
    done -= steps
    if (!wrote) return
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

  // Depth first without recursion: each level holds the depth of its trail and the lanes still to be tried.
  const levels: {readonly depth: number; readonly key: string; next: number}[] = []
  const enter = (): boolean => {
    const depth = trail.length
    readAll()
    const key = `${at.join()}|${Array.from(last.values(), ({id}) => id)
      .sort((a, b) => a - b)
      .join()}`
    if (failed.has(key)) {
      while (trail.length > depth) undo()
      return false
    }
    levels.push({depth, key, next: 0})
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
    while (level.next < processes.length && !entered) {
      const p = level.next++
      const step = stepOf(processes[p]!, p)
      if (step?.write === undefined) continue
      const depth = trail.length
      take(p, step)
      entered = enter()
      if (!entered) while (trail.length > depth) undo()
    }
    if (entered) continue
    failed.add(level.key)
    levels.pop()
    // The write that led here is undone with the reads after it.
    const target = levels.length === 0 ? 0 : level.depth - 1
    while (trail.length > target) undo()
  }
  return {kind: 'invalid', cycle: []}
}
