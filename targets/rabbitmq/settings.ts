/** What `--target-arg` can change of RabbitMQ and of its clients, and what its named misconfigurations come to. */
import type {TargetOptions} from '../../core/target.ts'
import {chosen} from '../arguments.ts'

/** The default first. */
const OFFERED = {
  /** `quorum`: every node has a copy, a majority of them decides. `classic`: one node has the queue. */
  queues: ['quorum', 'classic'],
  /** `transient`: classic queues keep their messages in memory only, and are gone themselves when their node restarts. */
  messages: ['persistent', 'transient'],
  /** `off`: a message counts as sent once it was handed to the connection. */
  confirms: ['on', 'off'],
  /** `automatic`: a message counts as processed once the broker has sent it. */
  acks: ['manual', 'automatic'],
  /** `cluster_partition_handling`. */
  partitions: ['pause_minority', 'autoheal', 'ignore'],
} as const

export interface Settings {
  readonly quorumQueues: boolean
  readonly persistent: boolean
  readonly confirms: boolean
  readonly manualAcks: boolean
  readonly partitionHandling: string
}

/** Throws UsageError for an argument that RabbitMQ does not take. */
export function settingsOf(options: TargetOptions): Settings {
  const {queues, messages, confirms, acks, partitions} = chosen('rabbitmq', OFFERED, options)
  const has = (bug: string) => options.bugs.includes(bug)
  return {
    quorumQueues: queues === 'quorum' && messages === 'persistent' && !has('transient-messages'),
    persistent: messages === 'persistent' && !has('transient-messages'),
    confirms: confirms === 'on' && !has('no-confirms'),
    manualAcks: acks === 'manual' && !has('automatic-acks'),
    partitionHandling: partitions,
  }
}
