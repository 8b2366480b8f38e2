/**
 * `gossip`: an eventually consistent key-value store. Every node answers from its own copy, always; copies converge by
 * rumours and anti-entropy. It promises no more than that, and is judged by exactly that.
 */
import type {Protocol, Target} from '../../core/target.ts'
import {HomeSession} from '../state-machine/home-session.ts'
import {bugs} from './bugs.ts'
import {GossipNode} from './node.ts'
import {SETTINGS, unfit} from './swim/settings.ts'

/** An unanswered read is asked again after this time, ms. */
const RETRY_MS = 300

export const protocol: Protocol = {
  createNode: (env, options) => new GossipNode(env, options),
  createSession: (env, options) => new HomeSession(env, options, RETRY_MS),
}

export const gossip = {
  name: 'gossip',
  description:
    'eventually consistent store: LWW registers with hybrid clocks, OR-Sets, PN-Counters; push-pull gossip, SWIM membership',
  claims: {
    set: 'strong-eventual',
    register: 'eventual',
    counter: 'strong-eventual',
    broadcast: 'strong-eventual',
    'unique-ids': 'eventual',
    members: 'eventual',
  },
  functions: ['read', 'write', 'add', 'remove', 'broadcast', 'generate', 'members'],
  bugs,
  defaultNodes: 5,
  invariants: ['incarnations-grow', 'own-incarnation', 'suspected-first'],
  accepts: SETTINGS,
  minNodes: 2,
  unfit,
  protocol,
} as const satisfies Omit<Target, 'start' | 'capabilities'>
