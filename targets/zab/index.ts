/**
 * `zab`: the atomic broadcast of ZooKeeper. See `node.ts` for which phase is where, `settings.ts` for what `--target-arg` can
 * change. Reads of the `register` workload are local and promise sequential consistency; all others are preceded by a sync.
 */
import type {Env} from '../../core/node.ts'
import type {Protocol, Target, TargetOptions} from '../../core/target.ts'
import {LEASES, LeasedNode} from '../state-machine/leased-node.ts'
import {BATCH_LIMITS, CLIENT_LIMITS, LEASE_LIMITS, limitedBy} from '../state-machine/limits.ts'
import {PATIENCE, StoreSession} from '../state-machine/session.ts'
import {CLAIMS, FUNCTIONS} from '../state-machine/vocabulary.ts'
import {bugs} from './bugs.ts'
import {ZabNode} from './node.ts'
import {propose} from './proposal.ts'
import {LIMITS, SETTINGS} from './settings.ts'

export const protocol: Protocol = {
  leads: true,
  createNode: (env, options) =>
    options.args['workload'] === 'lock' ? withLeases(env, options) : new ZabNode(env, options),
  createSession: (env, options) => new StoreSession(env, options),
}

/** Locks have leases, and somebody has to keep time for them. */
function withLeases(env: Env, options: TargetOptions): LeasedNode {
  const node = new ZabNode(env, options)
  const {peer} = node
  return new LeasedNode(env, options, {
    node,
    locks: () => peer.store.locks,
    expire() {
      const {role} = peer
      if (role.name !== 'leading' || role.phase !== 'broadcast') return undefined
      return (key, token) => propose(peer, role, {type: 'expire', key, token})
    },
  })
}

const {cas, set, lock, append} = CLAIMS

export const zab = {
  name: 'zab',
  description: 'Zab, the broadcast of ZooKeeper: epochs, synchronisation, local reads (register) or reads after sync',
  claims: {cas, register: 'sequential', set, lock, append},
  functions: FUNCTIONS,
  bugs,
  truthfulRefusals: true,
  invariants: [
    'election-safety',
    'terms-grow',
    'primary-order',
    'log-matching',
    'leader-completeness',
    'state-machine-safety',
  ],
  defaultNodes: 5,
  accepts: {...PATIENCE, ...SETTINGS, ...LEASES, reads: ['sync', 'local']},
  unfit: limitedBy({...PATIENCE, ...SETTINGS, ...LEASES}, CLIENT_LIMITS, BATCH_LIMITS, LIMITS, LEASE_LIMITS),
  protocol,
} as const satisfies Omit<Target, 'start' | 'capabilities'>
