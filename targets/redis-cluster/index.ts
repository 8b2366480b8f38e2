/**
 * `redis-cluster`: primaries that share the keys among them, each with a replica, the real ones. See `program.ts` for how it is
 * started, `slot-migration.ts` for what membership means here, `errors.ts` for what its errors mean, `settings.ts` for what
 * `--target-arg` can change.
 */
import type {Target} from '../../core/target.ts'
import type {Claim} from '../../core/workload.ts'
import {missing} from '../../hosts/local/needs.ts'
import {canPreload} from '../../hosts/preload/build.ts'
import {PROGRAM, volumeFaults} from '../../hosts/program/capabilities.ts'
import {ProgramCluster} from '../../hosts/program/cluster.ts'
import {bugs} from './bugs.ts'
import {FUNCTIONS} from './client.ts'
import {linkWays, redisClusterProgram} from './program.ts'
import {settingsOf} from './settings.ts'

/**
 * "Redis Cluster is not able to guarantee strong consistency. Under certain conditions it is possible that Redis Cluster will
 * lose writes that were acknowledged by the system to the client." (documentation, "Scale with Redis Cluster")
 */
const CLAIMS: Readonly<Record<string, Claim>> = {register: 'convergent', set: 'convergent', counter: 'convergent'}

/** What those expect who take an acknowledgement for a promise. */
const EXPECTED: Readonly<Record<string, Claim>> = {set: 'eventual', counter: 'eventual'}

export const redisCluster: Target = {
  name: 'redis-cluster',
  description: 'Redis Cluster 7 or newer: keys shared among primaries, each with a replica that takes over',
  claims: CLAIMS,
  claimsWith({bugs: [bug]}) {
    if (bug === 'asynchronous-replication' || bug === 'large-node-timeout') return EXPECTED
    return bug === 'replica-reads' ? {register: 'linearizable'} : CLAIMS
  },
  functions: FUNCTIONS,
  bugs,
  defaultNodes: 6,
  // It forms no cluster with less than three primaries, and each has a replica.
  minNodes: 6,
  defaults: {heal: '40s'},
  linkWays,
  absent: () => missing([{program: 'redis-server', debian: 'redis-server'}], [{library: 'ioredis', version: '^6.0.0'}]),
  capabilities(options) {
    settingsOf(options)
    return {
      ...PROGRAM,
      ...volumeFaults(),
      leader: 'every slot has a primary of its own',
      'clock.skew': canPreload(),
      'clock.drift': canPreload(),
      membership: true,
    }
  },
  start: (context) => ProgramCluster.start(redisClusterProgram(context.options), context),
}
