/** What clients ask: writes go to the leader's log, reads are served wherever they arrive (see `read-index.ts`). */
import type {Message, RequestId} from '../../core/node.ts'
import type {Command, SessionId} from '../state-machine/command.ts'
import type {Client} from './client.ts'
import {onReconfigure} from './membership.ts'
import {readHere} from './read-index.ts'
import type {Server} from './server.ts'

export function onRequest(server: Server, request: RequestId, message: Message): void {
  const client: Client = {request, attempt: message['attempt'] ?? null}
  const {f, key, value, session, seq} = message as Message & Extract<Command, {type: 'call'}>
  switch (message.type) {
    case 'status':
      server.env.reply(request, status(server))
      return
    case 'read':
      readHere(server, {client, f, key})
      return
    case 'reconfigure':
      onReconfigure(server, request, message['members'] as readonly string[])
      return
    case 'open':
      propose(server, client, {type: 'open'})
      return
    case 'call':
      propose(server, client, {type: 'call', session: session as SessionId, seq, f, key, value})
      return
    default:
      server.reply(client, {type: 'failed', error: `unknown request ${message.type}`})
  }
}

/** Appends a command to the leader's log; it is answered when it is applied. Retries are told apart there. */
function propose(server: Server, client: Client, command: Command): void {
  const {leading, log} = server
  // A leader that hands over takes nothing more that its successor would have to know.
  if (leading === undefined || leading.handover !== undefined) {
    server.sendAway(client, 'redirect', leading === undefined ? server.leader : null)
    return
  }
  server.append([{term: server.term, command}])
  if (server.has('ack-before-quorum') && command.type === 'call') {
    server.reply(client, {type: 'ok', value: command.value})
  } else leading.waiting.set(log.lastIndex, client)
  server.flushSoon()
}

/** A command of the service itself, which nobody waits for. The server must lead. */
export function proposeOwn(server: Server, command: Command): void {
  server.append([{term: server.term, command}])
  server.flushSoon()
}

/** What this server says of itself, for the report and for waiting until the cluster can serve. */
function status(server: Server): Message {
  const {role, term, leader, commitIndex, lastApplied, log, snapshot, digest} = server
  return {
    type: 'status',
    role: role.name === 'pre-candidate' ? 'candidate' : role.name,
    term,
    leader,
    members: server.configuration.voters,
    commitIndex,
    lastApplied,
    lastIndex: log.lastIndex,
    snapshotIndex: snapshot?.index ?? 0,
    digest,
  }
}
