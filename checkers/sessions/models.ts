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
import {type OwnOrder, Pasts, type SharedOrder} from './pasts.ts'
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

/** The first process, by its first operation, whose reads the model cannot explain. `spent` is asked now and then. */
export function breachOf(
  model: SessionModel,
  accesses: Accesses,
  spent: () => boolean = () => false,
): SessionBreach | 'unknown' | undefined {
  const order = sharedOrder(model, accesses)
  const pasts = new Pasts(order)
  for (const [process, own] of accesses.byProcess) {
    const reads = own.filter(({kind}) => kind === 'read')
    if (reads.length === 0) continue
    if (spent()) return 'unknown'
    const explained = pasts.explain(reads, ownOrder(model, own), spent)
    if (explained === undefined) return 'unknown'
    if (explained) continue
    // Told from the start, and with the reasons kept.
    const found = contradiction(order.all, edgesOf(order, ownOrder(model, own)), reads)
    if (found === undefined) throw new Error(`no contradiction for process ${process}, whose reads are not explained`)
    return {process, contradiction: found}
  }
  return undefined
}

/** What the model demands of every process's serialization. */
function sharedOrder(model: SessionModel, {all, byProcess}: Accesses): SharedOrder {
  if (model === 'writes-follow-reads') return readsBeforeWrites(all, byProcess.values())
  const [first, second] = [new Int32Array(all.length).fill(-1), new Int32Array(all.length).fill(-1)]
  if (model === 'causal') for (const {from, id} of all) if (from !== undefined) second[id] = from.id
  const chained = model === 'causal' || model === 'monotonic-writes' || model === 'pram'
  if (chained) {
    for (const own of byProcess.values()) {
      let last = -1
      for (const {id, kind} of own) {
        if (model !== 'causal' && kind === 'read') continue
        first[id] = last
        last = id
      }
    }
  }
  return {all, first, second, chained}
}

/** What it demands of this process's own operations besides. */
function* ownOrder(model: SessionModel, own: readonly Access[]): OwnOrder {
  if (model !== 'read-your-writes' && model !== 'pram') return
  // A program order is a chain; for its writes before its reads, the next read after each write is enough.
  let next: Access | undefined
  for (let place = own.length - 1; place >= 0; place--) {
    const access = own[place] as Access
    if (next !== undefined && (model === 'pram' || access.kind === 'write')) yield [access.id, next.id]
    if (model === 'pram' || access.kind === 'read') next = access
  }
}

/**
 * What a process had read comes before what it wrote later. Its reads themselves are not ordered with its writes, so the
 * order is passed on by junctions, one for each read.
 */
function readsBeforeWrites(accesses: readonly Access[], processes: Iterable<readonly Access[]>): SharedOrder {
  const all = [...accesses]
  const first: number[] = new Array(all.length).fill(-1)
  const second: number[] = new Array(all.length).fill(-1)
  for (const own of processes) {
    let last = -1
    for (const access of own) {
      if (access.kind === 'write') first[access.id] = last
      else if (access.from !== undefined) {
        const junction: Access = {...access, id: all.length}
        all.push(junction)
        first.push(last)
        second.push(access.from.id)
        last = junction.id
      }
    }
  }
  return {all, first: Int32Array.from(first), second: Int32Array.from(second), chained: false}
}

/** The same order, by what comes first. */
function edgesOf({all, first, second}: SharedOrder, own: OwnOrder): number[][] {
  const edges: number[][] = all.map(() => [])
  for (let id = 0; id < all.length; id++) {
    for (const from of [first[id] as number, second[id] as number]) if (from >= 0) edges[from]!.push(id)
  }
  for (const [earlier, later] of own) edges[earlier]!.push(later)
  return edges
}
