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
  /** The words, with a sign in the place of the peer they name. */
  readonly pattern: string
  /** How often its node said it again, with nothing else in between. */
  repeats: number
  lastNs: number
}

const PEER = '\u2217'

/** Neighbours in time that say the same, as when four followers hear of their leader, and what one node says again and again. */
function together(marks: readonly EventMark[]): Group[] {
  const groups: Group[] = []
  const byPattern = new Map<string, Group>()
  const lastOf = new Map<string, Group>()
  for (const mark of [...marks].sort((left, right) => left.timeNs - right.timeNs)) {
    const pattern = peersOf(mark).reduce((words, peer) => words.replaceAll(peer, PEER), mark.words)
    const own = lastOf.get(mark.node)
    const alike = byPattern.get(pattern)
    let group = alike
    if (alike !== undefined && own === alike && alike.marks.length === 1 && samePeers(alike.marks[0]!, mark))
      alike.repeats++
    else if (alike !== undefined && joins(alike, mark)) alike.marks.push(mark)
    else groups.push((group = {marks: [mark], pattern, repeats: 0, lastNs: 0}))
    group!.lastNs = mark.timeNs
    byPattern.set(pattern, group!)
    lastOf.set(mark.node, group!)
  }
  return groups
}

function peersOf({to = [], from = []}: EventMark): readonly string[] {
  return [...to, ...from]
}

function samePeers(left: EventMark, right: EventMark): boolean {
  return peersOf(left).join() === peersOf(right).join()
}

/** Several nodes about the same peer, or one node about several. */
function joins({marks, repeats, lastNs}: Group, mark: EventMark): boolean {
  if (repeats > 0 || mark.timeNs - lastNs > TOGETHER_NS) return false
  return (
    marks.every((each) => each.node !== mark.node && samePeers(each, mark)) ||
    marks.every((each) => each.node === mark.node && !samePeers(each, mark))
  )
}

function rowOf(payload: Payload, {marks, pattern, repeats, lastNs}: Group): Row {
  const [{type, timeNs}] = marks as readonly EventMark[] as readonly [EventMark]
  const names = unique(marks.map(({node}) => node))
  const words = pattern.replaceAll(PEER, unique(marks.flatMap(peersOf)).join(', '))
  const arrows = marks.flatMap((mark): Arrow[] => [
    ...(mark.to ?? []).map((to): Arrow => ({from: mark.node, to, kind: kindOf(payload, mark.node, to, mark.timeNs)})),
    ...(mark.from ?? []).map((from): Arrow => ({from, to: mark.node, kind: 'message'})),
  ])
  const lost = type === 'silent' ? [] : unique(arrows.filter(({kind}) => kind === 'lost').map(({to}) => to))
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

function unique(names: readonly string[]): string[] {
  return [...new Set(names)]
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
