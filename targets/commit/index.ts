/**
 * `commit`: a sharded store whose transactions are atomic across shards. `--target-arg mode=2pc` (the default), `3pc` or `tcc`
 * says how they commit, and with that what is promised: see `node.ts` and `tcc.ts`.
 */
import type {Protocol, Target} from '../../core/target.ts'
import {bugs} from './bugs.ts'
import {CommitNode} from './node.ts'
import {CommitSession} from './session.ts'
import {MODES, modeOf, SETTINGS, unfit} from './settings.ts'

export const protocol: Protocol = {
  createNode: (env, options) => new CommitNode(env, options),
  createSession: (env) => new CommitSession(env),
}

const CLAIMS = {
  bank: 'strict-serializable',
  append: 'strict-serializable',
  'rw-register': 'strict-serializable',
} as const

export const commit = {
  name: 'commit',
  description:
    'sharded transactions: two-phase commit and strict locking; also three-phase commit and try-confirm-cancel',
  claims: CLAIMS,
  claimsWith: ({args}) => (modeOf(args) === 'tcc' ? {bank: 'read-committed'} : CLAIMS),
  functions: ['transfer', 'read', 'txn'],
  bugs,
  defaultNodes: 3,
  accepts: {...SETTINGS, mode: Object.keys(MODES)},
  unfit,
  protocol,
} as const satisfies Omit<Target, 'start' | 'capabilities'>
