/**
 * Packets between containers, by rules in the network namespace of whoever receives them: those that come from a cut peer are
 * dropped or refused there, and lost at random where they are to be lost. Clients come from elsewhere, so no rule meets them.
 */
import type {NodeId} from '../../core/node.ts'
import {lost, marked, type PacketFault, type Rule} from '../links/packet-faults.ts'

/** What can be done to packets here. */
export type ContainerFault = Exclude<PacketFault, {readonly kind: 'bandwidth'}>

export const TABLE = 'inet chaos'

/** The input of `nft -f -` that puts just these rules in force for one node. */
export function transaction(
  rules: readonly Rule<ContainerFault>[],
  addresses: (node: NodeId) => readonly string[],
): string {
  const lines = rules.flatMap(({id, link, fault}) =>
    addresses(link.from as NodeId).map((address) => {
      const family = address.includes(':') ? 'ip6' : 'ip'
      return `    ${family} saddr ${address} ${verdictOf(fault)} ${marked(id)}`
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

function verdictOf(fault: ContainerFault): string {
  if (fault.kind === 'loss') return lost(fault.probability)
  // A refusal of the other side must arrive, or links that are cut both ways would be silent instead.
  return fault.mode === 'refuse' ? 'tcp flags & rst == 0 reject with tcp reset' : 'drop'
}
