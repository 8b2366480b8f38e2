/**
 * What the records of a partition come to, for those that are more than a log: a work queue, or the consumer group. Every
 * replica that applies the same records comes to the same; the leader answers with the result (state machine replication).
 */
import type {Json} from '../../core/node.ts'
import {ConsumerGroup} from './consumer-group.ts'
import type {LogRecord} from './messages.ts'
import type {Settings} from './settings.ts'
import {WorkQueue} from './work-queue.ts'

export interface PartitionState {
  apply(record: LogRecord, offset: number): Json
}

/** Partitions are named by what they are for. */
export const KINDS = {log: 'log', topic: 'topic', queue: 'queue', group: 'group'} as const

export function stateOf(key: string, settings: Settings, commitFirst: boolean): PartitionState | undefined {
  if (key.startsWith(`${KINDS.queue}/`)) return new WorkQueue(settings, commitFirst)
  if (key.startsWith(`${KINDS.group}/`)) return new ConsumerGroup(settings.memberMs)
  return undefined
}
