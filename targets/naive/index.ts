/**
 * Four designs as they are often sketched, in our own words, and each wrong in itself: the harness must convict them with no
 * bug switched on. Each claims what its sketch claims; `flaw` says which run shows that it is not so. How it is done right is
 * in `targets/paxos`, `targets/raft` and `targets/commit`.
 */
import type {Bug, Protocol, Target} from '../../core/target.ts'
import {PATIENCE} from '../state-machine/session.ts'
import {CLAIMS, FUNCTIONS} from '../state-machine/vocabulary.ts'
import {protocol as lockstep} from './lockstep.ts'
import {protocol as paxos} from './paxos.ts'
import {protocol as raft} from './raft.ts'
import {protocol as twoPhase} from './two-phase.ts'

type Sketch = Omit<Target, 'start' | 'capabilities'> & {readonly protocol: Protocol}

function sketch(parts: {
  name: string
  description: string
  workloads: readonly (keyof typeof CLAIMS)[]
  protocol: Protocol
  flaw: Omit<Bug, 'name'>
}): Sketch {
  const {name, description, workloads, protocol, flaw} = parts
  return {
    name,
    description,
    claims: Object.fromEntries(workloads.map((workload) => [workload, CLAIMS[workload]])),
    functions: FUNCTIONS,
    bugs: [],
    flaw: {name, ...flaw},
    defaultNodes: 5,
    minNodes: 3,
    accepts: PATIENCE,
    protocol,
  }
}

const LOST = ['lost-element', 'stale-read', 'resurrected-element']

export const naivePaxos = sketch({
  name: 'naive-paxos',
  description: 'wrong by design: one round of Paxos in which the greatest value wins',
  workloads: ['consensus'],
  protocol: paxos,
  flaw: {
    change: 'no ballots: a decided value can be replaced by a greater one',
    source: '"the highest proposal wins", taken for the value (Lamport, "Paxos Made Simple", section 2.2, says number)',
    workload: 'consensus',
    nemesis: ['latency:all'],
    anomalies: ['disagreement', 'forgotten-decision'],
    options: {interval: '3s'},
    budget: {simulatedS: 5, realS: 30},
  },
})

export const naiveRaft = sketch({
  name: 'naive-raft',
  description: 'wrong by design: Raft without terms, so that nobody can tell an old leader from a new one',
  workloads: ['set', 'register', 'cas'],
  protocol: raft,
  flaw: {
    change: 'no terms: two leaders lead at once, and followers obey whoever wrote last',
    source: 'retellings of Raft that stop at "elect a leader, replicate, commit on majority" (paper, section 5.1)',
    workload: 'set',
    nemesis: ['partition:leader'],
    anomalies: [...LOST, 'reply-mismatch'],
    options: {interval: '3s', keys: 4},
    budget: {simulatedS: 5, realS: 30},
  },
})

export const naiveLockstep = sketch({
  name: 'naive-lockstep',
  description: 'wrong by design: commits when every node has the proposal, reads from any',
  workloads: ['register', 'set', 'cas'],
  protocol: lockstep,
  flaw: {
    change: 'a write is answered before the others have applied it, and they are read',
    source: 'two-phase commit mistaken for consensus: everybody has it is not everybody shows it',
    workload: 'register',
    nemesis: ['latency:all'],
    anomalies: ['stale-read', 'lost-write', 'nonlinearizable'],
    options: {interval: '2s'},
    budget: {simulatedS: 5, realS: 30},
  },
})

export const naiveTwoPhase = sketch({
  name: 'naive-2pc',
  description: 'wrong by design: two-phase commit whose votes and decisions are on no disk',
  workloads: ['set', 'register'],
  protocol: twoPhase,
  flaw: {
    change: 'no log: who crashes or misses the decision never hears of it again',
    source: 'two-phase commit as a sequence diagram, without the stable storage of Gray 1978, section 5.8.3.3',
    workload: 'set',
    nemesis: ['kill', 'partition'],
    anomalies: LOST,
    options: {interval: '3s', keys: 4, time: '60s'},
    budget: {simulatedS: 10, realS: 60},
  },
})
