/** Events of nodes in words: what a node did, to be read after its name: "votes for n5 in term 2". */
import {MESSAGE_EVENT, type Message} from '../core/node.ts'
import {isLeader, termOf} from './leadership.ts'
import {compact} from './values.ts'

/** What an event is told with. */
interface Told {
  readonly event: Message
  /** Whom it names as sent to. */
  readonly to: readonly string[]
  /** Whom it names as heard from; empty where nobody. */
  readonly from: string
  /** ` in term 4`, or empty where it has none. */
  readonly inTerm: string
}

type Telling = (told: Told) => string

const WORDS: Readonly<Record<string, Telling>> = {
  candidate: ({event, inTerm}) =>
    event['preVote'] === true ? 'hears no leader, asks whether it could be elected' : `asks for votes${inTerm}`,
  vote: ({event, to, inTerm}) =>
    event['granted'] === false ? `refuses ${to[0]} its vote${inTerm}` : `votes for ${to[0]}${inTerm}`,
  follower: ({event, inTerm}) =>
    typeof event['leader'] === 'string'
      ? `follows ${event['leader']}${inTerm}`
      : `leaves for term ${termOf(event)}, no leader known`,
  proposed: ({event}) => `proposes a value for slot ${text(event['slot'])}`,
  chosen: ({event}) => `knows what was chosen for slot ${text(event['slot'])}`,
  members: ({event}) => `has the members ${listed(event['members'])}`,
  deposed: ({inTerm}) => `gives up leading${inTerm}`,
  commit: ({event}) => `has committed up to ${compact(event['index'] ?? event['slot'], 40)}`,
  snapshot: ({inTerm}) => `takes a snapshot${inTerm}`,
  installed,
  'snapshot-installed': installed,
  truncated: ({event, from}) => `drops ${compact(event['dropped'], 20)} of its entries: ${from}'s log differs`,
  silent: ({to}) => `gets no answer from ${to[0]} any more`,
  heard({event, from}) {
    const behind = event['behind']
    const entries = typeof behind === 'number' ? `, ${behind} ${behind === 1 ? 'entry' : 'entries'} behind` : ''
    return `hears ${from} again${entries}`
  },
  'caught-up': ({event, from}) => `learns ${compact(event['updates'], 20)} updates at once from ${from}`,
  member: ({event}) =>
    event['state'] === 'suspect'
      ? `suspects ${text(event['member'])}`
      : `takes ${text(event['member'])} for ${text(event['state'])}`,
  // Rings and quorums.
  ring: ({event}) => `knows the ring of ${listed(event['members'])}`,
  leaving: ({event}) => `leaves the ring, and has ${text(event['keys'])} keys to hand over`,
  left: () => 'has handed over all that it had, and is out of the ring',
  hint: ({event}) => `stands in: keeps ${text(event['key'])} for ${listed(event['owners'])}`,
  'handed-off': ({event, to}) => `has handed ${text(event['key'])} over to ${to.join(', ')}`,
  // Atomic commitment.
  'in-doubt': ({event, to}) => `has promised ${text(event['txn'])} and hears no decision from ${to[0]}: its locks stay`,
  resolved: ({event}) => `${decision(event)} ${text(event['txn'])}, of which it was in doubt`,
  terminates: ({event}) => `${decision(event)} ${text(event['txn'])} without its coordinator`,
  'gave-up': ({event, to}) => `aborts ${text(event['txn'])}: no vote from ${to.join(', ')}`,
  // Caches.
  undeleted: ({event, to}) => `cannot delete ${text(event['key'])} at ${to[0]}: what is cached there may be old`,
  deleted: ({event, from}) => `has deleted ${text(event['key'])} at ${from} at last`,
  // Locks and logs.
  'lease-over': ({event}) =>
    `takes the lock ${text(event['key'])} away, token ${text(event['token'])}: its lease is over`,
  'partition-leader': ({event}) => `leads ${text(event['partition'])} in epoch ${text(event['epoch'])}`,
  'in-sync': ({event}) => `has in sync for ${text(event['partition'])}: ${listed(event['replicas'])}`,
  controller: ({inTerm}) => `becomes the controller${inTerm}`,
  [MESSAGE_EVENT]({event, to}) {
    const {type: _type, to: _to, kind, lost, ...fields} = event
    const body = Object.keys(fields).length === 0 ? '' : ` ${compact(fields, 80)}`
    return `sends ${to[0] ?? 'a service'} ${compact(kind, 40)}${body}${lost === true ? ', which is lost' : ''}`
  },
}

export function eventWords(event: Message): string {
  const term = termOf(event)
  const telling = Object.hasOwn(WORDS, event.type) ? WORDS[event.type] : undefined
  if (telling !== undefined) {
    const [from = ''] = namesIn(event['from'])
    return telling({event, to: namesIn(event['to']), from, inTerm: term === '' ? '' : ` in term ${term}`})
  }
  // Others that lead have words of their own: of a partition, of the cluster's metadata.
  if (isLeader(event)) return term === '' ? 'becomes leader' : `becomes leader of term ${term}`
  const {type, to: _to, from: _from, ...fields} = event
  return Object.keys(fields).length === 0 ? type : `${type} ${compact(fields, 120)}`
}

/** The names in a field that has one or several. */
export function namesIn(value: unknown): string[] {
  return (Array.isArray(value) ? value : [value]).filter((name) => typeof name === 'string')
}

function installed({event}: Told): string {
  return `installs a snapshot up to ${compact(event['index'] ?? event['slot'], 40)}`
}

function decision(event: Message): string {
  return event['commit'] === true ? 'commits' : 'aborts'
}

function listed(value: unknown): string {
  return namesIn(value).join(' ')
}

/** A name without quotation marks, anything else as it is written. */
function text(value: unknown): string {
  return typeof value === 'string' ? value : compact(value, 40)
}
