/**
 * Reads without the log (thesis, section 6.4). A leader must not answer from its state just because it believes that it
 * leads: it may have been deposed. So it notes its commit index, has a round of heartbeats answered by a quorum, which
 * proves that it still led after the read arrived, and only then may anyone serve the read, from any state that includes
 * that index. Followers ask the leader for the index and serve their own clients' reads.
 *
 *     client ── read ──► follower ── read-index(batch) ──► leader ── a round of heartbeats ──► quorum
 *                            │ ◄───── read-index-reply(batch, index) ──────┘
 *     client ◄── ok(value) ──┘ once lastApplied ≥ index
 */
import type {NodeId} from '../../core/node.ts'
import type {Read} from './client.ts'
import {holdsLease} from './lease.ts'
import type {ReadIndex, ReadIndexReply} from './messages.ts'
import type {Asker, Leader} from './role.ts'
import type {Server} from './server.ts'

/** A client's read has arrived here. */
export function readHere(server: Server, read: Read): void {
  if (server.leader === null) {
    server.sendAway(read.client, 'redirect', null)
    return
  }
  server.reads.arrived.push(read)
  server.flushSoon()
}

/** Asks the leader about all reads that have arrived since the last flush. */
export function askAboutReads(server: Server): void {
  const {reads} = server
  if (reads.arrived.length === 0) return
  // Boots keep an answer from before a crash from being taken for the answer to a younger batch.
  const batch = `${server.boots}.${++reads.batches}`
  reads.asked.set(batch, reads.arrived)
  reads.arrived = []
  if (server.leading) askedForIndex(server, {node: server.env.id, batch})
  else if (server.leader !== null) server.send(server.leader, {type: 'read-index', term: server.term, batch})
  else answerBatch(server, batch, null)
}

/** Somebody, perhaps ourselves, wants a read index of this server. */
function askedForIndex(server: Server, asker: Asker): void {
  const {leading} = server
  if (leading === undefined) tell(server, asker, null)
  else if (server.has('stale-read') || holdsLease(server, leading)) tell(server, asker, server.commitIndex)
  else {
    leading.asking.push(asker)
    server.flushSoon()
  }
}

/**
 * Opens a round of heartbeats for the batches that ask. Only once an entry of this term is committed: before that a leader
 * may not know of everything that its predecessors committed.
 */
export function openRound(server: Server): void {
  const {leading, commitIndex} = server
  if (leading === undefined || leading.asking.length === 0 || server.log.termAt(commitIndex) !== server.term) return
  leading.rounds.push({round: ++leading.round, index: commitIndex, askers: leading.asking.splice(0)})
}

/** Answers the rounds that a quorum has answered by now. */
export function closeRounds(server: Server): void {
  const {leading} = server
  if (leading === undefined || leading.rounds.length === 0) return
  const answered = server.configuration.agreed((voter) => leading.progress.get(voter)?.round ?? leading.round)
  while (leading.rounds[0] !== undefined && leading.rounds[0].round <= answered) {
    const {index, askers} = leading.rounds.shift() as Leader['rounds'][number]
    for (const asker of askers) tell(server, asker, index)
  }
}

function tell(server: Server, {node, batch}: Asker, index: number | null): void {
  if (node === server.env.id) answerBatch(server, batch, index)
  else server.send(node, {type: 'read-index-reply', term: server.term, batch, index})
}

export function onReadIndex(server: Server, from: NodeId, {batch}: ReadIndex): void {
  askedForIndex(server, {node: from, batch})
}

export function onReadIndexReply(server: Server, _from: NodeId, {batch, index}: ReadIndexReply): void {
  answerBatch(server, batch, index)
}

/** The reads of a batch may be served from this index on; null: they must be asked for elsewhere. */
function answerBatch(server: Server, batch: string, index: number | null): void {
  const {asked, confirmed} = server.reads
  const reads = asked.get(batch)
  if (reads === undefined) return
  asked.delete(batch)
  if (index === null) refuse(server, reads)
  else {
    confirmed.push({index, reads})
    serveReads(server)
  }
}

/** Serves what the state is recent enough for. */
export function serveReads(server: Server): void {
  const {reads} = server
  if (reads.confirmed.length === 0) return
  const ripe = reads.confirmed.filter(({index}) => index <= server.lastApplied)
  reads.confirmed = reads.confirmed.filter(({index}) => index > server.lastApplied)
  for (const batch of ripe) {
    for (const {client, f, key} of batch.reads) server.reply(client, server.store.read(f, key))
  }
}

/** The leader that was asked is lost: its answers may never come. */
export function abandonReads(server: Server): void {
  const {reads} = server
  refuse(server, reads.arrived.splice(0))
  for (const batch of reads.asked.values()) refuse(server, batch)
  reads.asked.clear()
}

function refuse(server: Server, reads: readonly Read[]): void {
  for (const {client} of reads) server.sendAway(client, 'redirect', server.leader)
}

/** A deposed leader gives nobody an index any more. */
export function refuseAskers(server: Server, leading: Leader): void {
  const askers = [...leading.asking, ...leading.rounds.flatMap((round) => round.askers)]
  for (const asker of askers) tell(server, asker, null)
}
