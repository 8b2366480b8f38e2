/**
 * AppendEntries (section 5.3): how a leader makes the followers' logs equal to its own, and how it learns that it leads no
 * more. Quorums are counted in `commit.ts`.
 */
import type {NodeId} from '../../core/node.ts'
import {advanceCommit, commitTo} from './commit.ts'
import {checkHandover, tellIfCaughtUp} from './handover.ts'
import {sendChunk, takeChunk} from './install-snapshot.ts'
import {openLease} from './lease.ts'
import {checkLearner, promoteIfCaughtUp} from './membership.ts'
import type {Append, AppendReply, Entry, InstallSnapshot, InstallSnapshotReply} from './messages.ts'
import {noteHeard, noteNoQuorum, noteSilent, noteTruncation} from './notes.ts'
import {askAboutReads, closeRounds, openRound, serveReads} from './read-index.ts'
import type {Leader, Progress} from './role.ts'
import type {Server} from './server.ts'
import {becomeFollower, hearLeader} from './term.ts'

/** Sends on what was gathered: entries to disk and followers, reads into a round of heartbeats. */
export function flush(server: Server): void {
  server.flushed()
  askAboutReads(server)
  const {leading} = server
  if (leading === undefined) return
  server.log.sync()
  openRound(server)
  for (const [peer, progress] of leading.progress) replicate(server, leading, peer, progress)
  advanceCommit(server)
  closeRounds(server)
}

/** Every `heartbeatMs`: keeps followers from campaigning, repeats what got lost, and notices that nobody answers. */
export function beat(server: Server, leading: Leader): void {
  const {configuration, settings, env} = server
  env.setTimer('heartbeat', settings.heartbeatMs)
  openLease(server, leading)
  checkLearner(server)
  checkHandover(leading)
  for (const [peer, progress] of leading.progress) {
    const wasSilent = isSilent(server, progress)
    progress.silentBeats++
    if (!wasSilent && isSilent(server, progress)) noteSilent(server, peer, progress.matchIndex)
    progress.probed = false
    replicate(server, leading, peer, progress)
  }
  // Check quorum (thesis, section 6.2): who hears no quorum for an election timeout is in no position to lead.
  if (settings.checkQuorum === 0 || server.has('stale-read')) return
  const isHeard = (voter: NodeId) => voter === env.id || !isSilent(server, leading.progress.get(voter) as Progress)
  if (configuration.isQuorum(isHeard)) return
  noteNoQuorum(server)
  becomeFollower(server, server.term, null)
}

function isSilent({settings}: Server, progress: Progress): boolean {
  return progress.silentBeats * settings.heartbeatMs > settings.electionMs
}

/** One message to a peer: what it lacks, as far as it makes sense to send that now. */
function replicate(server: Server, leading: Leader, to: NodeId, progress: Progress): void {
  const {log, settings} = server
  if (isSilent(server, progress)) {
    // Nobody may be there: find out with as little as possible.
    progress.probeFrom(0)
    sendAppend(server, leading, to, log.lastIndex, [])
  } else if (progress.nextIndex <= log.baseIndex) {
    if (!progress.probed) sendChunk(server, to, progress, leading.round)
    progress.probed = true
  } else {
    const wait = progress.probing && progress.probed
    const entries = wait ? [] : log.entriesFrom(progress.nextIndex, settings.batchEntries)
    sendAppend(server, leading, to, progress.nextIndex - 1, entries)
    progress.probed = true
    if (!progress.probing) progress.nextIndex += entries.length
  }
}

function sendAppend(server: Server, leading: Leader, to: NodeId, prevIndex: number, entries: readonly Entry[]): void {
  server.send(to, {
    type: 'append',
    term: server.term,
    prevIndex,
    prevTerm: server.log.termAt(prevIndex) as number,
    entries,
    commitIndex: server.commitIndex,
    round: leading.round,
  })
}

/** The follower's side: the consistency check, then the entries, then (once they are on disk) the answer. */
export function onAppend(server: Server, from: NodeId, message: Append): void {
  const {term, round, prevIndex} = message
  if (term === server.term) hearLeader(server, from)
  const mismatch = term < server.term ? {conflictTerm: null, conflictIndex: 0} : findMismatch(server, message)
  if (mismatch === undefined) {
    store(server, from, message)
    commitTo(server, Math.min(message.commitIndex, prevIndex + message.entries.length))
  }
  server.send(from, {
    type: 'append-reply',
    term: server.term,
    round,
    prevIndex,
    matchIndex: mismatch === undefined ? prevIndex + message.entries.length : null,
    conflictTerm: mismatch?.conflictTerm ?? null,
    conflictIndex: mismatch?.conflictIndex ?? 0,
  })
}

/** Where our log cannot be followed by these entries: what to tell the leader, so that it skips a whole term at a time. */
function findMismatch({log}: Server, {prevIndex, prevTerm}: Append) {
  // Before the log's beginning everything is committed and therefore equal.
  if (prevIndex <= log.baseIndex || log.termAt(prevIndex) === prevTerm) return undefined
  const conflictTerm = log.termAt(prevIndex)
  if (conflictTerm === undefined) return {conflictTerm: null, conflictIndex: log.lastIndex + 1}
  return {conflictTerm, conflictIndex: log.firstOfTerm(prevIndex)}
}

/** Figure 2, AppendEntries, steps 3 and 4: from the first entry that differs, the leader's log replaces ours. */
function store(server: Server, leader: NodeId, {prevIndex, entries}: Append): void {
  const {log} = server
  for (let i = 0; i < entries.length; i++) {
    const index = prevIndex + 1 + i
    const isKnown = index <= log.baseIndex || log.termAt(index) === entries[i]!.term
    if (isKnown || (index <= log.lastIndex && server.has('no-truncate'))) continue
    if (index <= log.lastIndex) {
      noteTruncation(server, index, leader)
      server.truncateFrom(index)
    }
    server.append(i === 0 ? entries : entries.slice(i))
    break
  }
  log.sync()
}

export function onAppendReply(server: Server, from: NodeId, message: AppendReply): void {
  const {leading} = server
  const progress = leading?.progress.get(from)
  if (leading === undefined || progress === undefined || message.term < server.term) return
  heard(server, from, progress, message.round)
  const {matchIndex, prevIndex} = message
  const fresh = prevIndex > progress.matchIndex && (!progress.probing || prevIndex === progress.nextIndex - 1)
  if (matchIndex !== null) progress.matched(matchIndex)
  else if (fresh) progress.probeFrom(backUp(server, message))
  closeRounds(server)
  if (matchIndex === null && !fresh) return
  advanceCommit(server)
  tellIfCaughtUp(server, leading, from, progress)
  promoteIfCaughtUp(server, from, progress)
  if (progress.nextIndex <= server.log.lastIndex) replicate(server, leading, from, progress)
}

/**
 * Where to try next (section 5.3, end; thesis, section 3.5): after our own last entry of the conflicting term if we have
 * that term, else where the follower's entries of that term begin.
 */
function backUp({log}: Server, {conflictTerm, conflictIndex}: AppendReply): number {
  const last = conflictTerm === null ? undefined : log.lastOfTerm(conflictTerm)
  return last === undefined ? conflictIndex : last + 1
}

function heard(server: Server, peer: NodeId, progress: Progress, round: number): void {
  if (isSilent(server, progress)) noteHeard(server, peer, progress.matchIndex)
  progress.silentBeats = 0
  progress.round = Math.max(progress.round, round)
}

export function onSnapshot(server: Server, from: NodeId, message: InstallSnapshot): void {
  if (message.term < server.term) {
    server.send(from, {type: 'snapshot-reply', term: server.term, round: 0, index: message.index, offset: 0})
    return
  }
  hearLeader(server, from)
  const offset = takeChunk(server, message)
  serveReads(server)
  server.send(from, {type: 'snapshot-reply', term: server.term, round: message.round, index: message.index, offset})
}

export function onSnapshotReply(server: Server, from: NodeId, message: InstallSnapshotReply): void {
  const {leading} = server
  const progress = leading?.progress.get(from)
  if (leading === undefined || progress === undefined || message.term < server.term) return
  heard(server, from, progress, message.round)
  closeRounds(server)
  const {transfer} = progress
  if (transfer?.snapshot.index !== message.index) return
  transfer.offset = message.offset
  progress.probed = false
  if (message.offset >= transfer.snapshot.text.length) {
    progress.transfer = undefined
    progress.matched(message.index)
    advanceCommit(server)
  }
  replicate(server, leading, from, progress)
}
