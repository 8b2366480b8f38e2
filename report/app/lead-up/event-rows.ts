/** What the nodes said of themselves and of each other, as rows: elections, votes, restarts; not what they do all the time. */
import type {EventMark, Payload} from '../../payload.ts'
import {moment} from '../data/time.ts'
import type {Arrow, Row} from './row.ts'
import {cutBetween, stoppedBy} from './states.ts'

/** Bookkeeping that goes on whatever happens. */
const ROUTINE = /commit|appl(y|ied)|heartbeat|^snapshot$|compact|sync/
/** A type of which there are more than this for each node is routine too. */
const PER_NODE = 60
/** Events alike that come this soon after each other are one row. */
const TOGETHER_NS = 30e6

/** Events between these moments, and for each that led at the beginning, when it began. */
export function eventRows(payload: Payload, fromNs: number, toNs: number): Row[] {
  const {marks, nodes, leaderships} = payload
  const counts = new Map<string, number>()
  for (const {type} of marks) counts.set(type, (counts.get(type) ?? 0) + 1)
  const isRare = (type: string) => !ROUTINE.test(type) && counts.get(type)! <= PER_NODE * Math.max(1, nodes.length)
  const began = new Set(
    leaderships
      .filter((each) => each.startNs < fromNs && each.endNs >= fromNs)
      .map((each) => `${each.node} ${each.startNs}`),
  )
  const wanted = marks.filter(
    ({type, timeNs, node}) => (timeNs >= fromNs && timeNs <= toNs && isRare(type)) || began.has(`${node} ${timeNs}`),
  )
  return together(wanted).map((group) => rowOf(payload, group))
}

interface Group {
  readonly marks: EventMark[]
  /** How often its node said it again, with nothing else in between. */
  repeats: number
  lastNs: number
}

/** Neighbours in time that say the same, as when four followers hear of their leader, and what one node says again and again. */
function together(marks: readonly EventMark[]): Group[] {
  const groups: Group[] = []
  const byWords = new Map<string, Group>()
  const lastOf = new Map<string, Group>()
  for (const mark of [...marks].sort((left, right) => left.timeNs - right.timeNs)) {
    const {node, words, timeNs} = mark
    const own = lastOf.get(node)
    const others = byWords.get(words)
    if (own !== undefined && own === others && own.marks.length === 1) {
      own.repeats++
      own.lastNs = timeNs
      continue
    }
    const joins = others !== undefined && timeNs - others.lastNs < TOGETHER_NS && others.repeats === 0
    const group = joins && others.marks.every((each) => each.node !== node) ? others : fresh(groups)
    group.marks.push(mark)
    group.lastNs = timeNs
    byWords.set(words, group)
    lastOf.set(node, group)
  }
  return groups
}

function fresh(groups: Group[]): Group {
  const group = {marks: [], repeats: 0, lastNs: 0}
  groups.push(group)
  return group
}

function rowOf(payload: Payload, {marks, repeats, lastNs}: Group): Row {
  const [{words, type, timeNs}] = marks as readonly EventMark[] as readonly [EventMark]
  const names = marks.map(({node}) => node)
  const arrows = marks.flatMap((mark): Arrow[] => [
    ...(mark.to ?? []).map((to): Arrow => ({from: mark.node, to, kind: kindOf(payload, mark.node, to, mark.timeNs)})),
    ...(mark.from ?? []).map((from): Arrow => ({from, to: mark.node, kind: 'message'})),
  ])
  const lost = arrows.filter(({kind}) => kind === 'lost').map(({to}) => to)
  return {
    ns: timeNs,
    kind: 'event',
    text: [
      `${names.join(', ')} ${names.length === 1 ? words : plural(words)}`,
      lost.length === 0 ? '' : `; this cannot reach ${lost.join(', ')}`,
      repeats === 0 ? '' : ` (again ${repeats === 1 ? 'once' : `${repeats} times`}, until ${moment(lastNs)})`,
    ].join(''),
    arrows,
    nodes: names,
    weight: /leader|elected|depos/.test(type) ? 8 : /candidate|follower|start|boot|crash|restart/.test(type) ? 5 : 4,
  }
}

/** What was sent over a cut link, or to a node that is down, never arrives. */
function kindOf(payload: Payload, from: string, to: string, ns: number): Arrow['kind'] {
  const isStopped = cutBetween(payload, from, to, ns) !== undefined || stoppedBy(payload, to, ns) !== undefined
  return isStopped ? 'lost' : 'message'
}

/** `follows n5` of several nodes: `follow n5`. */
function plural(words: string): string {
  return words.replace(/^(\w+?)s\b/, '$1')
}
