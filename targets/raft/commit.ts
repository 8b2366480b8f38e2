/** From replicated to committed (sections 5.3 and 5.4.2), and from committed to applied. */

import {foldCommand, foldNumber} from '../state-machine/digest.ts'
import {snapshotIfDue} from './install-snapshot.ts'
import {membersCommitted} from './membership.ts'
import {serveReads} from './read-index.ts'
import type {Server} from './server.ts'

/**
 * Commits what a quorum has on disk, if it is of this term. Entries of earlier terms are never committed by counting
 * copies, only by an entry of this term after them: a server without them might still win an election (figure 8).
 */
export function advanceCommit(server: Server): void {
  const {leading, log, configuration, env} = server
  // Most answers come when everything is committed already.
  if (leading === undefined || log.lastIndex <= server.commitIndex) return
  const index = configuration.agreed((voter) =>
    voter === env.id ? log.syncedIndex : (leading.progress.get(voter)?.matchIndex ?? 0),
  )
  if (index <= server.commitIndex) return
  if (log.termAt(index) !== server.term && !server.has('commit-old-term')) return
  commitTo(server, index)
}

/** Everything up to this index is committed. */
export function commitTo(server: Server, index: number): void {
  if (index <= server.commitIndex) return
  server.commitIndex = index
  while (server.lastApplied < server.commitIndex) applyNext(server)
  serveReads(server)
}

function applyNext(server: Server): void {
  const {log, store, leading} = server
  const index = ++server.lastApplied
  const {term, command} = log.entryAt(index)
  server.digest = foldCommand(foldNumber(server.digest, term), command)
  if (server.has('snapshot-off-by-one')) snapshotIfDue(server)
  const answer = store.apply(command)
  if (!server.has('snapshot-off-by-one')) snapshotIfDue(server)
  if (index % server.settings.eventEntries === 0) {
    server.env.event({type: 'commit', index, term, digest: server.digest, by: server.term})
  }
  if (command.type === 'members' && !membersCommitted(server, command.voters)) server.env.setTimer('removed', 0)
  const client = leading?.waiting.get(index)
  if (client === undefined) return
  leading?.waiting.delete(index)
  server.reply(client, answer)
}
