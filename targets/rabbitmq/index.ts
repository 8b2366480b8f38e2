/**
 * `rabbitmq`: a cluster of RabbitMQ with quorum queues, the real one. See `program.ts` for how it is started, `errors.ts` for
 * what its errors mean, `settings.ts` for what `--target-arg` can change.
 */
import type {Target} from '../../core/target.ts'
import type {Claim} from '../../core/workload.ts'
import {PROGRAM, volumeFaults} from '../../hosts/program/capabilities.ts'
import {ProgramCluster} from '../../hosts/program/cluster.ts'
import {bugs} from './bugs.ts'
import {FUNCTIONS} from './client.ts'
import {absent} from './installed.ts'
import {linkWays, rabbitProgram} from './program.ts'
import {settingsOf} from './settings.ts'

/** What was confirmed is delivered; it may come again where an acknowledgement was lost. */
const CLAIMS: Readonly<Record<string, Claim>> = {queue: 'at-least-once'}

export const rabbitmq: Target = {
  name: 'rabbitmq',
  description: 'RabbitMQ 3.8 or newer: quorum queues with publisher confirms and acknowledgements',
  claims: CLAIMS,
  claimsWith(options) {
    // With a bug somebody expects what they have given up.
    if (options.bugs.length > 0) return CLAIMS
    const {persistent, confirms, manualAcks} = settingsOf(options)
    return persistent && confirms && manualAcks ? CLAIMS : {}
  },
  functions: FUNCTIONS,
  bugs,
  defaultNodes: 3,
  // Starting it again takes longer than the usual time between faults.
  defaults: {heal: '60s', interval: '10s'},
  linkWays,
  absent,
  capabilities(options) {
    settingsOf(options)
    return {
      ...PROGRAM,
      ...volumeFaults(),
      membership: 'its nodes are fixed when it starts',
    }
  },
  start: (context) => ProgramCluster.start(rabbitProgram(context.options), context),
}
