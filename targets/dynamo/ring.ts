/**
 * Consistent hashing (Karger et al. 1997; DeCandia et al. 2007, sections 4.2 and 4.3): nodes have many points on a ring, a
 * key belongs to the first N distinct nodes met when walking on from its hash. When a node comes, only keys next to its
 * points move: about 1/members of them.
 */
import type {NodeId} from '../../core/node.ts'
import {hashOf} from '../state-machine/hash.ts'

export class Ring {
  readonly members: readonly NodeId[]
  readonly #points: readonly {readonly at: number; readonly node: NodeId}[]
  readonly #walks = new Map<string, readonly NodeId[]>()
  /** Bug `ring-rebuild`: a key's place is its hash modulo the number of members. */
  readonly #modulo: boolean

  constructor(members: readonly NodeId[], virtualNodes: number, {modulo = false} = {}) {
    this.members = [...members].sort()
    this.#modulo = modulo
    this.#points = this.members
      .flatMap((node) => Array.from({length: virtualNodes}, (_, i) => ({at: hashOf(`${node}#${i}`), node})))
      .sort((left, right) => left.at - right.at || (left.node < right.node ? -1 : 1))
  }

  /** All members in the order in which they are asked for a key: its owners come first, then those that stand in. */
  walk(key: string): readonly NodeId[] {
    let walk = this.#walks.get(key)
    if (walk === undefined) this.#walks.set(key, (walk = this.#modulo ? this.#counted(key) : this.#walked(key)))
    return walk
  }

  #walked(key: string): readonly NodeId[] {
    const hash = hashOf(key)
    const points = this.#points
    let low = 0
    let high = points.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((points[middle] as {at: number}).at < hash) low = middle + 1
      else high = middle
    }
    const met = new Set<NodeId>()
    for (let i = 0; i < points.length && met.size < this.members.length; i++) {
      met.add((points[(low + i) % points.length] as {node: NodeId}).node)
    }
    return [...met]
  }

  #counted(key: string): readonly NodeId[] {
    const {members} = this
    const first = hashOf(key) % members.length
    return members.map((_, i) => members[(first + i) % members.length] as NodeId)
  }
}
