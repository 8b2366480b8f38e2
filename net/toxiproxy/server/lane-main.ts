/** The process of a remote lane (`lane-main.js seed [strict]`): a local lane, driven by messages. Ends with its parent. */
import type {Socket} from 'node:net'
import {wallClock} from '../../../core/clock.ts'
import {serverRandom} from './chance.ts'
import {LocalLane} from './lane.ts'
import type {FromLane, SentToxic, ToLane} from './remote-lane.ts'
import {ToxicEntry} from './toxic-entry.ts'

const tell = (message: FromLane) => {
  if (process.connected) process.send?.(message)
}

const setting = {clock: wallClock(), strict: process.argv[3] === 'strict'}
const lane = new LocalLane(setting, serverRandom(process.argv[2] ?? ''), {
  onDirectionDone: (passage, direction, receivedBytes, sentBytes) =>
    tell({did: 'direction', passage, direction, receivedBytes, sentBytes}),
  onDone: (passage) => tell({did: 'done', passage}),
})

/** One entry per toxic, however often it is mentioned: connections find their stages by it. */
const entries = new Map<number, ToxicEntry>()

function entryOf(toxic: SentToxic): ToxicEntry {
  const known = entries.get(toxic.id)
  if (known === undefined) {
    const entry = ToxicEntry.fromJson(toxic, toxic.id)
    entries.set(toxic.id, entry)
    return entry
  }
  known.attributes = toxic.attributes
  known.toxicity = toxic.toxicity
  return known
}

async function change(message: Exclude<ToLane, {do: 'accept'}>): Promise<void> {
  if (message.do === 'drop') await lane.drop(message.proxyId)
  else if (message.do === 'add') await lane.addToxic(message.proxyId, entryOf(message.toxic))
  else if (message.do === 'update') await lane.updateToxic(message.proxyId, entryOf(message.toxic))
  else {
    await lane.removeToxic(message.proxyId, entryOf(message.toxic))
    entries.delete(message.toxic.id)
  }
  tell({did: 'answer', ask: message.ask})
}

process.on('message', (message: ToLane, socket: unknown) => {
  if (message.do !== 'accept') void change(message)
  // The client may have gone while it was handed over; then there is no socket.
  else if (socket === undefined) tell({did: 'done', passage: message.passage})
  else lane.accept(socket as Socket, message.passage, message.toxics.map(entryOf))
})
process.on('disconnect', () => process.exit(0))
// The whole group hears a Ctrl-C or a polite kill; when to go is the parent's decision.
process.on('SIGINT', () => {}).on('SIGTERM', () => {})
tell({did: 'start'})
