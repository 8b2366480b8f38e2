/**
 * `kv`: one durable node with a write-ahead log, and others that stand by. Not distributed: the baseline. See `node.ts`
 * for what it does, `wal.ts` for how it recovers, `settings.ts` for what `--target-arg` can change.
 */
import type {Protocol, Target} from '../../core/target.ts'
import {BATCH_LIMITS, CLIENT_LIMITS, limitedBy, some} from '../state-machine/limits.ts'
import {PATIENCE, StoreSession} from '../state-machine/session.ts'
import {CLAIMS, FUNCTIONS} from '../state-machine/vocabulary.ts'
import {bugs} from './bugs.ts'
import {KvNode} from './node.ts'
import {SETTINGS} from './settings.ts'

export const protocol: Protocol = {
  leads: true,
  createNode: (env, options) => new KvNode(env, options),
  createSession: (env, options) => new StoreSession(env, options),
}

const {register, cas, kv: texts, set, counter, append, 'unique-ids': ids} = CLAIMS

export const kv = {
  name: 'kv',
  description: 'one durable node behind which others stand by: write-ahead log, group commit, crash recovery',
  claims: {register, cas, kv: texts, set, counter, append, 'unique-ids': ids},
  functions: FUNCTIONS,
  bugs,
  truthfulRefusals: true,
  defaultNodes: 3,
  accepts: {...PATIENCE, ...SETTINGS},
  unfit: limitedBy({...PATIENCE, ...SETTINGS}, CLIENT_LIMITS, BATCH_LIMITS, [
    some('checkpointRecords'),
    some('sessions'),
  ]),
  protocol,
} as const satisfies Omit<Target, 'start' | 'capabilities'>
