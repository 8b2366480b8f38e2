/** What people take JetStream for and what it is not: more is expected than its documentation promises. */
import type {Bug} from '../../core/target.ts'

const STALE = ['stale-read', 'nonlinearizable', 'lost-write']

export const bugs = [
  {
    name: 'direct-reads',
    change: 'replicas are read (`allow_direct`, as key-value buckets do by default) and taken for linearizable',
    source: 'NATS documentation, "JetStream: consistency": direct gets may return what is not the latest',
    workload: 'register',
    nemesis: ['partition:one'],
    anomalies: STALE,
    options: {interval: '6s', keys: 4},
    budget: {simulatedS: 0, realS: 60},
  },
  {
    name: 'leader-reads',
    change: 'the leader of a stream is read and taken for linearizable, though one that was cut off goes on to answer',
    source: 'NATS documentation, "JetStream: consistency"; measured here: reads of a leader ask no quorum',
    workload: 'register',
    nemesis: ['partition:leader'],
    anomalies: STALE,
    options: {interval: '12s', keys: 4},
    budget: {simulatedS: 0, realS: 60},
  },
  {
    name: 'core-publish',
    change: 'what is put into a queue is published and not waited for, as if it were stored once it was sent',
    source: 'NATS documentation, "Core NATS: at most once"; "JetStream: publish acknowledgements"',
    workload: 'queue',
    nemesis: ['kill'],
    anomalies: ['lost-element'],
    options: {interval: '5s', keys: 4, time: '15s'},
    budget: {simulatedS: 0, realS: 60},
  },
  {
    name: 'unsynced-streams',
    change: 'acknowledged messages are taken for kept when the power fails, though they are synced every two minutes',
    source:
      'NATS documentation, "JetStream configuration": `sync_interval` is 2m unless it is set; "Jepsen: NATS 2.12.1" (Kingsbury 2025)',
    workload: 'set',
    nemesis: ['disk:power-cut'],
    anomalies: ['lost-element'],
    options: {interval: '6s', keys: 4, time: '30s'},
    budget: {simulatedS: 0, realS: 60},
  },
] as const satisfies readonly Bug[]
