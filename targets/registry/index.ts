/**
 * `registry`: locks with leases and fencing tokens, and discovery with watches, over Raft. See `node.ts` for which recipe is
 * where, `settings.ts` for what `--target-arg` can change.
 */
import type {Protocol, Target} from '../../core/target.ts'
import {LIMITS, SETTINGS as RAFT} from '../raft/settings.ts'
import {BATCH_LIMITS, CLIENT_LIMITS, LEASE_LIMITS, limitedBy} from '../state-machine/limits.ts'
import {PATIENCE} from '../state-machine/session.ts'
import {CLAIMS, FUNCTIONS} from '../state-machine/vocabulary.ts'
import {bugs} from './bugs.ts'
import {RegistryNode} from './node.ts'
import {RegistrySession} from './session.ts'
import {SETTINGS} from './settings.ts'

export const protocol: Protocol = {
  leads: true,
  createNode: (env, options) => new RegistryNode(env, options),
  createSession: (env, options) => new RegistrySession(env, options),
}

const {lock, register, 'unique-ids': ids} = CLAIMS

export const registry = {
  name: 'registry',
  description: 'lock service and registry over Raft: leases, fencing tokens, discovery with watches',
  claims: {lock, register, watch: 'exactly-once', 'unique-ids': ids},
  functions: [...FUNCTIONS, 'send', 'poll'],
  bugs,
  truthfulRefusals: true,
  defaultNodes: 5,
  minNodes: 3,
  accepts: {...PATIENCE, ...RAFT, ...SETTINGS},
  unfit: limitedBy({...PATIENCE, ...RAFT, ...SETTINGS}, CLIENT_LIMITS, BATCH_LIMITS, LIMITS, LEASE_LIMITS),
  protocol,
} as const satisfies Omit<Target, 'start' | 'capabilities'>
