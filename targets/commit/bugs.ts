/** The defects that the transactional store can be given: each is found at its place in the code as `has('<name>')`. */
import type {Bug} from '../../core/target.ts'

const BROKEN = ['wrong-total', 'negative-balance']
const TCC_BUGS = ['tcc-late-try', 'tcc-double-confirm']
const LOCKING_BUGS = ['forget-decision', 'unilateral-abort', 'early-release', 'three-phase']

export const bugs = [
  {
    name: 'forget-decision',
    change: 'coordinator.ts: the decision to commit is told to participants, but not written down',
    source:
      'two-phase commit without a log: after a crash, "not known" reads as "aborted" (Gray 1978; Mohan & Lindsay 1983)',
    workload: 'bank',
    nemesis: ['kill:all'],
    anomalies: BROKEN,
    // Decisions that are told several at once leave more to forget; clients that wait long for the dead ask for little.
    options: {
      interval: '3s',
      rate: '800/s',
      concurrency: '10n',
      'op-timeout': '400ms',
      eager: 0,
      keys: 12,
      time: '60s',
      heal: '3s',
    },
    excludes: TCC_BUGS,
    budget: {simulatedS: 20, realS: 90},
  },
  {
    name: 'unilateral-abort',
    change: 'participant.ts: a participant that has promised and hears nothing aborts on its own',
    source: 'a time-out in the uncertain state of two-phase commit (Bernstein, Hadzilacos, Goodman 1987, section 7.4)',
    workload: 'bank',
    nemesis: ['partition'],
    anomalies: BROKEN,
    options: {interval: '800ms', rate: '800/s', voteMs: 100, doubtMs: 50, tickMs: 20},
    excludes: TCC_BUGS,
    budget: {simulatedS: 10, realS: 30},
  },
  {
    name: 'early-release',
    change: 'participant.ts: locks are dropped at the promise, and what is promised is there to be read',
    source:
      'locking that is not strict: others read and overwrite what may still be aborted (Gray & Reuter 1993, section 7)',
    workload: 'append',
    nemesis: ['none'],
    anomalies: ['G0', 'G1a', 'G1b', 'G1c', 'G-single-item', 'G2-item', 'incompatible-order'],
    options: {rate: '400/s'},
    excludes: TCC_BUGS,
    budget: {simulatedS: 5, realS: 30},
  },
  {
    name: 'three-phase',
    change: 'mode=3pc: three-phase commit, which is not defective where nodes only crash, under a network that splits',
    source: 'Skeen (1981) assumes that whoever does not answer is dead; two sides of a partition decide differently',
    workload: 'bank',
    nemesis: ['partition'],
    anomalies: BROKEN,
    // Short timers, but longer than anything takes while the network is whole: without a partition nobody is accused.
    options: {
      mode: '3pc',
      interval: '700ms',
      rate: '1200/s',
      keys: 12,
      voteMs: 200,
      doubtMs: 100,
      askMs: 50,
      time: '40s',
    },
    excludes: TCC_BUGS,
    budget: {simulatedS: 40, realS: 90},
  },
  {
    name: 'tcc-late-try',
    change: 'tcc-service.ts: a try that comes after its cancel reserves money, for ever',
    source:
      'the "suspended try": cancels that overtake their try, which frameworks for try-confirm-cancel have to fend off',
    workload: 'bank',
    nemesis: ['pause'],
    anomalies: BROKEN,
    options: {mode: 'tcc', interval: '1s'},
    excludes: [...LOCKING_BUGS, 'tcc-double-confirm'],
    budget: {simulatedS: 5, realS: 60},
  },
  {
    name: 'tcc-double-confirm',
    change: 'tcc-service.ts: a confirm that comes again is carried out again',
    source:
      'confirm and cancel must be idempotent, since they are repeated until they are confirmed (Pardon & Pautasso 2014)',
    workload: 'bank',
    nemesis: ['partition', 'pause', 'latency:all'],
    anomalies: BROKEN,
    options: {mode: 'tcc', interval: '1s'},
    excludes: [...LOCKING_BUGS, 'tcc-late-try'],
    budget: {simulatedS: 10, realS: 30},
  },
] as const satisfies readonly Bug[]

export type BugName = (typeof bugs)[number]['name']
