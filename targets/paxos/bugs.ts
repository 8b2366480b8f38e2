/**
 * The defects that `paxos` can be given. Each is a few words at its place in the code, marked there with its name; the
 * options bring about the situation in which it matters, and are harmless to the protocol without the bug.
 *
 * Registers hide a lost write as soon as the next one comes; sets remember. That is why most are hunted with sets.
 */
import type {Bug} from '../../core/target.ts'

/** Proposers that give way to any higher ballot, and try often: as in the paper, where nothing is said of patience. */
const IMPATIENT = {sticky: 0, patience: 1, takeoverMs: 60, heartbeatMs: 20}

export const bugs: readonly Bug[] = [
  {
    name: 'own-value',
    change:
      'candidacy.ts: a new leader proposes what it likes in open slots, not the value of the highest ballot found',
    source: 'leaving out the second half of phase 2 (a): P2c of "Paxos Made Simple", section 2.2',
    workload: 'set',
    nemesis: ['partition:leader', 'kill:leader'],
    anomalies: ['lost-element', 'resurrected-element', 'stale-read'],
    options: {interval: '3s'},
    excludes: ['highest-value'],
    budget: {simulatedS: 5, realS: 60},
  },
  {
    name: 'highest-value',
    change:
      'candidacy.ts: of the values found for a slot the greatest is proposed again, not that of the highest ballot',
    source: 'a mistake of many tutorials: "highest" is taken for the value where the paper means its proposal number',
    workload: 'set',
    nemesis: ['partition:leader'],
    anomalies: ['lost-element', 'resurrected-element', 'stale-read'],
    options: {...IMPATIENT, interval: '3s'},
    budget: {simulatedS: 5, realS: 60},
  },
  {
    name: 'forget-promise',
    change: 'acceptor.ts: the acceptor answers without syncing what it promised and accepted',
    source:
      '"an acceptor must record its intended response in stable storage before actually sending it" ("Paxos Made Simple", section 2.5)',
    workload: 'set',
    nemesis: ['kill:all'],
    anomalies: ['lost-element', 'resurrected-element', 'stale-read'],
    options: {interval: '3s'},
    budget: {simulatedS: 5, realS: 60},
  },
  {
    name: 'reuse-ballot',
    change: 'ballot.ts: a ballot is its round only, so two nodes can lead the same one',
    source:
      '"different proposers choose their numbers from disjoint sets of numbers" ("Paxos Made Simple", section 2.5), ignored',
    workload: 'set',
    nemesis: ['latency:all', 'kill:leader'],
    anomalies: ['lost-element', 'resurrected-element', 'stale-read'],
    options: {takeoverMs: 100, interval: '3s'},
    budget: {simulatedS: 40, realS: 60},
  },
  {
    name: 'accept-below-promise',
    change: 'acceptor.ts: accepts are not compared with the promise',
    source: 'phase 2 (b) without its condition: P1a of "Paxos Made Simple", section 2.2',
    workload: 'set',
    nemesis: ['partition:ring'],
    anomalies: ['lost-element', 'resurrected-element', 'stale-read'],
    options: {sticky: 0, checkQuorum: 0, interval: '3s'},
    budget: {simulatedS: 5, realS: 60},
  },
  {
    name: 'no-noop',
    change:
      'candidacy.ts: a new leader does not fill slots for which nobody voted, so nothing after them is ever applied',
    source: 'the gap of "Paxos Made Simple", section 3, which a leader fills with "a special no-op command"',
    workload: 'register',
    nemesis: ['kill:leader'],
    anomalies: ['no-recovery', 'unavailable'],
    // The final reads of a log that stalls all time out.
    options: {interval: '3s', time: '15s', heal: '3s', 'op-timeout': '1s'},
    budget: {simulatedS: 5, realS: 60},
  },
  {
    name: 'minority-quorum',
    change: 'node.ts: half of the nodes, rounded down, counts as a majority',
    source: 'quorums that do not intersect: two of five on either side of a partition',
    workload: 'register',
    nemesis: ['partition'],
    anomalies: ['stale-read', 'lost-write', 'nonlinearizable', 'phantom-read'],
    options: {interval: '3s'},
    budget: {simulatedS: 20, realS: 60},
  },
]
