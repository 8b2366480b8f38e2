/**
 * The models between eventual and sequential consistency that a session can tell apart, as the order each demands of a
 * process's serialization (see `serialization.ts`). Every one of them keeps the process's own reads in order: a black box
 * shows a broken session guarantee only to a client that never looks back, so each is judged together with monotonic reads.
 *
 * - *monotonic reads*: nothing more. `p: x=1, x=2, x=1` breaks it.
 * - *read your writes*: the process's writes come before its later reads. `p: x:=1, x=nil` breaks it.
 * - *monotonic writes*: every process's writes come in its order. `p: x:=1, y:=2; q: y=2, x=nil` breaks it.
 * - *writes follow reads*: what a process had read comes before what it wrote later. `p: x:=1; q: x=1, y:=2; r: y=2, x=nil`.
 * - *PRAM* (pipelined RAM, FIFO): program order of all writes and of the process's own operations; the first three together
 *   and a little more (Lipton & Sandberg 1988; Brzeziński et al. 2004).
 * - *causal* (causal memory): program order and read-from of everybody, transitively (Ahamad et al. 1995). Per object or
 *   across objects.
 *
 * Terry et al. 1994 for the session guarantees; Viotti & Vukolić 2016 for how they relate. None of them knows real time: a
 * client may read the distant past. Compare-and-set counts as a read and then a write, which is less than it promises.
 */
import type {ProcessId} from '../../core/op.ts'
import type {Access, Accesses} from './accesses.ts'
import {type Contradiction, contradiction} from './serialization.ts'

export const SESSION_MODELS = {
  'monotonic-reads': 'monotonic reads',
  'read-your-writes': 'read your writes',
  'monotonic-writes': 'monotonic writes',
  'writes-follow-reads': 'writes follow reads',
  pram: 'PRAM',
  causal: 'causal',
} as const

export type SessionModel = keyof typeof SESSION_MODELS

/** A process whose reads no serialization explains, and why. */
export interface SessionBreach {
  readonly process: ProcessId
  readonly contradiction: Contradiction
}

/** The first process, by its first operation, whose reads the model cannot explain. `spent` is asked between processes. */
export function breachOf(
  model: SessionModel,
  accesses: Accesses,
  spent: () => boolean = () => false,
): SessionBreach | 'unknown' | undefined {
  const demand = sharedDemand(model, accesses)
  for (const [process, own] of accesses.byProcess) {
    const reads = own.filter(({kind}) => kind === 'read')
    if (reads.length === 0) continue
    if (spent()) return 'unknown'
    const found = contradiction(demand.all, ownEdges(model, own, demand.edges), reads)
    if (found !== undefined) return {process, contradiction: found}
  }
  return undefined
}

/** An order on accesses, and perhaps on junctions: nodes that only pass an order on. */
interface Demand {
  readonly all: readonly Access[]
  readonly edges: number[][]
}

/** What the model demands of every process's serialization. */
function sharedDemand(model: SessionModel, {all, byProcess}: Accesses): Demand {
  if (model === 'writes-follow-reads') return readsBeforeWrites(all, byProcess.values())
  const edges: number[][] = all.map(() => [])
  if (model === 'causal') for (const {from, id} of all) if (from !== undefined) edges[from.id]!.push(id)
  for (const own of byProcess.values()) {
    if (model === 'causal') chain(edges, own)
    else if (model === 'monotonic-writes' || model === 'pram') {
      chain(
        edges,
        own.filter(({kind}) => kind === 'write'),
      )
    }
  }
  return {all, edges}
}

/** What it demands of this process's own operations besides. */
function ownEdges(model: SessionModel, own: readonly Access[], shared: readonly number[][]): readonly number[][] {
  if (model !== 'read-your-writes' && model !== 'pram') return shared
  const edges = shared.slice()
  // A program order is a chain; for its writes before its reads, the next read after each write is enough.
  let next: Access | undefined
  for (const access of own.toReversed()) {
    if (next !== undefined && (model === 'pram' || access.kind === 'write')) {
      edges[access.id] = [...edges[access.id]!, next.id]
    }
    if (model === 'pram' || access.kind === 'read') next = access
  }
  return edges
}

function chain(edges: number[][], accesses: readonly Access[]): void {
  for (let i = 1; i < accesses.length; i++) edges[accesses[i - 1]!.id]!.push(accesses[i]!.id)
}

/**
 * What a process had read comes before what it wrote later. Its reads themselves are not ordered with its writes, so the
 * order is passed on by junctions, one for each read.
 */
function readsBeforeWrites(accesses: readonly Access[], processes: Iterable<readonly Access[]>): Demand {
  const all = [...accesses]
  const edges: number[][] = all.map(() => [])
  for (const own of processes) {
    let last: Access | undefined
    for (const access of own) {
      if (access.kind === 'write') {
        if (last !== undefined) edges[last.id]!.push(access.id)
        continue
      }
      if (access.from === undefined) continue
      const junction: Access = {...access, id: all.length}
      all.push(junction)
      edges.push([])
      edges[access.from.id]!.push(junction.id)
      if (last !== undefined) edges[last.id]!.push(junction.id)
      last = junction
    }
  }
  return {all, edges}
}
