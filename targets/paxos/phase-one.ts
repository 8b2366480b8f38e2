/**
 * Phase 1: becoming leader ("Paxos Made Simple", section 2.2, for all slots to come at once, as in section 3). A node that has
 * heard no leader for a while prepares a higher ballot; with the promises of a majority it leads.
 */
import type {NodeId} from '../../core/node.ts'
import {type Ballot, sameBallot} from './ballot.ts'
import {Candidacy} from './candidacy.ts'
import {Leadership} from './leadership.ts'
import type {Prepare, Promised} from './messages.ts'
import type {Office} from './office.ts'
import {sendAccept} from './phase-two.ts'

export function campaign(office: Office): void {
  office.resign(null)
  office.round++
  const ballot = {round: office.round, node: office.env.id}
  office.candidacy = new Candidacy(ballot, office.bugs)
  office.awaitLeader()
  office.patience = Math.min(office.settings.patience, office.patience * 2)
  office.env.event({type: 'candidate', term: office.term(ballot), to: office.peers})
  office.env.log(`prepares round ${ballot.round} from slot ${office.log.applied + 1}`)
  office.broadcast({type: 'prepare', ballot, from: office.log.applied + 1})
}

export function onPrepare(office: Office, from: NodeId, {ballot, from: slot}: Prepare): void {
  if (isLoyal(office, from)) return
  const granted = office.log.acceptor.prepare(ballot)
  if (from !== office.env.id) notePromise(office, from, ballot, granted)
  if (!granted) {
    office.send(from, {type: 'reject', promised: office.log.acceptor.promised})
    return
  }
  office.yieldTo(ballot, null)
  if (office.leadership === undefined) office.awaitLeader()
  office.send(from, {type: 'promise', ballot, ...office.log.report(slot)})
}

/**
 * Whether we hear from a leader, and so let nobody else take over: a node that is cut off, or that cannot hear, would
 * otherwise depose good leaders for nothing. It costs no safety, for an acceptor may stay silent at any time.
 */
function isLoyal(office: Office, candidate: NodeId): boolean {
  if (office.settings.sticky === 0 || candidate === office.leader || candidate === office.env.id) return false
  return office.leadership !== undefined || office.loyal
}

export function onPromise(office: Office, from: NodeId, promised: Promised): void {
  const candidacy = office.candidacy
  if (candidacy === undefined || !sameBallot(promised.ballot, candidacy.ballot)) return
  if (promised.snapshot !== null) office.log.install(promised.snapshot)
  candidacy.take(from, promised)
  if (candidacy.promises >= office.quorum) lead(office, candidacy)
}

function lead(office: Office, candidacy: Candidacy): void {
  const {ballot} = candidacy
  const agenda = candidacy.agenda(office.log.applied)
  office.candidacy = undefined
  office.leadership = new Leadership(ballot, office.quorum, agenda)
  office.leader = office.env.id
  office.patience = 1
  office.env.cancelTimer('takeover')
  office.env.log(`leads round ${ballot.round} from slot ${agenda.next}, ${agenda.proposals.length} to propose again`)
  office.env.event({type: 'leader', term: office.term(ballot), next: agenda.next})
  office.env.setTimer('heartbeat', office.settings.heartbeatMs)
  sendAccept(office, agenda.proposals)
}

function notePromise(office: Office, to: NodeId, ballot: Ballot, granted: boolean): void {
  const {round, node} = office.log.acceptor.promised
  office.env.event({type: 'vote', term: office.term(ballot), to, granted})
  office.env.log(
    granted
      ? `promises round ${ballot.round} to ${to}`
      : `refuses ${to} round ${ballot.round}: promised round ${round} to ${node}`,
  )
}
