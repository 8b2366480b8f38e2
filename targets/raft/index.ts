/**
 * `raft`: a replicated state machine after Ongaro & Ousterhout. See `node.ts` for which rule is where, `settings.ts` for
 * what `--target-arg` can change.
 */
import type {Protocol, Target} from '../../core/target.ts'
import {StoreSession} from '../state-machine/session.ts'
import {CLAIMS, FUNCTIONS} from '../state-machine/vocabulary.ts'
import {bugs} from './bugs.ts'
import {RaftNode} from './node.ts'

export const protocol: Protocol = {
  leads: true,
  reconfigures: true,
  createNode: (env, options) => new RaftNode(env, options),
  createSession: (env, options) => new StoreSession(env, options),
}

const {register, cas, kv, set, counter, append, lock} = CLAIMS

export const raft = {
  name: 'raft',
  description:
    'Raft: pre-vote, check-quorum, ReadIndex reads, snapshots, client sessions, membership changes, leader transfer',
  claims: {register, cas, kv, set, counter, append, lock},
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
  protocol,
} as const satisfies Omit<Target, 'start' | 'capabilities'>
