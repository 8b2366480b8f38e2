/**
 * Snapshots (section 7 of the paper, chapter 5 of the thesis): the state as of some index stands in for the log up to
 * there. Each server takes its own; a leader sends its snapshot, in chunks, to a follower that needs entries which are
 * gone.
 *
 * Order on disk: first the snapshot, then the log is cut. A crash between the two leaves a log that reaches back further
 * than it must, which `adopt` puts right.
 */
import type {NodeId} from '../../core/node.ts'
import type {StoreSnapshot} from '../state-machine/store.ts'
import type {InstallSnapshot} from './messages.ts'
import type {Progress} from './role.ts'
import type {Server} from './server.ts'
import {type Snapshot, saveSnapshot} from './snapshot.ts'

/** After every so many applied entries: writes the state down and forgets the log before it. */
export function snapshotIfDue(server: Server): void {
  const {settings, log, lastApplied} = server
  if (lastApplied - (server.snapshot?.index ?? 0) < settings.snapshotEntries) return
  server.snapshot = {
    index: lastApplied,
    term: log.termAt(lastApplied) as number,
    voters: server.membersAt(lastApplied),
    digest: server.digest,
    text: JSON.stringify(server.store.snapshot()),
  }
  saveSnapshot(server.env.disk, server.snapshot)
  log.compact(lastApplied - settings.retainedEntries)
  server.env.event({type: 'snapshot', index: lastApplied, term: server.snapshot.term, digest: server.digest})
  server.env.log(`snapshot of everything up to ${lastApplied}`)
}

/** Makes a snapshot that is on this server's disk its state: at boot, or when one was received. */
export function adopt(server: Server, snapshot: Snapshot): void {
  server.snapshot = snapshot
  server.store.restore(JSON.parse(snapshot.text) as StoreSnapshot)
  server.digest = snapshot.digest
  server.lastApplied = snapshot.index
  server.commitIndex = Math.max(server.commitIndex, snapshot.index)
  // A log that has the snapshot's last entry may go on after it; any other log is history or worse.
  const keeps = server.log.termAt(snapshot.index) === snapshot.term
  if (!keeps) server.log.reset(snapshot.index, snapshot.term)
  server.adoptMembers(snapshot, keeps)
}

/** The next chunk for a follower that needs entries from before the log's beginning. */
export function sendChunk(server: Server, to: NodeId, progress: Progress, round: number): void {
  progress.transfer ??= {snapshot: server.snapshot as Snapshot, offset: 0}
  const {snapshot, offset} = progress.transfer
  server.send(to, {
    type: 'snapshot',
    term: server.term,
    round,
    index: snapshot.index,
    indexTerm: snapshot.term,
    voters: snapshot.voters,
    digest: snapshot.digest,
    length: snapshot.text.length,
    offset,
    chunk: snapshot.text.slice(offset, offset + server.settings.chunkLength),
  })
}

/** Takes in a chunk, and the snapshot when it is whole. Says which offset is wanted next. */
export function takeChunk(server: Server, message: InstallSnapshot): number {
  const {index, indexTerm, voters, digest, length, offset, chunk} = message
  // What is committed here already is the same as what the snapshot has (state machine safety).
  if (index <= server.commitIndex) return length
  if (server.incoming?.index !== index || server.incoming.term !== indexTerm) {
    server.incoming = {index, term: indexTerm, text: ''}
  }
  const incoming = server.incoming
  if (offset === incoming.text.length) incoming.text += chunk
  if (incoming.text.length < length) return incoming.text.length
  const snapshot: Snapshot = {index, term: indexTerm, voters, digest, text: incoming.text}
  server.incoming = undefined
  saveSnapshot(server.env.disk, snapshot)
  adopt(server, snapshot)
  server.env.event({type: 'snapshot-installed', index, term: indexTerm, digest})
  server.env.log(`has the leader's snapshot, applied up to ${index}`)
  return length
}
