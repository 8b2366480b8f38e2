/**
 * Edges between transactions, as three columns. Nodes below the number of transactions are transactions; the rest are
 * junctions, which stand for no event but keep the graph linear where everything in one set precedes everything in another.
 */
import {int32, uint8} from '../columns/column.ts'

/** Kinds of edges, as bits. */
export const WW = 1
export const WR = 2
export const RW = 4
export const PROCESS = 8
export const REALTIME = 16
/** From a junction on: continues the RW edge by which it was entered. */
export const FAN = 32

export class EdgeList {
  from: Int32Array
  to: Int32Array
  kind: Uint8Array
  length = 0
  /** Nodes so far: transactions, then junctions. */
  nodes: number
  readonly transactions: number

  constructor(transactions: number, capacity = 1024) {
    this.transactions = transactions
    this.nodes = transactions
    this.from = int32(capacity)
    this.to = int32(capacity)
    this.kind = uint8(capacity)
  }

  add(from: number, to: number, kind: number): void {
    if (this.length === this.from.length) this.#grow()
    const i = this.length++
    this.from[i] = from
    this.to[i] = to
    this.kind[i] = kind
  }

  addJunction(): number {
    return this.nodes++
  }

  /**
   * An RW edge from each source to each target but itself. Beyond a handful, targets are strung on two chains of junctions
   * (all up to the i-th; all from the i-th on), so that a source that is the i-th target can leave itself out.
   */
  addAntiDependencies(sources: readonly number[], targets: readonly number[]): void {
    if (sources.length * targets.length <= 4 * (sources.length + targets.length)) {
      for (const source of sources) for (const target of targets) if (source !== target) this.add(source, target, RW)
      return
    }
    const distinct = [...new Set(targets)]
    const count = distinct.length
    const upTo = this.nodes
    const from = upTo + count
    this.nodes += 2 * count
    const place = new Map<number, number>()
    distinct.forEach((target, i) => {
      place.set(target, i)
      this.add(upTo + i, target, FAN)
      this.add(from + i, target, FAN)
      if (i > 0) this.add(upTo + i, upTo + i - 1, FAN)
      if (i + 1 < count) this.add(from + i, from + i + 1, FAN)
    })
    for (const source of sources) {
      const own = place.get(source)
      if (own === undefined) this.add(source, from, RW)
      if (own !== undefined && own > 0) this.add(source, upTo + own - 1, RW)
      if (own !== undefined && own + 1 < count) this.add(source, from + own + 1, RW)
    }
  }

  #grow(): void {
    const capacity = this.from.length * 2
    const from = int32(capacity)
    const to = int32(capacity)
    const kind = uint8(capacity)
    from.set(this.from)
    to.set(this.to)
    kind.set(this.kind)
    this.from = from
    this.to = to
    this.kind = kind
  }
}
