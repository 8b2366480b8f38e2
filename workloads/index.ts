/** Every workload, by name. */
import type {Workload} from '../core/workload.ts'
import {append} from './append.ts'
import {bank} from './bank.ts'
import {broadcast} from './broadcast.ts'
import {consensus} from './consensus.ts'
import {counter} from './counter.ts'
import {kv} from './kv.ts'
import {lock} from './lock.ts'
import {log} from './log.ts'
import {gCounter, pnCounter} from './maelstrom/counters.ts'
import {echo} from './maelstrom/echo.ts'
import {kafka} from './maelstrom/kafka.ts'
import {linKv} from './maelstrom/lin-kv.ts'
import {gSet, maelstromBroadcast} from './maelstrom/sets.ts'
import {txnListAppend, txnRwRegister} from './maelstrom/transactions.ts'
import {members} from './members.ts'
import {pubsub} from './pubsub.ts'
import {queue} from './queue.ts'
import {cas, register} from './register.ts'
import {rwRegisterWorkload} from './rw-register.ts'
import {set} from './set.ts'
import {staleness} from './staleness.ts'
import {uniqueIds} from './unique-ids.ts'
import {watch} from './watch.ts'

export const WORKLOADS: Readonly<Record<string, Workload>> = {
  register,
  cas,
  set,
  counter,
  kv,
  append,
  lock,
  watch,
  consensus,
  log,
  queue,
  pubsub,
  bank,
  'rw-register': rwRegisterWorkload,
  broadcast,
  'unique-ids': uniqueIds,
  members,
  staleness,
  echo,
  'maelstrom-broadcast': maelstromBroadcast,
  'g-set': gSet,
  'g-counter': gCounter,
  'pn-counter': pnCounter,
  'lin-kv': linKv,
  'txn-list-append': txnListAppend,
  'txn-rw-register': txnRwRegister,
  kafka,
}
