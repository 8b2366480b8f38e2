/**
 * `kafka`: Apache Kafka without ZooKeeper (KRaft), the real one. See `program.ts` for how it is started, `installed.ts` for
 * where it comes from, `errors.ts` for what its errors mean, `settings.ts` for what `--target-arg` can change.
 */
import type {Target} from '../../core/target.ts'
import type {Claim} from '../../core/workload.ts'
import {PROGRAM, volumeFaults} from '../../hosts/program/capabilities.ts'
import {ProgramCluster} from '../../hosts/program/cluster.ts'
import {bugs} from './bugs.ts'
import {FUNCTIONS} from './client.ts'
import {absent} from './installed.ts'
import {kafkaProgram, linkWays} from './program.ts'
import {settingsOf} from './settings.ts'

/** Idempotent producers that wait for all replicas in sync, of which there must be two: nothing is lost, nothing doubled. */
const CLAIMS: Readonly<Record<string, Claim>> = {
  log: 'exactly-once',
  // "In read_committed mode, the consumer will read only those transactional messages which have been successfully committed"
  // (KafkaConsumer, "Reading Transactional Messages"); what else it comes to in one partition is said in `lists.ts`.
  append: 'read-committed',
}

export const kafka: Target = {
  name: 'kafka',
  description:
    'Apache Kafka 4 (KRaft): logs with acks=all, idempotent producers and two replicas in sync; transactions',
  claims: CLAIMS,
  claimsWith(options) {
    // With a bug somebody expects what they have given up.
    if (options.bugs.length > 0) return CLAIMS
    const {acks, idempotent, minInSync, unclean, readCommitted} = settingsOf(options)
    if (acks !== -1 || (unclean && minInSync < 2)) return {}
    if (!idempotent) return {log: 'at-least-once'}
    return readCommitted ? CLAIMS : {log: CLAIMS['log'] as Claim}
  },
  functions: FUNCTIONS,
  bugs,
  defaultNodes: 3,
  // A broker that is not heard counts as dead after 3 s; only then another leads.
  // Starting it again takes longer than the usual time between faults.
  defaults: {heal: '60s', interval: '10s', 'op-timeout': '4s'},
  // A transaction is four requests one after the other, three of which are replicated before they are answered, and the next of
  // the same producer waits until its end was marked in the log. At the usual pace most of what is measured is waiting for a client.
  workloadDefaults: {append: {rate: '30/s'}},
  linkWays,
  absent,
  capabilities(options) {
    const {flushAlways} = settingsOf(options)
    return {
      ...PROGRAM,
      ...volumeFaults(
        flushAlways || options.bugs.includes('unflushed-log')
          ? undefined
          : 'it leaves syncing to the system and relies on its replicas, unless --target-arg flush=always',
      ),
      membership: 'its controllers are fixed when it starts',
    }
  },
  start: (context) => ProgramCluster.start(kafkaProgram(context.options), context),
}
