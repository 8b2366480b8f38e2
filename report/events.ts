/**
 * Events of nodes as the page carries them: in words, and with the peers that an event names, so that what passed between
 * nodes can be drawn. The convention for targets: `to` names the peers that the node sent something to, `from` the peer it
 * heard from; `leader` of a follower is the one it heard from.
 */
import type {NodeEvent} from '../core/cluster.ts'
import {MESSAGE_EVENT, type Message} from '../core/node.ts'
import {eventWords, namesIn} from './event-words.ts'
import {isLeader} from './leadership.ts'
import type {EventMark} from './payload.ts'
import {compact} from './values.ts'

/** The most events of one type that a page carries; of a type that is more frequent (each commit, say) an even sample. */
const LIMIT_PER_TYPE = 2000

/**
 * Messages that the network told of one by one (type `message`) are kept where evidence is, so many for each node that sent
 * any: those nearest to its end. More of them would be a thicket.
 */
const MESSAGES_PER_NODE = 40

/** A stretch of time. */
interface Span {
  readonly fromNs: number
  readonly toNs: number
}

/**
 * Every event in its order, types that are frequent thinned evenly; whoever led is never left out. Messages only within these
 * spans.
 */
export function marksOf(all: readonly NodeEvent[], spans: readonly Span[] = []): EventMark[] {
  const events = withMessagesIn(all, spans)
  const counts = new Map<string, number>()
  for (const {event} of events) counts.set(event.type, (counts.get(event.type) ?? 0) + 1)
  const seen = new Map<string, number>()
  return events.flatMap(({timeNs, node, event}): EventMark[] => {
    const place = seen.get(event.type) ?? 0
    seen.set(event.type, place + 1)
    const step = Math.ceil((counts.get(event.type) as number) / LIMIT_PER_TYPE)
    if (place % step !== 0 && !isLeader(event)) return []
    const {type, ...fields} = event
    const text = Object.keys(fields).length === 0 ? '' : compact(fields, 160)
    return [{timeNs, node, type, text, words: eventWords(event), ...peersOf(event)}]
  })
}

function withMessagesIn(events: readonly NodeEvent[], spans: readonly Span[]): readonly NodeEvent[] {
  const isMessage = ({event}: NodeEvent) => event.type === MESSAGE_EVENT
  const near = events.filter(
    (each) => isMessage(each) && spans.some(({fromNs, toNs}) => each.timeNs >= fromNs && each.timeNs <= toNs),
  )
  const kept = new Set(near.slice(-MESSAGES_PER_NODE * new Set(near.map(({node}) => node)).size))
  return events.filter((each) => !isMessage(each) || kept.has(each))
}

function peersOf(event: Message): Pick<EventMark, 'from' | 'to'> {
  const to = namesIn(event['to'])
  if (to.length > 0) return {to}
  const from = namesIn(event['from'] ?? (event.type === 'follower' ? event['leader'] : undefined))
  return from.length > 0 ? {from} : {}
}
