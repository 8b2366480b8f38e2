/** Every checker, by name, with its factory. Adding one is one file and one line. */
import type {Checker} from '../core/checker.ts'
import {availability} from './availability.ts'
import {bank} from './bank.ts'
import {causalReverse} from './causal-reverse.ts'
import {consensus} from './consensus.ts'
import {convergence} from './convergence.ts'
import {counter} from './counter.ts'
import {listAppend, rwRegister} from './elle/index.ts'
import {exercise} from './exercise.ts'
import {ladder} from './ladder.ts'
import {leaderUniqueness} from './leader-uniqueness.ts'
import {type LinearizableOptions, linearizable} from './linearizable/index.ts'
import {lock} from './lock.ts'
import {log} from './log/index.ts'
import {longFork} from './long-fork.ts'
import {nodeLogs} from './node-logs.ts'
import {queue} from './queue.ts'
import {recovery} from './recovery.ts'
import {reply} from './reply.ts'
import * as sessions from './sessions/index.ts'
import {set} from './set.ts'
import {setFull} from './set-full.ts'
import {staleness} from './staleness.ts'
import {stats} from './stats.ts'
import {strongEventual} from './strong-eventual.ts'
import {totalQueue} from './total-queue.ts'
import {uniqueIds} from './unique-ids.ts'
import {writeOrder} from './write-order.ts'

/** Makes a checker; every option has a default. */
export type CheckerFactory = (options?: never) => Checker

export const CHECKERS = {
  availability,
  bank,
  causal: sessions.causal,
  'causal-reverse': causalReverse,
  consensus,
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

export {type BankOptions, bank} from './bank.ts'
export {type CheckInput, check} from './check.ts'
export {type ConvergenceOptions, convergence} from './convergence.ts'
export {type CounterOptions, counter} from './counter.ts'
export {diagram} from './diagram.ts'
export * from './elle/index.ts'
export {type LadderModel, ladder, type Rung} from './ladder.ts'
export {type LinearizableOptions, linearizable, MODELS} from './linearizable/index.ts'
export {type LockOptions, lock} from './lock.ts'
export {type LogOptions, log} from './log/index.ts'
export {LOG_PATTERNS, type LogPattern, nodeLogs} from './node-logs.ts'
export {type QueueOptions, queue} from './queue.ts'
export {
  SESSION_MODELS,
  type SessionModel,
  type SessionOptions,
  sequentialConsistency,
  session,
} from './sessions/index.ts'
export {type SetFullOptions, setFull} from './set-full.ts'
export {type StalenessOptions, staleness} from './staleness.ts'
export {type StrongEventualOptions, strongEventual} from './strong-eventual.ts'
export {parseThreshold, type Threshold, threshold} from './thresholds.ts'
export {type TotalQueueOptions, totalQueue} from './total-queue.ts'
export {
  availability,
  causalReverse,
  consensus,
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
