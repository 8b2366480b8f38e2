/**
 * Who is a member of the cluster, and how many of them decide. It travels with snapshots, because one day it will change
 * while the cluster runs (section 6 of the paper; chapter 4 of the thesis).
 */
import type {NodeId} from '../../core/node.ts'

export class Configuration {
  readonly voters: readonly NodeId[]
  readonly #quorum: number

  /** Any two quorums of more than half share a member: that is all that makes Raft's elections and commits safe. */
  constructor(voters: readonly NodeId[], {evenQuorum = false} = {}) {
    this.voters = voters
    this.#quorum = Math.floor(voters.length / 2) + (evenQuorum ? 0 : 1)
  }

  /** Whether the voters that satisfy this are a quorum. */
  isQuorum(has: (voter: NodeId) => boolean): boolean {
    return this.voters.filter(has).length >= this.#quorum
  }

  /** The highest number that a quorum has reached. */
  agreed(numberOf: (voter: NodeId) => number): number {
    const descending = this.voters.map(numberOf).sort((left, right) => right - left)
    return descending[this.#quorum - 1] as number
  }
}
