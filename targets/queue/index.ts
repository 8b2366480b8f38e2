/**
 * `queue`: a partitioned, replicated log, and work queues, publish/subscribe and a consumer group on top of it. See `node.ts`
 * for which idea is where, `settings.ts` for what `--target-arg` can change.
 */
import type {Protocol, Target} from '../../core/target.ts'
import {CLIENT_LIMITS, limitedBy} from '../state-machine/limits.ts'
import {bugs} from './bugs.ts'
import {BrokerNode} from './node.ts'
import {PATIENCE, QueueSession} from './session.ts'
import {LIMITS, SETTINGS} from './settings.ts'

export const protocol: Protocol = {
  createNode: (env, options) => new BrokerNode(env, options),
  createSession: (env, options) => new QueueSession(env, options),
}

export const queue = {
  name: 'queue',
  description:
    'Kafka-like log: in-sync replicas, leader epochs, consumer group; work queues and publish/subscribe on it',
  claims: {log: 'exactly-once', queue: 'at-least-once', pubsub: 'exactly-once'},
  functions: ['send', 'poll', 'assign', 'subscribe', 'commit', 'enqueue', 'dequeue', 'publish', 'receive'],
  bugs,
  defaultNodes: 5,
  accepts: {...PATIENCE, ...SETTINGS},
  unfit: limitedBy({...PATIENCE, ...SETTINGS}, CLIENT_LIMITS, LIMITS),
  protocol,
} as const satisfies Omit<Target, 'start' | 'capabilities'>
