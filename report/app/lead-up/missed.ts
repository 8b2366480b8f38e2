/**
 * Acknowledged writes that the answering node cannot have known of. A write becomes known to the node that its client
 * asked, and from there along links that are not cut; so it is missed for certain where, from the moment it was asked for
 * until it was acknowledged, every way to the other node was cut, or that node was stopped. Only faults that were seen in
 * force all that time count.
 */
import {OUTCOME, type Payload, type PayloadFault} from '../../payload.ts'
import {faultWords} from '../data/faults.ts'
import type {Table} from '../data/table.ts'
import {moment} from '../data/time.ts'
import type {Row} from './row.ts'
import {cutBetween, isInForce, leaderAt, stoppedBy} from './states.ts'

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
    const throughout = (fault: PayloadFault) => isInForce(fault, startNs) && isInForce(fault, ns)
    const name = `#${table.index[row]}`
    const base = {ns, kind: 'missed', nodes: [answering], weight: 9} as const
    const stopped = stoppedBy(payload, answering, ns, throughout)
    if (stopped !== undefined) {
      return [{...base, text: `${answering} cannot learn of ${name}: ${faultWords(stopped)}`, arrows: []}]
    }
    const reached = reachedFrom(payload, asked, throughout)
    if (reached.has(answering)) return []
    const leader = leaderAt(payload, ns, answering)
    const source = leader !== undefined && reached.has(leader) ? leader : asked
    const healingNs = cutBetween(payload, source, answering, ns, throughout)?.healingNs ?? Number.POSITIVE_INFINITY
    const until = healingNs >= askedNs ? '' : ` until ${moment(healingNs)}`
    return [
      {
        ...base,
        text: `${answering} cannot learn of ${name}: ${source} → ${answering} is cut${until}`,
        arrows: [{from: source, to: answering, kind: 'lost'}],
      },
    ]
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
