/** The lead-up in a sentence or two: only what the record says, each part left out where it says nothing. */
import type {Payload, PayloadFault} from '../../payload.ts'
import type {Case} from '../data/cases.ts'
import {faultWords} from '../data/faults.ts'
import type {Table} from '../data/table.ts'
import {duration} from '../data/time.ts'
import type {LeadUp} from './model.ts'
import {leaderAt, mayBeInForce, statesOf, stopsMessages} from './states.ts'

/** Sentences with ops in them as `#4121`; empty where the record holds nothing beyond the operations. */
export function summaryOf(table: Table, payload: Payload, each: Case, leadUp: LeadUp): string[] {
  const index = each.counterexample?.impossible
  const row = index === undefined ? undefined : table.rowOf(index)
  if (row === undefined || table.node(row) === '') return []
  const node = table.node(row)
  const ns = table.startNs[row]!
  const sentences: string[] = []
  const states = statesOf(payload, node, ns)
  const cut = payload.faults.find(
    (fault) => stopsMessages(fault) && mayBeInForce(fault, ns) && fault.links.some((link) => link.to === node),
  )
  if (states.includes('cut') && cut !== undefined) {
    sentences.push(
      `${node} answered #${index} ${duration(ns - cut.startNs)} after it was cut off (${faultWords(cut)}).`,
    )
  }
  const other = leaderAt(payload, ns, node)
  const own = payload.leaderships.find((one) => one.node === node && one.startNs <= ns && one.endNs > ns)
  const rival = payload.leaderships.findLast((one) => one.node === other && one.startNs <= ns && one.endNs > ns)
  if (own !== undefined && rival !== undefined) {
    const [older, newer] = own.startNs < rival.startNs ? [own, rival] : [rival, own]
    sentences.push(
      `${older.node} still took itself for the leader${ofTerm(older.term)} although ${newer.node} had led${newer.term === '' ? '' : ` term ${newer.term}`} for ${duration(ns - newer.startNs)}.`,
    )
  }
  const missed = leadUp.rows.flatMap((each) =>
    each.kind === 'missed' && each.text.includes('cannot learn') ? (/#\d+/.exec(each.text) ?? []) : [],
  )
  if (missed.length > 0) sentences.push(`${node} could not learn of ${missed.join(', ')}${untilOf(cut, ns)}.`)
  return sentences
}

/** A cut that was being undone a moment before may have let something through. */
function untilOf(cut: PayloadFault | undefined, ns: number): string {
  const healingNs = cut?.healingNs ?? Number.POSITIVE_INFINITY
  return healingNs >= ns ? '' : ` until ${duration(ns - healingNs)} before that answer was asked for`
}

function ofTerm(term: string): string {
  return term === '' ? '' : ` of term ${term}`
}
