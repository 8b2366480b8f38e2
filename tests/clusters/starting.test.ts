/** Real targets where they cannot be started (`starting.ts`): two here; the slow suite has the others, which take longer together. */
import {describeTarget} from './cluster.ts'
import {refusesToStart} from './starting.ts'

for (const name of ['etcd', 'memcached']) describeTarget(name, refusesToStart)
