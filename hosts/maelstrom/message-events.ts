/** Writes down messages among nodes as events of their senders, so that the report can draw those around what went wrong. */
import {MESSAGE_EVENT, type Message, type NodeId} from '../../core/node.ts'
import {EventFiles} from '../process/event-files.ts'
import {printJson} from './json.ts'
import type {NetworkWitness, Parcel} from './network.ts'

/** As many as are written down in one run; those that come later are only counted. */
const LIMIT = 100_000
/** Characters of a field that are kept. */
const LONGEST = 80

export class MessageEvents implements NetworkWitness {
  readonly #files: EventFiles
  readonly #nodes: ReadonlySet<NodeId>
  #written = 0

  constructor(directory: string, nodes: readonly NodeId[]) {
    this.#files = new EventFiles(directory, nodes)
    this.#nodes = new Set(nodes)
  }

  sent({src, dest, body}: Parcel, sentNs: number, arrivesNs: number | undefined): void {
    if (this.#written >= LIMIT || !this.#nodes.has(src) || !this.#nodes.has(dest)) return
    this.#written++
    const {type, msg_id: _id, in_reply_to: _reply, ...fields} = body
    const said = Object.entries(fields).map(([name, value]) => [name, short(value)])
    const lost = arrivesNs === undefined ? {lost: true} : {}
    const event = {...Object.fromEntries(said), type: MESSAGE_EVENT, to: dest, kind: type, ...lost} as Message
    this.#files.write(src, event, sentNs)
  }

  close(): Promise<void> {
    return this.#files.close()
  }
}

/** A number or a short text as it is; of anything else the beginning of its JSON. */
function short(value: unknown): string | number | boolean {
  if (typeof value === 'number' || typeof value === 'boolean') return value
  const text = typeof value === 'string' ? value : printJson(value)
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text
}
