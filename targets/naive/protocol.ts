/** A naive node with the usual client, as a protocol that every host can run. */
import type {Env, Node} from '../../core/node.ts'
import type {Protocol} from '../../core/target.ts'
import {StoreSession} from '../state-machine/session.ts'

export function sketched(create: (env: Env) => Node, {leads}: {readonly leads: boolean}): Protocol {
  return {
    leads,
    createNode: (env) => create(env),
    createSession: (env, options) => new StoreSession(env, options),
  }
}
