/**
 * `etcd`: the real one, as three subprocesses of this machine. See `program.ts` for how it is started, `errors.ts` for what
 * its errors mean, `settings.ts` for what `--target-arg` can change.
 */
import type {Target} from '../../core/target.ts'
import type {Claim} from '../../core/workload.ts'
import {missing} from '../../hosts/local/needs.ts'
import {PROGRAM, volumeFaults} from '../../hosts/program/capabilities.ts'
import {ProgramCluster} from '../../hosts/program/cluster.ts'
import {bugs} from './bugs.ts'
import {FUNCTIONS} from './client.ts'
import {etcdProgram, linkWays} from './program.ts'
import {settingsOf} from './settings.ts'

/** What its documentation promises ("KV API guarantees"). */
const CLAIMS: Readonly<Record<string, Claim>> = {
  register: 'linearizable',
  cas: 'linearizable',
  set: 'linearizable',
  append: 'strict-serializable',
  'rw-register': 'strict-serializable',
  lock: 'linearizable',
  watch: 'exactly-once',
}

/** What is left of it with serializable reads: they may be old, and everything else stays as it is. */
const SERIALIZABLE: Readonly<Record<string, Claim>> = {
  register: 'sequential',
  cas: 'sequential',
  set: 'eventual',
  append: 'serializable',
  'rw-register': 'serializable',
  lock: 'linearizable',
  watch: 'exactly-once',
}

export const etcd: Target = {
  name: 'etcd',
  description: 'etcd 3.4 or newer: the key-value store of Kubernetes',
  claims: CLAIMS,
  claimsWith: ({args}) => (args['reads'] === 'serializable' ? SERIALIZABLE : CLAIMS),
  functions: FUNCTIONS,
  bugs,
  truthfulRefusals: true,
  defaultNodes: 3,
  // A follower waits for one to two seconds before it asks for votes.
  settleMs: 2000,
  linkWays,
  resident: true,
  absent: () => missing([{program: 'etcd', debian: 'etcd-server'}]),
  capabilities(options) {
    settingsOf(options)
    return {
      ...PROGRAM,
      ...volumeFaults(),
      leader: true,
      membership: true,
      'clock.skew': 'etcd is a Go program, and no way was found to shift the clock of a single one',
      'clock.drift': 'etcd is a Go program, and no way was found to shift the clock of a single one',
    }
  },
  start: (context) => ProgramCluster.start(etcdProgram(), context),
}
