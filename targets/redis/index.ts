/**
 * `redis`: a primary with replicas, watched by sentinels, the real ones. See `program.ts` for how it is started, `errors.ts`
 * for what its errors mean, `settings.ts` for what `--target-arg` can change.
 */
import type {Target} from '../../core/target.ts'
import type {Claim} from '../../core/workload.ts'
import {missing} from '../../hosts/local/needs.ts'
import {canPreload} from '../../hosts/preload/build.ts'
import {PROGRAM, volumeFaults} from '../../hosts/program/capabilities.ts'
import {ProgramCluster} from '../../hosts/program/cluster.ts'
import {bugs} from './bugs.ts'
import {FUNCTIONS} from './client.ts'
import {linkWays, redisProgram} from './program.ts'
import {settingsOf} from './settings.ts'

/**
 * Replicas come to agree with the primary: nothing more is promised, not even that what was acknowledged is kept, whatever
 * `WAIT` and `min-replicas-to-write` say ("Replication: it is still possible for acknowledged writes to be lost").
 */
const CLAIMS: Readonly<Record<string, Claim>> = {
  register: 'convergent',
  cas: 'convergent',
  set: 'convergent',
  counter: 'convergent',
}

/** What those expect who take an acknowledgement for a promise. */
const EXPECTED: Readonly<Record<string, Claim>> = {set: 'eventual', counter: 'eventual'}

export const redis: Target = {
  name: 'redis',
  description: 'Redis 6.2 or newer: a primary and its replicas, failed over by sentinels',
  claims: CLAIMS,
  claimsWith({bugs: [bug]}) {
    if (bug === 'asynchronous-replication' || bug === 'unsynced-appends') return EXPECTED
    return bug === 'replica-reads' ? {register: 'linearizable'} : CLAIMS
  },
  functions: FUNCTIONS,
  bugs,
  defaultNodes: 3,
  // A sentinel leaves a primary that comes back alone for 8 s before it makes a replica of it.
  defaults: {heal: '40s'},
  linkWays,
  absent: () => missing([{program: 'redis-server', debian: 'redis-server'}], [{library: 'ioredis', version: '^6.0.0'}]),
  capabilities(options) {
    settingsOf(options)
    return {
      ...PROGRAM,
      ...volumeFaults(),
      leader: true,
      'clock.skew': canPreload(),
      'clock.drift': canPreload(),
      membership: 'sentinels forget nobody by themselves',
    }
  },
  start: (context) => ProgramCluster.start(redisProgram(context.options), context),
}
