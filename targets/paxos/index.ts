/**
 * `paxos`: a replicated state machine over a Multi-Paxos log with a stable leader. See `node.ts` for the protocol and the
 * papers, `settings.ts` for what `--target-arg` can change.
 */
import type {Protocol, Target} from '../../core/target.ts'
import {BATCH_LIMITS, CLIENT_LIMITS, limitedBy} from '../state-machine/limits.ts'
import {PATIENCE, StoreSession} from '../state-machine/session.ts'
import {CLAIMS, FUNCTIONS} from '../state-machine/vocabulary.ts'
import {bugs} from './bugs.ts'
import {PaxosNode} from './node.ts'
import {LIMITS, SETTINGS} from './settings.ts'

export const protocol: Protocol = {
  leads: true,
  createNode: (env, options) => new PaxosNode(env, options),
  createSession: (env, options) => new StoreSession(env, options),
}

const {register, cas, kv, set, counter, append, consensus} = CLAIMS

export const paxos = {
  name: 'paxos',
  description: 'Multi-Paxos: a replicated log with a stable leader, snapshots, exactly-once client sessions',
  claims: {register, cas, kv, set, counter, append, consensus},
  functions: FUNCTIONS,
  bugs,
  truthfulRefusals: true,
  invariants: ['election-safety', 'state-machine-safety', 'validity'],
  defaultNodes: 5,
  accepts: {...PATIENCE, ...SETTINGS},
  unfit: limitedBy({...PATIENCE, ...SETTINGS}, CLIENT_LIMITS, BATCH_LIMITS, LIMITS),
  protocol,
} as const satisfies Omit<Target, 'start' | 'capabilities'>
