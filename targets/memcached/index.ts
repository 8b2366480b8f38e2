/**
 * `memcached`: several servers among which clients share out keys, the real ones. See `program.ts` for how they are started,
 * `client.ts` for what a miss is, `settings.ts` for what `--target-arg` can change.
 */
import {type Capabilities, LOCAL_PROCESSES, noDiskFaults} from '../../core/capabilities.ts'
import type {Target} from '../../core/target.ts'
import type {Claim} from '../../core/workload.ts'
import {missing} from '../../hosts/local/needs.ts'
import {ProgramCluster} from '../../hosts/program/cluster.ts'
import {bugs} from './bugs.ts'
import {FUNCTIONS} from './client.ts'
import {memcachedProgram} from './program.ts'
import {settingsOf} from './settings.ts'

/** A value may be gone at any time, and a restart loses them all; but what is found is the present value. */
const CLAIMS: Readonly<Record<string, Claim>> = {register: 'linearizable'}

const ALONE = 'its servers do not talk to each other'

const NETWORK: Capabilities = {
  'network.black-hole': ALONE,
  'network.refuse': ALONE,
  'network.one-way': ALONE,
  'network.latency': ALONE,
  'network.bandwidth': ALONE,
  'network.slice': ALONE,
  'network.reset': ALONE,
  'network.flaky': ALONE,
}

export const memcached: Target = {
  name: 'memcached',
  description: 'memcached 1.5 or newer: a cache of several servers, its keys shared out by clients',
  claims: CLAIMS,
  claimsWith: (options) => (options.bugs.length === 0 && settingsOf(options).failover ? {} : CLAIMS),
  functions: FUNCTIONS,
  bugs,
  defaultNodes: 3,
  // Its servers know nothing of each other: there is no link to cut.
  defaults: {nemesis: 'kill,pause'},
  absent: () => missing([{program: 'memcached', debian: 'memcached'}], [{library: 'memjs', version: '^1.3.2'}]),
  capabilities(options) {
    settingsOf(options)
    return {
      ...LOCAL_PROCESSES,
      ...NETWORK,
      ...noDiskFaults('it stores nothing on a disk'),
      membership: 'its servers know of no cluster',
    }
  },
  start: (context) => ProgramCluster.start(memcachedProgram(context.options), context),
}
