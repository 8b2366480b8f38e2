/**
 * A Merkle tree over the keys that two nodes share: 16 branches of 16 leaves each. Two nodes that differ in a few keys find
 * them by comparing 16 numbers, then 16 more for each branch that differs (DeCandia et al. 2007, section 4.7).
 */
import {hashOf} from '../state-machine/hash.ts'

export const BRANCHES = 16
const LEAVES = 16

export type KeyDigests = readonly (readonly [key: string, digest: number])[]

export class MerkleTree {
  readonly #leaves: (readonly [string, number])[][] = Array.from({length: BRANCHES * LEAVES}, () => [])

  constructor(keys: Iterable<string>, digest: (key: string) => number) {
    for (const key of keys) this.#leaves[hashOf(key) % (BRANCHES * LEAVES)]!.push([key, digest(key)])
    for (const leaf of this.#leaves) leaf.sort(([left], [right]) => (left < right ? -1 : 1))
  }

  /** A hash for each branch. */
  branches(): number[] {
    return Array.from({length: BRANCHES}, (_, branch) => hashOf(this.leavesOf(branch).join()))
  }

  /** A hash for each leaf of a branch. */
  leavesOf(branch: number): number[] {
    return Array.from({length: LEAVES}, (_, leaf) => {
      const keys = this.keysOf(branch, leaf)
      return keys.length === 0 ? 0 : hashOf(keys.join())
    })
  }

  /** Keys of one leaf with the digests of their objects. */
  keysOf(branch: number, leaf: number): KeyDigests {
    return this.#leaves[branch * LEAVES + leaf] ?? []
  }
}
