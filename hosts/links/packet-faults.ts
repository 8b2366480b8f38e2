/**
 * Faults that strike packets where the kernel filters them: what they are, and what the rules of nftables for them have in common
 * wherever they stand. Every rule carries the number of its fault, by which it is found again in what the kernel says of itself.
 */
import type {CutMode, Link} from '../../core/network.ts'

/** What happens to the packets of a link. */
export type PacketFault =
  | {readonly kind: 'cut'; readonly mode: CutMode}
  | {readonly kind: 'loss'; readonly probability: number}
  | {readonly kind: 'bandwidth'; readonly rateKBps: number}

/** One fault on one link. */
export interface Rule<Fault extends PacketFault = PacketFault> {
  readonly id: number
  readonly cause: string
  readonly link: Link
  readonly fault: Fault
}

/** The end of a rule: whose it is. */
export const marked = (id: number): string => `comment "chaos-${id}"`

/** The numbers of the faults that the kernel says are in force, out of `nft list table`. */
export function idsInForce(listing: string): Set<number> {
  return new Set([...listing.matchAll(/comment "chaos-(\d+)"/g)].map((match) => Number(match[1])))
}

/** Drops packets at random. */
export const lost = (probability: number): string =>
  `numgen random mod 10000 < ${Math.round(probability * 10_000)} drop`

/** A fault in a few words, as a read-back shows it. */
export function described(fault: PacketFault): string {
  if (fault.kind === 'cut') return fault.mode === 'refuse' ? 'reject with tcp reset' : 'drop'
  return fault.kind === 'loss' ? `drop ${fault.probability * 100} %` : `limit rate ${fault.rateKBps} kB/s`
}
