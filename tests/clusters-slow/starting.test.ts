/** Real targets that take long to start, where one of their ports is taken (`../clusters/starting.ts`). */
import {describeTarget} from '../clusters/cluster.ts'
import {refusesToStart} from '../clusters/starting.ts'

for (const name of ['redis-cluster', 'zookeeper', 'postgres', 'rabbitmq', 'kafka', 'mariadb-galera']) {
  describeTarget(name, (target, place) => refusesToStart(target, place, {port: true}))
}
