/** Every real target, where it cannot be started (`starting.ts`). Servers that start within two seconds meet a taken port here. */
import {REAL} from '../../targets/index.ts'
import {describeTarget} from './cluster.ts'
import {refusesToStart} from './starting.ts'

/** Those that take longer to start are in the slow suite. */
const QUICK = ['etcd', 'redis', 'nats', 'memcached']

for (const name of Object.keys(REAL)) {
  describeTarget(name, (target, place) => refusesToStart(target, place, {port: QUICK.includes(name)}))
}
