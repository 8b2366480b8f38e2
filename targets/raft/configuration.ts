/**
 * Who is a member of the cluster, and how many of them decide. It is an entry of the log and travels with snapshots, since it
 * changes while the cluster runs (`membership.ts`).
 */
import type {NodeId} from '../../core/node.ts'

export class Configuration {
  readonly voters: readonly NodeId[]
  readonly #quorum: number
  /** Made once: `agreed` is asked at every answer of every voter. */
  readonly #descending: number[] = []

  /** Any two quorums of more than half share a member: that is all that makes Raft's elections and commits safe. */
  constructor(voters: readonly NodeId[], {evenQuorum = false} = {}) {
    this.voters = voters
    this.#quorum = Math.floor(voters.length / 2) + (evenQuorum ? 0 : 1)
  }

  /** Whether the voters that satisfy this are a quorum. */
  isQuorum(has: (voter: NodeId) => boolean): boolean {
    let count = 0
    for (const voter of this.voters) if (has(voter)) count++
    return count >= this.#quorum
  }

  /** The highest number that a quorum has reached. */
  agreed(numberOf: (voter: NodeId) => number): number {
    // Sorted as they come: there are few voters.
    const descending = this.#descending
    let count = 0
    for (const voter of this.voters) {
      const number = numberOf(voter)
      let at = count++
      while (at > 0 && (descending[at - 1] as number) < number) {
        descending[at] = descending[at - 1] as number
        at--
      }
      descending[at] = number
    }
    return descending[this.#quorum - 1] as number
  }
}
