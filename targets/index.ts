/** Every target, by name: those whose nodes are our own code, and real systems. */
import type {Target} from '../core/target.ts'
import {hosted} from '../hosts/process/index.ts'
import {cache} from './cache/index.ts'
import {commit} from './commit/index.ts'
import {dynamo} from './dynamo/index.ts'
import {etcd} from './etcd/index.ts'
import {gossip} from './gossip/index.ts'
import {kafka} from './kafka/index.ts'
import {kv} from './kv/index.ts'
import {maelstrom} from './maelstrom/index.ts'
import {mariadbGalera} from './mariadb-galera/index.ts'
import {memcached} from './memcached/index.ts'
import {naiveLockstep, naivePaxos, naiveRaft, naiveTwoPhase} from './naive/index.ts'
import {nats} from './nats/index.ts'
import {paxos} from './paxos/index.ts'
import {postgres} from './postgres/index.ts'
import {primaryBackup} from './primary-backup/index.ts'
import {queue} from './queue/index.ts'
import {rabbitmq} from './rabbitmq/index.ts'
import {raft} from './raft/index.ts'
import {redis} from './redis/index.ts'
import {redisCluster} from './redis-cluster/index.ts'
import {registry} from './registry/index.ts'
import {zab} from './zab/index.ts'
import {zookeeper} from './zookeeper/index.ts'

/** Targets whose nodes are our own code: the simulator runs them as well. */
export const BUNDLED: Readonly<Record<string, Target>> = {
  raft: hosted(raft, 'targets/raft/index.js'),
  paxos: hosted(paxos, 'targets/paxos/index.js'),
  zab: hosted(zab, 'targets/zab/index.js'),
  'primary-backup': hosted(primaryBackup, 'targets/primary-backup/index.js'),
  registry: hosted(registry, 'targets/registry/index.js'),
  kv: hosted(kv, 'targets/kv/index.js'),
  gossip: hosted(gossip, 'targets/gossip/index.js'),
  dynamo: hosted(dynamo, 'targets/dynamo/index.js'),
  'naive-paxos': hosted(naivePaxos, 'targets/naive/paxos.js'),
  'naive-raft': hosted(naiveRaft, 'targets/naive/raft.js'),
  'naive-lockstep': hosted(naiveLockstep, 'targets/naive/lockstep.js'),
  'naive-2pc': hosted(naiveTwoPhase, 'targets/naive/two-phase.js'),
  queue: hosted(queue, 'targets/queue/index.js'),
  commit: hosted(commit, 'targets/commit/index.js'),
  cache: hosted(cache, 'targets/cache/index.js'),
}

/** Targets that are programs of others; absent where those are not installed. */
export const REAL: Readonly<Record<string, Target>> = {
  etcd,
  redis,
  'redis-cluster': redisCluster,
  zookeeper,
  nats,
  rabbitmq,
  memcached,
  kafka,
  postgres,
  'mariadb-galera': mariadbGalera,
}

/** Targets that are somebody's program, and have to be told which. */
export const PROGRAMS: Readonly<Record<string, Target>> = {maelstrom}

export const TARGETS: Readonly<Record<string, Target>> = {...BUNDLED, ...REAL}

export {commandTarget} from './command/index.ts'
