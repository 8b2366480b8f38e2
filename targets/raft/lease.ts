/**
 * Reads by lease (thesis, section 6.4.1), off unless `leaseReads=1`: while a quorum has heard a leader less than an election
 * timeout ago, nobody else can be elected, and reads need no round of their own. It is faster, and it trusts that time passes
 * at about the same pace everywhere, which is why ReadIndex is the default.
 *
 * Time is counted by timers that start when a round of heartbeats is sent. A clock may jump; the time between two of its
 * readings is then no time that has passed.
 */
import type {Leader} from './role.ts'
import type {Server} from './server.ts'

/** The share of an election timeout that a lease lasts: what is left is for clocks that run at different speeds. */
const SHARE = 0.75
const PREFIX = 'lease:'

/** A round of heartbeats is about to be sent: once a quorum has answered it, it is a lease that runs from now. */
export function openLease({settings, env}: Server, leading: Leader): void {
  if (settings.leaseReads === 0) return
  const round = ++leading.round
  leading.lease.sentMs.set(round, env.now())
  env.setTimer(`${PREFIX}${round}`, settings.electionMs * SHARE)
}

/** A timer ran out: the leases of this round and of those before it are over. True where it was such a timer. */
export function endLease(name: string, leading: Leader | undefined): boolean {
  if (!name.startsWith(PREFIX)) return false
  if (leading === undefined) return true
  const round = Number(name.slice(PREFIX.length))
  leading.lease.endedRound = Math.max(leading.lease.endedRound, round)
  if (round > 100) leading.lease.sentMs.delete(round - 100)
  return true
}

/** Whether nobody else can lead at this moment, and everything committed before is known here. */
export function holdsLease(server: Server, leading: Leader): boolean {
  const {settings, log, commitIndex, term, configuration, env} = server
  // Without pre-vote a server that does not hear the leader has others vote at once.
  if (leading.mayHaveHandedOver) return false
  if (settings.leaseReads === 0 || settings.preVote === 0 || log.termAt(commitIndex) !== term) return false
  const answered = configuration.agreed((voter) => leading.progress.get(voter)?.round ?? leading.round)
  if (server.has('lease-ignores-skew')) {
    const sentMs = leading.lease.sentMs.get(answered)
    return sentMs !== undefined && env.now() < sentMs + settings.electionMs
  }
  return answered > leading.lease.endedRound
}
