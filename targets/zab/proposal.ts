/** How a transaction gets into the leader's history. */
import type {Command} from '../state-machine/command.ts'
import type {Peer} from './peer.ts'
import type {Client, Leader} from './role.ts'

/** A client's command: proposed with the next flush, answered when it is delivered. */
export function propose(peer: Peer, role: Leader, command: Command, client?: Client): number {
  const index = peer.history.lastIndex + 1
  peer.history.append([{term: role.epoch as number, command}])
  if (client !== undefined) role.waiting.set(index, client)
  peer.flushSoon()
  return index
}
