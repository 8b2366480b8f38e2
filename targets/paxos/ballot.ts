/**
 * Ballots: the proposal numbers of "Paxos Made Simple" (Lamport 2001, section 2.2). "Different proposers choose their
 * numbers from disjoint sets": a round, and the node that leads it.
 */
import type {NodeId} from '../../core/node.ts'

export type Ballot = {readonly round: number; readonly node: NodeId}

/** Below every ballot that anybody uses. */
export const NO_BALLOT: Ballot = {round: 0, node: ''}

/** A ballot as one number, the form in which section 2.2 has them: for status, events and reports. */
export function ballotNumber({round, node}: Ballot, nodes: readonly NodeId[]): number {
  return round * nodes.length + nodes.indexOf(node)
}

/** Negative when the first is lower, 0 when they are the same ballot. */
export type CompareBallots = (left: Ballot, right: Ballot) => number

export const compareBallots: CompareBallots = (left, right) => {
  if (left.round !== right.round) return left.round - right.round
  return left.node < right.node ? -1 : left.node > right.node ? 1 : 0
}

/** Bug `reuse-ballot`: two nodes may lead the same round, and nobody can tell their proposals apart. */
export const compareRounds: CompareBallots = (left, right) => left.round - right.round

export function sameBallot(left: Ballot, right: Ballot): boolean {
  return compareBallots(left, right) === 0
}
