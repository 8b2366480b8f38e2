/**
 * `raft`: a replicated state machine after Ongaro & Ousterhout. See `node.ts` for which rule is where, `settings.ts` for
 * what `--target-arg` can change.
 */
import type {Env} from '../../core/node.ts'
import type {Protocol, Target, TargetOptions} from '../../core/target.ts'
import {LEASES, LeasedNode} from '../state-machine/leased-node.ts'
import {BATCH_LIMITS, CLIENT_LIMITS, LEASE_LIMITS, limitedBy} from '../state-machine/limits.ts'
import {PATIENCE, StoreSession} from '../state-machine/session.ts'
import {CLAIMS, FUNCTIONS} from '../state-machine/vocabulary.ts'
import {bugs} from './bugs.ts'
import {RaftNode} from './node.ts'
import {proposeOwn} from './requests.ts'
import {LIMITS, SETTINGS} from './settings.ts'

export const protocol: Protocol = {
  leads: true,
  reconfigures: true,
  createNode: (env, options) =>
    options.args['workload'] === 'lock' ? withLeases(env, options) : new RaftNode(env, options),
  createSession: (env, options) => new StoreSession(env, options),
}

/** Locks have leases, and somebody has to keep time for them. */
function withLeases(env: Env, options: TargetOptions): LeasedNode {
  const node = new RaftNode(env, options)
  const {server} = node
  const expire = (key: string, token: number) => proposeOwn(server, {type: 'expire', key, token})
  return new LeasedNode(env, options, {
    node,
    locks: () => server.store.locks,
    expire: () => (server.leading === undefined ? undefined : expire),
  })
}

const {register, cas, kv, set, counter, append, lock, 'unique-ids': ids} = CLAIMS

export const raft = {
  name: 'raft',
  description:
    'Raft: pre-vote, check-quorum, ReadIndex reads, snapshots, client sessions, membership changes, leader transfer',
  claims: {register, cas, kv, set, counter, append, lock, 'unique-ids': ids},
  functions: FUNCTIONS,
  bugs,
  truthfulRefusals: true,
  invariants: [
    'election-safety',
    'single-vote',
    'terms-grow',
    'log-matching',
    'leader-completeness',
    'state-machine-safety',
  ],
  defaultNodes: 5,
  accepts: {...PATIENCE, ...SETTINGS, ...LEASES},
  unfit: limitedBy({...PATIENCE, ...SETTINGS, ...LEASES}, CLIENT_LIMITS, BATCH_LIMITS, LIMITS, LEASE_LIMITS),
  protocol,
} as const satisfies Omit<Target, 'start' | 'capabilities'>
