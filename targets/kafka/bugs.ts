/** How people lose or double records with Kafka while its documentation says how not to. */
import type {Bug} from '../../core/target.ts'

const LOST = ['lost-record', 'inconsistent-offsets', 'nonmonotonic-send', 'nonmonotonic-poll']

export const bugs = [
  {
    name: 'acks-one',
    change: 'producers wait for the leader alone (`acks=1`) and take that for kept',
    source: 'Kafka documentation, producer configuration `acks`; the default until Kafka 3.0 (KIP-679)',
    workload: 'log',
    nemesis: ['partition:one'],
    anomalies: LOST,
    options: {interval: '14s', keys: 6, time: '40s'},
    budget: {simulatedS: 0, realS: 60},
  },
  {
    name: 'unclean-election',
    change:
      'a replica that is not in sync may lead (`unclean.leader.election.enable`), with one replica in sync enough',
    source: 'Kafka documentation, topic configuration; on by default until Kafka 0.11 (KIP-106)',
    workload: 'log',
    nemesis: ['partition:one', 'kill:one'],
    anomalies: LOST,
    options: {interval: '9s', keys: 12, time: '60s'},
    budget: {simulatedS: 0, realS: 60},
  },
  {
    name: 'no-idempotence',
    change: 'producers send again what was not answered, and brokers do not know it again (`enable.idempotence=false`)',
    source: 'KIP-98; the default until Kafka 3.0 (KIP-679)',
    workload: 'log',
    nemesis: ['pause'],
    anomalies: ['duplicate-record'],
    options: {interval: '5s', keys: 6, time: '30s'},
    budget: {simulatedS: 0, realS: 60},
  },
  {
    name: 'read-uncommitted',
    change: 'consumers are left with their default, which shows them what is not committed and what was aborted',
    source: 'Kafka documentation, consumer configuration `isolation.level`: `read_uncommitted` unless it is set',
    workload: 'append',
    nemesis: ['pause'],
    anomalies: ['G1a'],
    options: {interval: '8s', time: '15s', rate: '200/s'},
    budget: {simulatedS: 0, realS: 30},
  },
  {
    name: 'unflushed-log',
    change: 'records acknowledged by all replicas are taken for kept when the power fails, though none of them syncs',
    source: 'Kafka documentation, "Application vs. OS Flush Management": by default the application syncs nothing',
    workload: 'log',
    nemesis: ['disk:power-cut'],
    anomalies: LOST,
    options: {interval: '10s', keys: 6, time: '40s'},
    budget: {simulatedS: 0, realS: 60},
  },
] as const satisfies readonly Bug[]
