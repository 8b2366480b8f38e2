/**
 * `primary-backup`: one replica decides, the others follow, and one of them takes over when it fails. See `node.ts` for which
 * rule is where, `settings.ts` for what `--target-arg` can change. What it claims, it claims in sync mode, which is the
 * default: with `--target-arg mode=async` it loses acknowledged writes on failover, and is convicted of that; semi-sync is
 * safe with three nodes, where the primary and one backup are a majority, and not with more.
 */
import type {Protocol, Target} from '../../core/target.ts'
import {BATCH_LIMITS, CLIENT_LIMITS, limitedBy} from '../state-machine/limits.ts'
import {PATIENCE, StoreSession} from '../state-machine/session.ts'
import {CLAIMS, FUNCTIONS} from '../state-machine/vocabulary.ts'
import {bugs} from './bugs.ts'
import {PrimaryBackupNode} from './node.ts'
import {LIMITS, MODES, NUMBERS} from './settings.ts'

export const protocol: Protocol = {
  leads: true,
  createNode: (env, options) => new PrimaryBackupNode(env, options),
  createSession: (env, options) => new StoreSession(env, options),
}

const {register, kv, set, counter, append} = CLAIMS

export const primaryBackup = {
  name: 'primary-backup',
  description: 'primary and backups: heartbeats, promotion with epochs and fencing; mode=sync, semi-sync or async',
  claims: {register, kv, set, counter, append},
  functions: FUNCTIONS,
  bugs,
  truthfulRefusals: true,
  defaultNodes: 3,
  minNodes: 2,
  accepts: {...PATIENCE, ...NUMBERS, mode: MODES},
  unfit: limitedBy({...PATIENCE, ...NUMBERS}, CLIENT_LIMITS, BATCH_LIMITS, LIMITS),
  protocol,
} as const satisfies Omit<Target, 'start' | 'capabilities'>
