/** The defects that the queue can be given: each is found at its place in the code as `has('<name>')`. */
import type {Bug} from '../../core/target.ts'

const LOST = ['lost-record', 'inconsistent-offsets', 'nonmonotonic-send', 'duplicate-record']

export const bugs = [
  {
    name: 'ack-one',
    change: 'replica.ts: a record counts as acknowledged by all replicas when the leader has it',
    source: 'acks=1 sold as acks=all: Kafka 0.8 with its defaults ("Jepsen: Kafka", Kingsbury 2013)',
    workload: 'log',
    nemesis: ['partition', 'kill'],
    anomalies: LOST,
    options: {interval: '2s', rate: '400/s', keys: 8, deadMs: 300, time: '60s'},
    budget: {simulatedS: 15, realS: 60},
  },
  {
    name: 'unclean-election',
    change: 'metadata.ts: where no in-sync replica lives, any other replica may lead',
    source: 'unclean.leader.election.enable, on by default until Kafka 0.11 (KIP-106; "Jepsen: Kafka", Kingsbury 2013)',
    workload: 'log',
    nemesis: ['latency:all', 'partition'],
    anomalies: LOST,
    // Two copies, and little patience with the one that lags: leaders are soon alone in sync when they are cut off.
    options: {interval: '800ms', rate: '600/s', keys: 8, replicas: 2, deadMs: 200, lagMs: 50, rejoinMs: 3000},
    budget: {simulatedS: 20, realS: 60},
  },
  {
    name: 'commit-before-process',
    change: 'work-queue.ts: a message counts as processed when it is handed out, not when its consumer says so',
    source: 'automatic acknowledgement: RabbitMQ with autoAck, Kafka consumers that commit before they process',
    workload: 'queue',
    nemesis: ['partition', 'pause'],
    anomalies: ['lost-element'],
    // Consumers that do not wait for long.
    options: {interval: '700ms', attemptMs: 100, giveUpMs: 250},
    budget: {simulatedS: 5, realS: 60},
  },
  {
    name: 'no-epoch',
    change: 'replica.ts: a follower that has other records than the leader is not told so and keeps them',
    source:
      'logs that were cut by the high watermark, or not at all, before Kafka had leader epochs (KIP-101, KIP-279)',
    workload: 'log',
    nemesis: ['partition'],
    anomalies: LOST,
    options: {interval: '800ms', rate: '600/s', keys: 8, deadMs: 200, preferMs: 100},
    budget: {simulatedS: 10, realS: 60},
  },
  {
    name: 'reorder-retry',
    change: 'replica.ts: a retry of a producer is not recognised and goes in again, behind what was sent since',
    source: 'producers without idempotence: retries duplicate and reorder (KIP-98)',
    workload: 'log',
    nemesis: ['latency:all'],
    anomalies: ['duplicate-record', 'nonmonotonic-send'],
    options: {interval: '1s', attemptMs: 30},
    budget: {simulatedS: 5, realS: 30},
  },
] as const satisfies readonly Bug[]

export type BugName = (typeof bugs)[number]['name']
