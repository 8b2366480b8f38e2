/** Learning: applying what is chosen, and asking the leader for what was missed. */
import type {NodeId} from '../../core/node.ts'
import type {Fetch, Learn} from './messages.ts'
import type {Office} from './office.ts'

/** How long an unanswered `fetch` stops another, ms. */
const FETCH_MS = 100

/** Applies what the leader says is chosen, and asks it for what is missing. A leader has it all in flight itself. */
export function catchUp(office: Office): void {
  if (office.leadership !== undefined || office.log.catchUp()) return
  if (office.fetching || office.leader === null) return
  office.fetching = true
  office.env.setTimer('fetch', FETCH_MS)
  office.send(office.leader, {type: 'fetch', from: office.log.applied + 1})
}

export function onFetch(office: Office, from: NodeId, {from: slot}: Fetch): void {
  if (slot <= office.log.applied) office.send(from, office.log.teach(slot))
}

export function onLearn(office: Office, learn: Learn): void {
  if (office.leadership !== undefined) return
  office.log.learn(learn)
  office.fetching = false
  catchUp(office)
}
