/**
 * Packets between containers, by rules in the network namespace of whoever receives them: those that come from a cut peer are
 * dropped or refused there, and lost at random where they are to be lost. Clients come from elsewhere, so no rule meets them.
 */
import type {CutMode, Link} from '../../core/network.ts'
import type {NodeId} from '../../core/node.ts'

export type PacketFault =
  | {readonly kind: 'cut'; readonly mode: CutMode}
  | {readonly kind: 'loss'; readonly probability: number}

/** One fault on one link. */
export interface Rule {
  readonly id: number
  readonly cause: string
  readonly link: Link
  readonly fault: PacketFault
}

export const TABLE = 'inet chaos'

/** The input of `nft -f -` that puts just these rules in force for one node. */
export function transaction(rules: readonly Rule[], addresses: (node: NodeId) => readonly string[]): string {
  const lines = rules.flatMap(({id, link, fault}) =>
    addresses(link.from as NodeId).map((address) => {
      const family = address.includes(':') ? 'ip6' : 'ip'
      return `    ${family} saddr ${address} ${verdictOf(fault)} comment "chaos-${id}"`
    }),
  )
  return [
    // Added first, so that there is one to delete.
    `table ${TABLE} {}`,
    `delete table ${TABLE}`,
    `table ${TABLE} {`,
    '  chain arriving {',
    '    type filter hook input priority -300; policy accept;',
    ...lines,
    '  }',
    '}',
    '',
  ].join('\n')
}

/** The words that remove every rule of ours. */
export const CLEAR = ['nft', 'delete', 'table', 'inet', 'chaos'] as const

/** Which rules are in force according to what `nft list table` says. */
export function idsInForce(listing: string): ReadonlySet<number> {
  return new Set([...listing.matchAll(/comment "chaos-(\d+)"/g)].map(([, id]) => Number(id)))
}

export function described(fault: PacketFault): string {
  return fault.kind === 'cut' ? `cut (${fault.mode})` : `loss ${fault.probability}`
}

function verdictOf(fault: PacketFault): string {
  if (fault.kind === 'loss') return `numgen random mod 1000 < ${Math.round(fault.probability * 1000)} drop`
  // A refusal of the other side must arrive, or links that are cut both ways would be silent instead.
  return fault.mode === 'refuse' ? 'tcp flags & rst == 0 reject with tcp reset' : 'drop'
}
