/**
 * `nats`: a cluster of NATS servers with JetStream, the real ones. See `program.ts` for how it is started, `errors.ts` for what
 * its errors mean, `settings.ts` for what `--target-arg` can change.
 */
import type {Target} from '../../core/target.ts'
import type {Claim} from '../../core/workload.ts'
import {missing} from '../../hosts/local/needs.ts'
import {PROGRAM, volumeFaults} from '../../hosts/program/capabilities.ts'
import {ProgramCluster} from '../../hosts/program/cluster.ts'
import {bugs} from './bugs.ts'
import {FUNCTIONS} from './client.ts'
import {linkWays, natsProgram} from './program.ts'
import {settingsOf} from './settings.ts'

/** What was acknowledged by a majority is kept, and replicas come to agree. Reads ask no majority and may be old. */
const CLAIMS: Readonly<Record<string, Claim>> = {
  register: 'eventual',
  cas: 'eventual',
  set: 'eventual',
  log: 'exactly-once',
  queue: 'at-least-once',
}

export const nats: Target = {
  name: 'nats',
  description:
    'NATS 2.9 or newer with JetStream: registers, sets, logs and work queues as subjects of a replicated stream',
  claims: CLAIMS,
  claimsWith: ({bugs: [bug]}) => (bug?.endsWith('-reads') ? {register: 'linearizable'} : CLAIMS),
  functions: FUNCTIONS,
  bugs,
  defaultNodes: 3,
  defaults: {heal: '30s'},
  linkWays,
  absent: () => missing([{program: 'nats-server', debian: 'nats-server'}], [{library: 'nats', version: '^2.29.3'}]),
  capabilities(options) {
    const {replicas, syncAlways} = settingsOf(options)
    const {nodes} = options
    return {
      ...PROGRAM,
      ...volumeFaults(
        syncAlways || options.bugs.includes('unsynced-streams')
          ? undefined
          : 'it syncs every two minutes and promises no more, unless --target-arg sync=always (2.10 or newer)',
      ),
      leader: true,
      membership:
        replicas > 1 && nodes.length <= replicas
          ? true
          : 'the cluster itself chooses who has a replica, unless every server has one',
      'clock.skew': 'NATS is a Go program, and no way was found to shift the clock of a single one',
    }
  },
  start: (context) => ProgramCluster.start(natsProgram(context.options), context),
}
