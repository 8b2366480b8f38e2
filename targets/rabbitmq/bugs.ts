/** How people lose messages with RabbitMQ while its documentation says how not to. */
import type {Bug} from '../../core/target.ts'

const LOST = ['lost-element']

export const bugs = [
  {
    name: 'no-confirms',
    change: 'publishers do not wait for confirms: a message counts as sent once the connection has taken it',
    source:
      'RabbitMQ documentation, "Consumer Acknowledgements and Publisher Confirms" ("Jepsen: RabbitMQ", Kingsbury 2014)',
    workload: 'queue',
    nemesis: ['partition:one'],
    anomalies: LOST,
    options: {interval: '8s', keys: 4, time: '20s', 'op-timeout': '3s'},
    budget: {simulatedS: 0, realS: 60},
  },
  {
    name: 'transient-messages',
    change: 'classic queues that keep their messages in memory on one node, confirmed all the same',
    source: 'RabbitMQ documentation, "Queues: durability": transient queues are deleted when their node restarts',
    workload: 'queue',
    nemesis: ['kill'],
    anomalies: LOST,
    options: {interval: '8s', keys: 6, time: '20s', 'op-timeout': '3s'},
    budget: {simulatedS: 0, realS: 60},
  },
  {
    name: 'automatic-acks',
    change: 'consumers take messages with automatic acknowledgement: what is lost on its way to them is gone',
    source:
      'RabbitMQ documentation, "Consumer Acknowledgements": automatic acknowledgement "should be considered unsafe"',
    workload: 'queue',
    nemesis: ['pause'],
    anomalies: LOST,
    options: {interval: '6s', keys: 4, time: '20s', 'op-timeout': '2s'},
    budget: {simulatedS: 0, realS: 60},
  },
] as const satisfies readonly Bug[]
