/**
 * The defects that this Raft can be given: each is one line at its place in the code, found there as `has('<name>')`.
 */
import type {Bug} from '../../core/target.ts'
import {FORGETFUL} from '../state-machine/leased-node.ts'

const UNEXPLAINABLE = ['stale-read', 'lost-write', 'phantom-read', 'nonlinearizable']
const SET_BROKEN = ['lost-element', 'stale-read', 'resurrected-element', 'unexpected-element', 'duplicate-element']

export const bugs = [
  {
    name: 'stale-read',
    change: 'read-index.ts: a leader answers reads without asking a quorum whether it still leads, and never resigns',
    source:
      'etcd 0.4 and Consul answered reads from the leader\'s own state ("Jepsen: etcd and Consul", Kingsbury 2014; thesis, section 6.4)',
    workload: 'register',
    nemesis: ['partition:leader'],
    anomalies: UNEXPLAINABLE,
    options: {interval: '3s'},
    budget: {simulatedS: 5, realS: 30},
  },
  {
    name: 'vote-any-log',
    change: 'election.ts: votes go to any candidate, however short its log',
    source: 'the election restriction left out (paper, section 5.4.1): Raft as it is often retold',
    workload: 'register',
    nemesis: ['partition:one'],
    anomalies: UNEXPLAINABLE,
    // Without pre-vote a node that was cut off comes back with the highest term and the shortest log.
    options: {interval: '3s', preVote: 0},
    budget: {simulatedS: 20, realS: 60},
  },
  {
    name: 'forget-vote',
    change: 'server.ts: term and vote are written but not synced, so a crash forgets them and terms are used twice',
    source: 'persistent state of figure 2 kept in memory; thesis, section 3.8 says why it must not be',
    workload: 'set',
    nemesis: ['latency:all', 'kill:all'],
    // Nodes tell of it themselves, long before it costs a client anything.
    anomalies: [...SET_BROKEN, 'node-crash', 'terms-grow', 'single-vote'],
    // Slow links: whenever everybody is killed, the leader alone has entries of a term that is about to be used again.
    options: {
      interval: '2s',
      keys: 4,
      rate: '400/s',
      concurrency: '6n',
      electionMs: 300,
      heartbeatMs: 80,
      time: '20s',
      heal: '3s',
    },
    budget: {simulatedS: 300, realS: 120},
  },
  {
    name: 'commit-old-term',
    change:
      'commit.ts counts copies of entries of earlier terms, election.ts takes what a new leader inherits for committed',
    source: 'figure 8 of the paper (section 5.4.2), the rule that most retellings of Raft leave out',
    workload: 'set',
    nemesis: ['bandwidth:all', 'partition:leader'],
    anomalies: [...SET_BROKEN, 'node-crash', 'leader-completeness', 'state-machine-safety'],
    // Narrow links and little patience: leaders follow each other before their entries have got anywhere.
    options: {
      interval: '1s',
      keys: 4,
      rate: '600/s',
      concurrency: '6n',
      electionMs: 70,
      preVote: 0,
      time: '45s',
      heal: '3s',
    },
    budget: {simulatedS: 300, realS: 60},
  },
  {
    name: 'ack-before-quorum',
    change: "requests.ts: a write is acknowledged when it is in the leader's own log",
    source:
      'MongoDB with write concern 1, Redis and other asynchronous replication ("Jepsen: MongoDB", Kingsbury 2013)',
    workload: 'set',
    nemesis: ['partition:leader'],
    anomalies: SET_BROKEN,
    options: {interval: '3s', keys: 4},
    budget: {simulatedS: 5, realS: 30},
  },
  {
    name: 'no-truncate',
    change: "replication.ts: a follower keeps entries that conflict with the leader's",
    source: 'AppendEntries, step 3, left out (paper, figure 2)',
    workload: 'set',
    nemesis: ['partition:leader'],
    anomalies: [...SET_BROKEN, 'node-crash'],
    options: {interval: '3s', keys: 4},
    budget: {simulatedS: 15, realS: 30},
  },
  {
    name: 'snapshot-off-by-one',
    change: 'commit.ts: a snapshot is taken before its last entry is applied, and says that it includes it',
    source:
      'the last included index off by one: the commonest error of InstallSnapshot implementations (thesis, section 5.1)',
    workload: 'set',
    nemesis: ['kill'],
    anomalies: SET_BROKEN,
    options: {interval: '2s', keys: 4, snapshotEntries: 20, retainedEntries: 5},
    budget: {simulatedS: 15, realS: 30},
  },
  {
    name: 'no-dedupe',
    change: 'store.ts: a retry is executed again',
    source: 'retries without sessions (paper, section 8; thesis, section 6.3)',
    workload: 'counter',
    nemesis: ['latency:all'],
    anomalies: ['counter-out-of-bounds'],
    options: {interval: '2s', attemptMs: 50},
    budget: {simulatedS: 5, realS: 30},
  },
  {
    name: 'lease-ignores-skew',
    change: "lease.ts: a lease ends by the leader's clock, which may be put back while it runs",
    source:
      'lease reads by wall clock (thesis, section 6.4.1: "assumes a bound on clock drift"; etcd\'s lease-based reads)',
    workload: 'register',
    nemesis: ['clock:bump', 'partition:leader'],
    anomalies: UNEXPLAINABLE,
    // A leader that notices that it is alone resigns, and so hides that its lease is wrong.
    options: {interval: '1500ms', leaseReads: 1, checkQuorum: 0, time: '90s', heal: '3s'},
    budget: {simulatedS: 60, realS: 120},
  },
  {
    name: 'even-quorum',
    change: 'configuration.ts: half of the nodes, rounded down, count as a majority',
    source: 'integer division: `votes >= n / 2` lets two halves decide at once',
    workload: 'register',
    nemesis: ['partition:halves'],
    anomalies: [...UNEXPLAINABLE, 'node-crash'],
    options: {interval: '3s'},
    budget: {simulatedS: 5, realS: 30},
  },
  {
    name: 'joint-skip',
    change:
      'membership.ts: a change of members counts as made when the leader has it, and the next one may begin before it is committed',
    source:
      'two changes at once have majorities that share nobody (paper, section 6, figure 10), and so has one that begins before the leader has committed anything in its term (Ongaro, raft-dev 2015)',
    workload: 'set',
    nemesis: ['membership:minority', 'partition:random-halves'],
    anomalies: [...SET_BROKEN, 'node-crash'],
    // Leaders that do not notice that they are alone, and followers that take their time to miss them: both sides decide.
    options: {
      interval: '2s',
      keys: 4,
      rate: '60/s',
      checkQuorum: 0,
      electionMs: 800,
      heartbeatMs: 200,
      time: '90s',
      heal: '3s',
    },
    budget: {simulatedS: 300, realS: 120},
  },
  {...FORGETFUL, options: {...FORGETFUL.options, electionMs: 100, heartbeatMs: 25}},
] as const satisfies readonly Bug[]

export type BugName = (typeof bugs)[number]['name']
