/**
 * The registry of checkers: each line exports what makes one, under the name by which it is listed and selected. Adding a
 * checker is one file and one line here. `library.ts` is what users of the package import.
 */

export {counter} from './counters/counter.ts'
export {listAppend as 'list-append', rwRegister as 'rw-register'} from './elle/index.ts'
export {bank} from './invariants/bank.ts'
export {consensus} from './invariants/consensus.ts'
export {echo} from './invariants/echo.ts'
export {leaderUniqueness as 'leader-uniqueness'} from './invariants/leader-uniqueness.ts'
export {lock} from './invariants/lock.ts'
export {nodeLogs as 'node-logs'} from './invariants/node-logs.ts'
export {reply} from './invariants/reply.ts'
export {uniqueIds as 'unique-ids'} from './invariants/unique-ids.ts'
export {linearizable} from './linearizable/index.ts'
export {availability} from './liveness/availability.ts'
export {exercise} from './liveness/exercise.ts'
export {exits} from './liveness/exits.ts'
export {recovery} from './liveness/recovery.ts'
export {stats} from './liveness/stats.ts'
export {log} from './log/index.ts'
export {pubsub} from './queues/pubsub.ts'
export {queue} from './queues/queue.ts'
export {totalQueue as 'total-queue'} from './queues/total-queue.ts'
export {adyaG2 as 'adya-g2'} from './reads/adya-g2.ts'
export {causalReverse as 'causal-reverse'} from './reads/causal-reverse.ts'
export {longFork as 'long-fork'} from './reads/long-fork.ts'
export {staleness} from './reads/staleness.ts'
export {writeOrder as 'write-order'} from './reads/write-order.ts'
export {convergence} from './replicas/convergence.ts'
export {members} from './replicas/members.ts'
export {strongEventual as 'strong-eventual'} from './replicas/strong-eventual.ts'
export {
  causal,
  monotonicReads as 'monotonic-reads',
  monotonicWrites as 'monotonic-writes',
  pram,
  readYourWrites as 'read-your-writes',
  sequentialConsistency as sequential,
  writesFollowReads as 'writes-follow-reads',
} from './sessions/index.ts'
export {ladder} from './sessions/ladder.ts'
export {set} from './sets/set.ts'
export {setFull as 'set-full'} from './sets/set-full.ts'
