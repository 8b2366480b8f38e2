/**
 * What users of the package import as `chaos/checkers`: every checker by name (`CHECKERS`), judging in one call (`check`),
 * and the factories with the types of their options.
 */
import {type Check, checkWith} from './check.ts'
import * as CHECKERS from './index.ts'

/** Every checker's factory, by the checker's name. */
export {CHECKERS}

export type CheckerName = keyof typeof CHECKERS

export const check: Check<CheckerName> = checkWith(CHECKERS)

export type {CheckerFactory, CheckInput} from './check.ts'
export {type CounterOptions, counter} from './counters/counter.ts'
export * from './elle/index.ts'
export {type BankOptions, bank} from './invariants/bank.ts'
export {consensus} from './invariants/consensus.ts'
export {echo} from './invariants/echo.ts'
export {leaderUniqueness} from './invariants/leader-uniqueness.ts'
export {type LockOptions, lock} from './invariants/lock.ts'
export {LOG_PATTERNS, type LogPattern, nodeLogs} from './invariants/node-logs.ts'
export {reply} from './invariants/reply.ts'
export {uniqueIds} from './invariants/unique-ids.ts'
export {type LinearizableOptions, linearizable, MODELS} from './linearizable/index.ts'
export {availability} from './liveness/availability.ts'
export {exercise} from './liveness/exercise.ts'
export {exits} from './liveness/exits.ts'
export {recovery} from './liveness/recovery.ts'
export {stats} from './liveness/stats.ts'
export {parseThreshold, type Threshold, threshold} from './liveness/thresholds.ts'
export {type LogOptions, log} from './log/index.ts'
export {type PubsubOptions, pubsub} from './queues/pubsub.ts'
export {type QueueOptions, queue} from './queues/queue.ts'
export {type TotalQueueOptions, totalQueue} from './queues/total-queue.ts'
export {adyaG2} from './reads/adya-g2.ts'
export {causalReverse} from './reads/causal-reverse.ts'
export {longFork} from './reads/long-fork.ts'
export {type StalenessOptions, staleness} from './reads/staleness.ts'
export {writeOrder} from './reads/write-order.ts'
export {type ConvergenceOptions, convergence} from './replicas/convergence.ts'
export {type MembersOptions, members} from './replicas/members.ts'
export {type StrongEventualOptions, strongEventual} from './replicas/strong-eventual.ts'
export {
  SESSION_MODELS,
  type SessionModel,
  type SessionOptions,
  sequentialConsistency,
  session,
} from './sessions/index.ts'
export {type LadderModel, ladder, type Rung} from './sessions/ladder.ts'
export {set} from './sets/set.ts'
export {type SetFullOptions, setFull} from './sets/set-full.ts'
export {diagram} from './testing/diagram.ts'
