/** The defects that the gossip store can be given: each is a few characters at its place in the code. */
import type {Bug} from '../../core/target.ts'

export const bugs: readonly Bug[] = [
  {
    name: 'sum-merge',
    change:
      'pn-counter.ts merges what a node tells of its own total by adding it to what it told before, not by the maximum',
    source:
      'the textbook error behind state-based counters: addition is not idempotent (Shapiro et al. 2011, section 3.1.1)',
    workload: 'counter',
    nemesis: ['partition'],
    anomalies: ['counter-out-of-bounds', 'counter-wrong-final', 'diverged'],
    budget: {simulatedS: 10, realS: 60},
  },
  {
    name: 'set-resurrect',
    change: 'or-set.ts honours a remove only on the node that was asked for it; elsewhere the older add stays in force',
    source: "Dynamo's shopping cart, merged by union: deleted items can resurface (DeCandia et al. 2007, section 4.4)",
    workload: 'set',
    nemesis: ['partition'],
    anomalies: ['resurrected-element', 'diverged'],
    budget: {simulatedS: 10, realS: 60},
  },
  {
    name: 'clock-wins',
    change: 'lww-register.ts compares wall clocks, in whole seconds, and lets the last to arrive win a tie',
    source:
      'last-writer-wins by timestamps without a tie-break, as in "Jepsen: Cassandra" (Kingsbury 2013), whose equal stamps mixed writes',
    workload: 'register',
    nemesis: ['partition'],
    anomalies: ['diverged'],
    options: {rate: '1000/s', keys: 20},
    budget: {simulatedS: 20, realS: 60},
  },
  {
    name: 'one-way',
    change: 'node.ts never answers a digest: updates are pushed as rumours, and nobody asks for what it missed',
    source: 'rumour mongering without anti-entropy leaves susceptible nodes behind (Demers et al. 1987, section 1.4)',
    workload: 'set',
    nemesis: ['partition'],
    anomalies: ['lost-element', 'diverged'],
    budget: {simulatedS: 10, realS: 60},
  },
  {
    name: 'clock-ids',
    change: 'node.ts: an id is the time at which it was asked for, in milliseconds, whoever is asked',
    source:
      'ids by clock without the part that names the node: what Snowflake ids and version 1 UUIDs have it for (RFC 9562, section 5.1)',
    workload: 'unique-ids',
    nemesis: ['none'],
    anomalies: ['duplicate-id'],
    budget: {simulatedS: 5, realS: 30},
  },
  {
    name: 'told-once',
    change: 'node.ts: a message is told to one peer when it arrives, and what that peer has missed is never asked for',
    source: "broadcast without acknowledgement or anti-entropy: Maelstrom's first broadcast challenge under partitions",
    workload: 'broadcast',
    nemesis: ['partition'],
    anomalies: ['lost-element', 'diverged'],
    budget: {simulatedS: 10, realS: 60},
  },
  {
    name: 'no-indirect',
    change: 'swim/detector.ts: a ping that is not acknowledged is not tried through others',
    source:
      'heartbeats at first hand: one bad path between two members makes each take the other for dead (SWIM paper, 3.1)',
    workload: 'members',
    nemesis: ['partition:bridge'],
    anomalies: ['false-death'],
    // Little patience: news of the suspicion goes round the cut, and so would what refutes it.
    options: {interval: '8s', time: '50s', suspectMs: 1000},
    budget: {simulatedS: 60, realS: 90},
  },
  {
    name: 'no-refute',
    change: 'swim/swim.ts: a member that is suspected does not go on to its next incarnation, and stays dead',
    source: 'suspicion without refutation: false positives are for ever (SWIM paper, 4.2)',
    workload: 'members',
    nemesis: ['pause:one'],
    anomalies: ['false-death', 'lost-member'],
    options: {interval: '8s', time: '30s'},
    budget: {simulatedS: 30, realS: 60},
  },
  {
    name: 'no-suspicion',
    change: 'swim/swim.ts: one failed probe is a death, of which everybody is told',
    source: 'the first version of SWIM, whose false positives are why there is suspicion (paper, sections 4.2 and 5)',
    workload: 'members',
    nemesis: ['pause:one'],
    anomalies: ['false-death'],
    // Pauses that are shorter than any suspicion.
    options: {interval: '700ms', time: '30s'},
    budget: {simulatedS: 30, realS: 60},
  },
]
