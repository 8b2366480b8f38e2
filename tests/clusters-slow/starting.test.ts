/** Real targets where they cannot be started (`../clusters/starting.ts`); etcd and memcached are tried there. */
import {REAL} from '../../targets/index.ts'
import {describeTarget} from '../clusters/cluster.ts'
import {refusesToStart} from '../clusters/starting.ts'

for (const name of Object.keys(REAL).filter((each) => !['etcd', 'memcached'].includes(each)))
  describeTarget(name, refusesToStart)
