/**
 * Maelstrom's requests as calls of a bundled target's session, and what they came to as Maelstrom's answers. A workload each;
 * `workload` is what the target knows it as.
 */
import type {Outcome} from '../../../core/client.ts'
import type {Call, Json} from '../../../core/node.ts'
import type {Body} from '../packet.ts'

/** One request in both languages. */
interface Phrase {
  readonly call: Call
  /** The fields of the answer. */
  answer(value: Json): object
}

interface Phrasebook {
  /** The target's workload: what it claims tells whether it can do this. */
  readonly workload: string
  phrase(request: Body): Phrase | undefined
}

/** The name of the one object where Maelstrom has no names. */
const ONLY = 'x0'

const call = (f: string, value: unknown = null, key: string | null = ONLY): Call => ({f, key, value: value as Json})
const nothing = () => ({})

/** A set that grows: added to by one request, read by another. */
function set(add: string, element: string, elements: string): Phrasebook {
  return {
    workload: 'set',
    phrase(request) {
      if (request.type === add) return {call: call('add', request[element]), answer: nothing}
      if (request.type === 'read') return {call: call('read'), answer: (value) => ({[elements]: value ?? []})}
      return undefined
    },
  }
}

const COUNTER: Phrasebook = {
  workload: 'counter',
  phrase({type, delta}) {
    if (type === 'add') return {call: call('add', delta), answer: nothing}
    return type === 'read' ? {call: call('read'), answer: (value) => ({value: value ?? 0})} : undefined
  },
}

export const PHRASEBOOKS: Readonly<Record<string, Phrasebook>> = {
  'lin-kv': {
    workload: 'cas',
    phrase({type, key, value, from, to}) {
      const name = JSON.stringify(key)
      if (type === 'read') return {call: call('read', null, name), answer: (found) => ({value: found})}
      if (type === 'write') return {call: call('write', value, name), answer: nothing}
      return type === 'cas' ? {call: call('cas', [from, to], name), answer: nothing} : undefined
    },
  },
  broadcast: set('broadcast', 'message', 'messages'),
  'g-set': set('add', 'element', 'value'),
  'g-counter': COUNTER,
  'pn-counter': COUNTER,
  'txn-list-append': {
    workload: 'append',
    phrase({type, txn}) {
      if (type !== 'txn') return undefined
      const asked = txn as readonly (readonly [string, Json, Json])[]
      const named = asked.map(([f, key, value]) => [f, JSON.stringify(key), value])
      // Keys come back as they were asked.
      const answer = (done: Json) => ({
        txn: (done as readonly (readonly Json[])[]).map((micro, i) => [micro[0], asked[i]?.[1], micro[2]]),
      })
      return {call: call('txn', named, null), answer}
    },
  },
  kafka: {
    workload: 'log',
    phrase({type, key, msg, offsets, keys}) {
      if (type === 'send') return {call: call('send', msg, String(key)), answer: (offset) => ({offset})}
      if (type === 'poll') return {call: call('poll', offsets, null), answer: (msgs) => ({msgs})}
      if (type === 'commit_offsets') return {call: call('commit', offsets, null), answer: nothing}
      if (type !== 'list_committed_offsets') return undefined
      return {call: call('committed', keys, null), answer: (kept) => ({offsets: kept})}
    },
  },
}

/** What to answer; an error where it did not happen, or nobody knows. */
export function answerTo(request: Body, phrase: Phrase, outcome: Outcome): Body {
  if (outcome.type === 'ok') {
    // That there is nothing under a key is an error in Maelstrom's words.
    if (request.type === 'read' && 'key' in request && outcome.value === null) return error(20, 'key does not exist')
    return {type: `${request.type}_ok`, ...phrase.answer(outcome.value as Json)}
  }
  if (outcome.type === 'info') return error(13, outcome.error)
  if (/differ/.test(outcome.error)) return error(22, outcome.error)
  return /not found/.test(outcome.error) ? error(20, outcome.error) : error(11, outcome.error)
}

function error(code: number, text: string): Body {
  return {type: 'error', code, text}
}
