/**
 * Reads. ZooKeeper's are local: the peer answers from what it has delivered, which may be long ago; a client never sees it
 * go back, since it says what it has seen (Hunt et al., "ZooKeeper", ATC 2010, section 4.4). `sync` before a read makes it
 * recent: the peer asks the leader, the leader puts an empty transaction in line, and once that is committed (so the leader
 * still led when the read had begun) and delivered here, the read is answered.
 *
 * ZooKeeper's own sync does without the transaction, and is therefore only as good as the leader's belief that it leads.
 */
import type {NodeId} from '../../core/node.ts'
import {NOOP} from '../state-machine/command.ts'
import type {Sync, SyncReply} from './messages.ts'
import type {Peer, Read} from './peer.ts'
import {propose} from './proposal.ts'
import type {Leader} from './role.ts'

/** A client's read has arrived here. `seen` is the latest transaction that the client has been told of. */
export function readHere(peer: Peer, read: Read, seen: number): void {
  if (peer.localReads || peer.has('read-as-sync')) {
    if (peer.delivered >= seen) answer(peer, read)
    else peer.reply(read.client, {type: 'redirect', leader: null})
  } else if (peer.leader === null) peer.reply(read.client, {type: 'redirect', leader: null})
  else {
    peer.reads.arrived.push(read)
    peer.flushSoon()
  }
}

function answer(peer: Peer, {client, f, key}: Read): void {
  peer.reply(client, {...peer.store.read(f, key), index: peer.delivered})
}

/** Asks the leader about all reads that have arrived since the last flush. */
export function askAboutReads(peer: Peer): void {
  const {reads, leader, env, role} = peer
  if (reads.arrived.length === 0) return
  const batch = peer.fresh()
  reads.asked.set(batch, reads.arrived.splice(0))
  if (role.name === 'leading' && leader !== null) role.asking.push({node: env.id, batch})
  else if (leader !== null) peer.send(leader, {type: 'sync', batch})
  else answerBatch(peer, batch, null)
}

export function onSync(peer: Peer, from: NodeId, {batch}: Sync): void {
  const {role} = peer
  if (role.name !== 'leading' || role.phase !== 'broadcast') {
    peer.send(from, {type: 'sync-reply', batch, index: null})
    return
  }
  role.asking.push({node: from, batch})
  peer.flushSoon()
}

/** One empty transaction for all batches that ask. */
export function proposeSyncs(peer: Peer, role: Leader): void {
  if (role.asking.length === 0) return
  role.syncs.set(propose(peer, role, NOOP), role.asking)
  role.asking = []
}

/** Tells the batches whose transaction is committed. */
export function confirmSyncs(peer: Peer, role: Leader): void {
  for (const [index, askers] of role.syncs) {
    if (index > peer.delivered) return
    role.syncs.delete(index)
    for (const {node, batch} of askers) tell(peer, node, batch, index)
  }
}

function tell(peer: Peer, node: NodeId, batch: string, index: number | null): void {
  if (node === peer.env.id) answerBatch(peer, batch, index)
  else peer.send(node, {type: 'sync-reply', batch, index})
}

/** A leader that gives up tells nobody an index any more. */
export function refuseSyncs(peer: Peer, role: Leader): void {
  for (const {node, batch} of [...role.syncs.values(), role.asking].flat()) tell(peer, node, batch, null)
}

export function onSyncReply(peer: Peer, _from: NodeId, {batch, index}: SyncReply): void {
  answerBatch(peer, batch, index)
}

function answerBatch(peer: Peer, batch: string, index: number | null): void {
  const reads = peer.reads.asked.get(batch)
  if (reads === undefined) return
  peer.reads.asked.delete(batch)
  if (index === null) refuse(peer, reads)
  else {
    peer.reads.confirmed.push({index, reads})
    serveReads(peer)
  }
}

/** Answers what is recent enough by now. */
export function serveReads(peer: Peer): void {
  const {reads, delivered} = peer
  if (reads.confirmed.length === 0) return
  const ripe = reads.confirmed.filter(({index}) => index <= delivered)
  reads.confirmed = reads.confirmed.filter(({index}) => index > delivered)
  for (const batch of ripe) for (const read of batch.reads) answer(peer, read)
}

/** The leader that was asked is lost: its answers may never come. */
export function abandonReads(peer: Peer): void {
  const {reads} = peer
  refuse(peer, reads.arrived.splice(0))
  for (const batch of reads.asked.values()) refuse(peer, batch)
  reads.asked.clear()
}

function refuse(peer: Peer, reads: readonly Read[]): void {
  for (const {client} of reads) peer.reply(client, {type: 'redirect', leader: peer.leader})
}
