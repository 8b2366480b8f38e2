/**
 * Acknowledged writes that the answering node cannot have known of. A write becomes known to the node that its client
 * asked, and from there along links that are not cut; so it is missed for certain where, from the moment it was asked for
 * until it was acknowledged, every way to the other node was cut, or that node was stopped. Only faults that were seen in
 * force all that time count; of those that were being injected or undone it is said that the write may have been missed.
 */
import {OUTCOME, type Payload, type PayloadFault} from '../../payload.ts'
import {faultWords} from '../data/faults.ts'
import type {Table} from '../data/table.ts'
import {moment} from '../data/time.ts'
import type {Row} from './row.ts'
import {cutBetween, isInForce, leaderAt, mayBeInForce, stoppedBy} from './states.ts'

/** A row for each such write among these operations. */
export function missedRows(table: Table, payload: Payload, focal: readonly number[], impossible: number): Row[] {
  const answering = table.node(impossible)
  const askedNs = table.startNs[impossible]!
  if (answering === '') return []
  return focal.flatMap((row): Row[] => {
    if (row === impossible || table.isRead(row) || table.outcome(row) !== OUTCOME.ok) return []
    const [startNs, ns] = [table.startNs[row]!, table.endNs[row]!]
    const asked = table.node(row)
    if (asked === '' || asked === answering || ns > askedNs) return []
    const base = {ns, kind: 'missed', nodes: [answering], weight: 9} as const
    const name = `#${table.index[row]}`
    for (const [inForce, certain] of [
      [isInForce, true],
      [mayBeInForce, false],
    ] as const) {
      const throughout = (fault: PayloadFault) => inForce(fault, startNs) && inForce(fault, ns)
      const words = certain ? `${answering} cannot learn of ${name}` : `${answering} may have missed ${name}`
      const stopped = stoppedBy(payload, answering, ns, throughout)
      if (stopped !== undefined) return [{...base, text: `${words}: ${faultWords(stopped)}`, arrows: []}]
      const reached = reachedFrom(payload, asked, throughout)
      if (reached.has(answering)) continue
      const leader = leaderAt(payload, ns, answering)
      const source = leader !== undefined && reached.has(leader) ? leader : asked
      const healingNs = cutBetween(payload, source, answering, ns, throughout)?.healingNs ?? Number.POSITIVE_INFINITY
      const until = healingNs >= askedNs ? '' : ` until ${moment(healingNs)}`
      const cut = certain ? `is cut${until}` : 'was being cut or healed'
      const arrows = [{from: source, to: answering, kind: 'lost'}] as const
      return [{...base, text: `${words}: ${source} → ${answering} ${cut}`, arrows}]
    }
    return []
  })
}

/** Nodes that something known to this node may have reached. */
function reachedFrom(payload: Payload, node: string, inForce: (fault: PayloadFault) => boolean): Set<string> {
  const reached = new Set([node])
  for (const from of reached) {
    for (const to of payload.nodes) {
      if (cutBetween(payload, from, to, 0, inForce) === undefined) reached.add(to)
    }
  }
  return reached
}
