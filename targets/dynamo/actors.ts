/**
 * Under which names a node writes. A vector says "all writes of this actor up to n", so a node may count on under its old
 * name only on top of what includes its last write; otherwise it begins again under a new one. Names and counts are on disk
 * before a write under them is told to anybody, or a crash would make two writes of one name.
 *
 * Riak's actor epochs ("vnode id" in Basho's account of its dotted version vectors) solve the same problem.
 */
import type {Disk, NodeId} from '../../core/node.ts'
import type {CausalObject, Dot} from './causal-object.ts'

const FILE = 'actors'

export class Actors {
  readonly #disk: Disk
  readonly #self: NodeId
  /** Per key: the present name's number, and writes under it. */
  readonly #last = new Map<string, readonly [epoch: number, count: number]>()

  constructor(disk: Disk, self: NodeId) {
    this.#disk = disk
    this.#self = self
    for (const record of disk.read(FILE)) {
      const [key, epoch, count] = JSON.parse(record) as [string, number, number]
      this.#last.set(key, [epoch, count])
    }
  }

  /** A dot for a write on top of this object. Durable when it returns. */
  next(key: string, {vector}: CausalObject): Dot {
    const [epoch, count] = this.#last.get(key) ?? [0, 0]
    const knowsLast = (vector[this.#name(epoch)] ?? 0) >= count
    const [next, n] = knowsLast ? [epoch, count + 1] : [epoch + 1, 1]
    this.#last.set(key, [next, n])
    this.#disk.append(FILE, JSON.stringify([key, next, n]))
    this.#disk.sync(FILE)
    return [this.#name(next), n]
  }

  #name(epoch: number): string {
    return epoch === 0 ? this.#self : `${this.#self}~${epoch}`
  }
}
