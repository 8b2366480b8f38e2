/** Every checker, by name, with its factory. Adding one is one file and one line. */
import type {Checker} from '../core/checker.ts'
import {counter} from './counters/counter.ts'
import {listAppend, rwRegister} from './elle/index.ts'
import {bank} from './invariants/bank.ts'
import {leaderUniqueness} from './invariants/leader-uniqueness.ts'
import {lock} from './invariants/lock.ts'
import {nodeLogs} from './invariants/node-logs.ts'
import {reply} from './invariants/reply.ts'
import {uniqueIds} from './invariants/unique-ids.ts'
import {type LinearizableOptions, linearizable} from './linearizable/index.ts'
import {availability} from './liveness/availability.ts'
import {exercise} from './liveness/exercise.ts'
import {recovery} from './liveness/recovery.ts'
import {stats} from './liveness/stats.ts'
import {log} from './log/index.ts'
import {queue} from './queues/queue.ts'
import {totalQueue} from './queues/total-queue.ts'
import {causalReverse} from './reads/causal-reverse.ts'
import {longFork} from './reads/long-fork.ts'
import {staleness} from './reads/staleness.ts'
import {writeOrder} from './reads/write-order.ts'
import {convergence} from './replicas/convergence.ts'
import {strongEventual} from './replicas/strong-eventual.ts'
import * as sessions from './sessions/index.ts'
import {ladder} from './sessions/ladder.ts'
import {set} from './sets/set.ts'
import {setFull} from './sets/set-full.ts'

/** Makes a checker; every option has a default. */
export type CheckerFactory = (options?: never) => Checker

export const CHECKERS = {
  availability,
  bank,
  causal: sessions.causal,
  'causal-reverse': causalReverse,
  convergence,
  counter,
  exercise,
  ladder,
  'leader-uniqueness': leaderUniqueness,
  linearizable: (options: LinearizableOptions = {model: 'cas-register'}) => linearizable(options),
  'list-append': listAppend,
  lock,
  log,
  'long-fork': longFork,
  'monotonic-reads': sessions.monotonicReads,
  'monotonic-writes': sessions.monotonicWrites,
  'node-logs': nodeLogs,
  pram: sessions.pram,
  queue,
  'read-your-writes': sessions.readYourWrites,
  recovery,
  reply,
  'rw-register': rwRegister,
  sequential: sessions.sequentialConsistency,
  set,
  'set-full': setFull,
  staleness,
  stats,
  'strong-eventual': strongEventual,
  'total-queue': totalQueue,
  'unique-ids': uniqueIds,
  'write-order': writeOrder,
  'writes-follow-reads': sessions.writesFollowReads,
} as const satisfies Readonly<Record<string, CheckerFactory>>

export type CheckerName = keyof typeof CHECKERS

export {type CheckInput, check} from './check.ts'
export {type CounterOptions, counter} from './counters/counter.ts'
export * from './elle/index.ts'
export {type BankOptions, bank} from './invariants/bank.ts'
export {type LockOptions, lock} from './invariants/lock.ts'
export {LOG_PATTERNS, type LogPattern, nodeLogs} from './invariants/node-logs.ts'
export {type LinearizableOptions, linearizable, MODELS} from './linearizable/index.ts'
export {parseThreshold, type Threshold, threshold} from './liveness/thresholds.ts'
export {type LogOptions, log} from './log/index.ts'
export {type QueueOptions, queue} from './queues/queue.ts'
export {type TotalQueueOptions, totalQueue} from './queues/total-queue.ts'
export {type StalenessOptions, staleness} from './reads/staleness.ts'
export {type ConvergenceOptions, convergence} from './replicas/convergence.ts'
export {type StrongEventualOptions, strongEventual} from './replicas/strong-eventual.ts'
export {
  SESSION_MODELS,
  type SessionModel,
  type SessionOptions,
  sequentialConsistency,
  session,
} from './sessions/index.ts'
export {type LadderModel, ladder, type Rung} from './sessions/ladder.ts'
export {type SetFullOptions, setFull} from './sets/set-full.ts'
export {diagram} from './testing/diagram.ts'
export {
  availability,
  causalReverse,
  exercise,
  leaderUniqueness,
  longFork,
  recovery,
  reply,
  set,
  stats,
  uniqueIds,
  writeOrder,
}
