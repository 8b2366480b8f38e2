/**
 * Which updates a node has seen: per origin all up to a number, and single ones beyond it, since rumours overtake each
 * other. (The "dot cloud" of Almeida, Shoker, Baquero: "Delta State Replicated Data Types", 2018, §7.2.)
 */
import type {NodeId} from '../../core/node.ts'

/** Per origin: every update up to this sequence number has been seen. Origins that are not named: none. */
export type Vector = {readonly [origin: NodeId]: number}

export class CausalContext {
  readonly #upTo: {[origin: NodeId]: number} = {}
  readonly #reached: {[origin: NodeId]: number} = {}
  readonly #beyond = new Map<NodeId, Set<number>>()

  has(origin: NodeId, sequence: number): boolean {
    return sequence <= this.upTo(origin) || (this.#beyond.get(origin)?.has(sequence) ?? false)
  }

  upTo(origin: NodeId): number {
    return this.#upTo[origin] ?? 0
  }

  origins(): NodeId[] {
    const origins = Object.keys(this.#upTo)
    for (const origin of this.#beyond.keys()) if (this.#upTo[origin] === undefined) origins.push(origin)
    return origins
  }

  /** Whether it was not there yet. */
  add(origin: NodeId, sequence: number): boolean {
    const upTo = this.upTo(origin)
    if (sequence <= upTo) return false
    if (sequence > (this.#reached[origin] ?? 0)) this.#reached[origin] = sequence
    let beyond = this.#beyond.get(origin)
    if (sequence === upTo + 1) {
      this.#upTo[origin] = sequence
      if (beyond !== undefined) this.#closeGap(origin)
      return true
    }
    if (beyond === undefined) this.#beyond.set(origin, (beyond = new Set()))
    if (beyond.has(sequence)) return false
    beyond.add(sequence)
    return true
  }

  /** A peer that has seen all in (from, to] has told us all of them that are live. Ignored where we lack something before. */
  cover(origin: NodeId, from: number, to: number): boolean {
    const upTo = this.upTo(origin)
    if (upTo < from || to <= upTo) return false
    this.#upTo[origin] = to
    if (to > (this.#reached[origin] ?? 0)) this.#reached[origin] = to
    const beyond = this.#beyond.get(origin)
    for (const sequence of beyond ?? []) if (sequence <= to) beyond!.delete(sequence)
    this.#closeGap(origin)
    return true
  }

  /** A copy, safe to send. */
  vector(): Vector {
    return {...this.#upTo}
  }

  /** The latest that was seen of each origin, be there gaps before it or not. A copy. */
  reached(): Vector {
    return {...this.#reached}
  }

  /** Single dots that the vector does not say. */
  cloud(): [NodeId, number][] {
    return [...this.#beyond].flatMap(([origin, sequences]) =>
      [...sequences].map((sequence): [NodeId, number] => [origin, sequence]),
    )
  }

  #closeGap(origin: NodeId): void {
    const beyond = this.#beyond.get(origin)
    if (beyond === undefined) return
    let upTo = this.upTo(origin)
    while (beyond.delete(upTo + 1)) upTo++
    this.#upTo[origin] = upTo
    if (beyond.size === 0) this.#beyond.delete(origin)
  }
}
