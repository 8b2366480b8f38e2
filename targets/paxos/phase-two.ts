/**
 * Phase 2: leading. The leader proposes what clients ask for, a slot each, and a slot is chosen once a majority has accepted it.
 */
import type {NodeId} from '../../core/node.ts'
import {foldCommand} from '../state-machine/digest.ts'
import {sameBallot} from './ballot.ts'
import type {Accepted, Proposal} from './messages.ts'
import type {Office} from './office.ts'

export function proposeWaiting(office: Office): void {
  const leadership = office.leadership
  if (leadership === undefined) return
  const waiting = office.waiting.splice(0, office.settings.batchCommands)
  if (office.waiting.length > 0) office.env.setTimer('propose', 0)
  sendAccept(
    office,
    waiting.map(({command, client}) => leadership.propose(command, client)),
  )
}

/** Proposals, or a sign of life, to everybody. */
export function sendAccept(office: Office, proposals: readonly Proposal[]): void {
  if (office.leadership === undefined) return
  const {ballot} = office.leadership
  for (const {slot, command} of proposals) {
    if (slot % office.settings.eventSlots === 0) {
      office.env.event({type: 'proposed', slot, value: foldCommand(0, command)})
    }
  }
  office.broadcast({type: 'accept', ballot, proposals, chosen: office.log.applied})
}

export function heartbeat(office: Office): void {
  const leadership = office.leadership
  if (leadership === undefined) return
  const {heartbeatMs, takeoverMs, resendMs, batchCommands, checkQuorum} = office.settings
  leadership.tick()
  if (checkQuorum !== 0 && !leadership.hearsMajority((4 * takeoverMs) / heartbeatMs)) {
    office.env.log(`hears no majority, gives up round ${leadership.ballot.round}`)
    office.resign(null)
    office.awaitLeader()
    return
  }
  office.env.setTimer('heartbeat', heartbeatMs)
  const {ballot} = leadership
  const resendTicks = resendMs / heartbeatMs
  for (const peer of office.peers) {
    const proposals = leadership.overdue(peer, resendTicks, batchCommands)
    office.send(peer, {type: 'accept', ballot, proposals, chosen: office.log.applied})
  }
  leadership.resent(resendTicks)
}

export function onAccepted(office: Office, from: NodeId, {ballot, slots}: Accepted): void {
  const leadership = office.leadership
  if (leadership === undefined || !sameBallot(ballot, leadership.ballot)) return
  leadership.accepted(from, slots)
  for (;;) {
    const landed = leadership.land(office.log.applied + 1)
    if (landed === undefined) return
    const answer = office.log.apply(landed.command)
    if (landed.client !== undefined) office.reply(landed.client, answer)
  }
}
