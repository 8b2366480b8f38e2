/**
 * `zookeeper`: the real one. See `program.ts` for how it is started, `errors.ts` for what its errors mean, `settings.ts` for
 * what `--target-arg` can change.
 */
import type {Target} from '../../core/target.ts'
import type {Claim} from '../../core/workload.ts'
import {missing} from '../../hosts/local/needs.ts'
import {PROGRAM, volumeFaults} from '../../hosts/program/capabilities.ts'
import {ProgramCluster} from '../../hosts/program/cluster.ts'
import {bugs} from './bugs.ts'
import {FUNCTIONS} from './client.ts'
import {JAR, linkWays, zookeeperProgram} from './program.ts'
import {settingsOf} from './settings.ts'

/**
 * "Sequential consistency: updates from a client are applied in the order that they were sent", and a client never sees an
 * older state than before, with and without `sync`. `sync` does not make reads linearizable: a leader that was cut off answers it without asking.
 */
const CLAIMS: Readonly<Record<string, Claim>> = {
  register: 'sequential',
  cas: 'sequential',
  set: 'eventual',
  lock: 'linearizable',
  watch: 'exactly-once',
}

export const zookeeper: Target = {
  name: 'zookeeper',
  description: 'Apache ZooKeeper 3.6 or newer: registers, sets, locks and watches as nodes of its tree',
  claims: CLAIMS,
  claimsWith: ({bugs: [bug]}) => (bug === 'local-reads' ? {register: 'linearizable'} : CLAIMS),
  functions: FUNCTIONS,
  bugs,
  defaultNodes: 3,
  defaults: {heal: '30s'},
  linkWays,
  resident: true,
  absent: () => missing([{program: 'java', debian: 'default-jre-headless'}], [], [{file: JAR, debian: 'zookeeper'}]),
  capabilities(options) {
    settingsOf(options)
    return {
      ...PROGRAM,
      ...volumeFaults(),
      leader: true,
      membership: 'its configuration is fixed when it starts',
    }
  },
  start: (context) => ProgramCluster.start(zookeeperProgram(context.options), context),
}
