/**
 * Leadership transfer (thesis, section 3.10): a leader that is to go stops taking commands, waits until one of its followers
 * has its whole log, and tells that one to stand for election at once, before anybody misses a leader. Voters that hear a
 * leader take part this once, since it is the leader who wants it.
 */
import type {NodeId} from '../../core/node.ts'
import type {TimeoutNow} from './messages.ts'
import type {Leader, Progress} from './role.ts'
import type {Server} from './server.ts'

/** An election timeout, in heartbeats. */
const PATIENCE = 4

/** Starts to hand over to the voter that is furthest; nothing where that is under way. */
export function handOver(server: Server, leading: Leader): void {
  if (leading.handover !== undefined) return
  let best: readonly [NodeId, Progress] | undefined
  for (const [peer, progress] of leading.progress) {
    if (!server.configuration.voters.includes(peer)) continue
    if (best === undefined || progress.matchIndex > best[1].matchIndex) best = [peer, progress]
  }
  if (best === undefined) return
  leading.handover = {to: best[0], told: false, beats: PATIENCE}
  server.env.log(`hands its leadership over to ${best[0]}`)
  tellIfCaughtUp(server, leading, best[0], best[1])
}

export function tellIfCaughtUp(server: Server, leading: Leader, peer: NodeId, progress: Progress): void {
  const {handover} = leading
  if (handover?.to !== peer || handover.told || progress.matchIndex < server.log.lastIndex) return
  handover.told = true
  leading.mayHaveHandedOver = true
  server.send(peer, {type: 'timeout-now', term: server.term})
}

/** Somebody that does not take over is not waited for: commands are taken again. */
export function checkHandover(leading: Leader): void {
  if (leading.handover !== undefined && --leading.handover.beats <= 0) leading.handover = undefined
}

/** The leader wants this server to lead. */
export function wanted(server: Server, from: NodeId, {term}: TimeoutNow): boolean {
  return term === server.term && server.leader === from && server.role.name === 'follower'
}
