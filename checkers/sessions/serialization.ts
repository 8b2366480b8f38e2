/**
 * Can one process's reads be explained by some order of all writes?
 *
 * The question behind every model from monotonic reads to causal memory: is there, for this process, a serialization of all
 * writes and of its own reads that keeps its reads in their order, keeps the order that the model demands (`edges`), and in
 * which every read returns the last write before it?
 *
 * With unique values this is polynomial (Bouajjani, Enea, Guerraoui, Hamza: "On Verifying Causal Consistency", POPL 2017, for
 * causal memory; the argument only uses that the demanded order is a partial order and that the reads are totally ordered).
 * Saturate: a write of the same key that must come before a read must come before the write that this read saw. There is a
 * serialization exactly when that ends without a cycle, and without a write that must come before a read of the initial
 * value of its key. One round costs time linear in the history; two or three rounds are the rule.
 */
import type {Access} from './accesses.ts'

/** Why there is none. */
export type Contradiction =
  /** Each access must come before the next, and the last before the first. */
  | {readonly kind: 'cycle'; readonly cycle: readonly Access[]}
  /** The read found the initial value, although this write must come before it; `path` leads from one to the other. */
  | {readonly kind: 'initial'; readonly read: Access; readonly write: Access; readonly path: readonly Access[]}

/** Edges by source, as lists of ids. */
export type Edges = readonly (readonly number[])[]

/**
 * @param all every access, by id
 * @param edges the order that the model demands; it must contain read-from edges where the model has them
 * @param reads the process's own reads in program order; their read-from edges and their order are added
 */
export function contradiction(
  all: readonly Access[],
  edges: Edges,
  reads: readonly Access[],
): Contradiction | undefined {
  const before: number[][] = all.map(() => [])
  for (const [from, list] of edges.entries()) for (const to of list) before[to]!.push(from)
  for (const [place, read] of reads.entries()) {
    if (read.from !== undefined) before[read.id]!.push(read.from.id)
    if (place > 0) before[read.id]!.push(reads[place - 1]!.id)
  }
  const known = new Set<number>()
  for (;;) {
    const cycle = findCycle(before)
    if (cycle !== undefined) return {kind: 'cycle', cycle: cycle.map((id) => all[id]!)}
    const found = saturate(all, before, reads, known)
    if (found === 'settled') return undefined
    if (found !== 'grown') return found
  }
}

/**
 * One round. The past of each read contains that of the read before it, so all pasts together are one backward search; a
 * write that enters the past of a read is ordered before what the reads of its key see from then on.
 */
function saturate(
  all: readonly Access[],
  before: number[][],
  reads: readonly Access[],
  known: Set<number>,
): 'settled' | 'grown' | Contradiction {
  const entered = new Uint8Array(all.length)
  const parent = new Int32Array(all.length).fill(-1)
  /** Per key: writes in the past that no read of the key has been ordered against yet. */
  const fresh = new Map<unknown, Access[]>()
  const latest = new Map<unknown, Access>()
  let grown = false
  for (const read of reads) {
    const stack = [read.id]
    entered[read.id] = 1
    while (stack.length > 0) {
      const at = stack.pop()!
      const access = all[at]!
      if (access.kind === 'write') {
        const list = fresh.get(access.key)
        if (list === undefined) fresh.set(access.key, [access])
        else list.push(access)
      }
      for (const earlier of before[at]!) {
        if (entered[earlier] === 1) continue
        entered[earlier] = 1
        parent[earlier] = at
        stack.push(earlier)
      }
    }
    const seen = read.from
    const others = fresh.get(read.key) ?? []
    const last = latest.get(read.key)
    if (seen === undefined) {
      const write = others[0] ?? last
      if (write !== undefined) return {kind: 'initial', read, write, path: pathFrom(write.id, parent, all)}
      continue
    }
    if (last !== undefined && last !== seen) others.push(last)
    for (const write of others) {
      if (write === seen || known.has(write.id * all.length + seen.id)) continue
      known.add(write.id * all.length + seen.id)
      before[seen.id]!.push(write.id)
      grown = true
    }
    fresh.delete(read.key)
    latest.set(read.key, seen)
  }
  return grown ? 'grown' : 'settled'
}

function pathFrom(id: number, parent: Int32Array, all: readonly Access[]): Access[] {
  const path: Access[] = []
  for (let at = id; at !== -1; at = parent[at]!) path.push(all[at]!)
  return path
}

/** Some cycle of a graph given by predecessors, each before the next; undefined where there is none. */
export function findCycle(before: readonly (readonly number[])[]): number[] | undefined {
  const WHITE = 0
  const GREY = 1
  const BLACK = 2
  const colour = new Uint8Array(before.length)
  const next = new Int32Array(before.length)
  for (let root = 0; root < before.length; root++) {
    if (colour[root] !== WHITE) continue
    const path = [root]
    colour[root] = GREY
    while (path.length > 0) {
      const at = path.at(-1)!
      const list = before[at]!
      if (next[at]! === list.length) {
        colour[at] = BLACK
        path.pop()
        continue
      }
      const to = list[next[at]!++]!
      if (colour[to] === GREY) return shortest(before, path.slice(path.indexOf(to)))
      if (colour[to] === WHITE) {
        colour[to] = GREY
        path.push(to)
      }
    }
  }
  return undefined
}

/** The shortest cycle through one node of a cycle, in the order in which things must happen. */
function shortest(before: readonly (readonly number[])[], cycle: readonly number[]): number[] {
  let best = [...cycle].reverse()
  for (const start of cycle.slice(0, 16)) {
    const parent = new Map<number, number>([[start, -1]])
    const queue = [start]
    search: for (const at of queue) {
      for (const to of before[at]!) {
        if (to === start) {
          const found: number[] = []
          for (let step = at; step !== -1; step = parent.get(step)!) found.push(step)
          if (found.length < best.length) best = found
          break search
        }
        if (parent.has(to)) continue
        parent.set(to, at)
        queue.push(to)
      }
    }
  }
  return best
}
