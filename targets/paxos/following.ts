/** Following: accepting what the leader of the highest ballot proposes, and what a refusal means to a leader. */
import type {NodeId} from '../../core/node.ts'
import type {Ballot} from './ballot.ts'
import {catchUp} from './learning.ts'
import type {Accept} from './messages.ts'
import type {Office} from './office.ts'
import {campaign} from './phase-one.ts'

export function onAccept(office: Office, from: NodeId, {ballot, proposals, chosen}: Accept): void {
  if (!office.log.acceptor.accept(ballot, proposals)) {
    office.send(from, {type: 'reject', promised: office.log.acceptor.promised})
    return
  }
  const before = office.leader
  office.yieldTo(ballot, from)
  if (from !== office.env.id && office.leadership === undefined) {
    if (before !== from) noteLeader(office, from, ballot)
    follow(office, from)
  }
  office.send(from, {type: 'accepted', ballot, slots: proposals.map(({slot}) => slot)})
  office.log.hearChosen(chosen, ballot)
  catchUp(office)
}

function follow(office: Office, leader: NodeId): void {
  office.leader = leader
  office.patience = 1
  office.loyal = true
  office.env.setTimer('loyalty', office.settings.takeoverMs - office.settings.heartbeatMs)
  office.awaitLeader()
}

export function onReject(office: Office, promised: Ballot): void {
  office.round = Math.max(office.round, promised.round)
  if (office.leadership === undefined || office.compare(promised, office.leadership.ballot) <= 0) return
  office.resign(null)
  // Somebody has tried to take over in vain: a leader that is followed gets a higher ballot at once, unless loyalty is
  // off and two of us could do this to each other for ever.
  if (office.settings.sticky !== 0) campaign(office)
  else office.awaitLeader()
}

function noteLeader(office: Office, leader: NodeId, ballot: Ballot): void {
  office.env.event({type: 'follower', term: office.term(ballot), leader})
  office.env.log(`follows ${leader} in round ${ballot.round}`)
}
