/** Claims about consensus: Raft's membership and split brain, and what more nodes cost Paxos. */
import {parseNemeses} from '../../nemesis/index.ts'
import {simulate} from '../../runner/simulate.ts'
import {BUNDLED} from '../../targets/index.ts'
import {anomaliesOf, hunt, judged} from '../../tests/simulated.ts'
import {WORKLOADS} from '../../workloads/index.ts'
import {type Claim, median, tookMs} from './claim.ts'

const raft = BUNDLED['raft']!
const SEEDS = 100

/** How many of these runs are accused of what concerns safety. */
async function accused(
  nemesis: string,
  seeds: number,
  interval = 1000,
): Promise<{accused: number; faults: number; members: number}> {
  let [count, faults, members] = [0, 0, 0]
  for (let i = 0; i < seeds; i++) {
    const run = await judged({
      target: raft,
      workload: WORKLOADS['register']!,
      nemeses: parseNemeses(nemesis),
      seed: `claim-${nemesis}-${i}`,
      intervalMs: interval,
    })
    if (run.verdicts.some(({kind, validity}) => kind === 'safety' && validity === 'invalid')) count++
    const verified = run.simulation.history.faults.filter((fault) => fault.verified)
    faults += verified.length
    members += verified.filter(({fault}) => fault === 'membership').length
  }
  return {accused: count, faults, members}
}

async function convicted(name: string, seeds: number): Promise<number> {
  const bug = raft.bugs.find((known) => known.name === name)!
  let count = 0
  for (let i = 0; i < seeds; i++) {
    const found = anomaliesOf(await judged(hunt(raft, bug, `claim-${name}-${i}`)))
    if (found.some((type) => bug.anomalies.includes(type))) count++
  }
  return count
}

export const consensusClaims: readonly Claim[] = [
  {
    claim: 'Raft cannot change its membership',
    said: 'comparisons of Raft with Paxos in introductory articles',
    command: `chaos sim raft -w register --nemesis membership,partition,kill --seeds ${SEEDS}; chaos sim raft --bug joint-skip`,
    async measure() {
      const changes = await accused('membership,partition,kill', SEEDS)
      const careless = await convicted('joint-skip', 10)
      return {
        verdict: 'false',
        measured: `${changes.accused} of ${SEEDS} seeds accused under ${changes.faults} verified faults, ${changes.members} of them members removed (the leader, too) and added again; with \`--bug joint-skip\` (a change begins before the last is committed) ${careless} of 10 convicted`,
      }
    },
  },
  {
    claim: 'Raft can split-brain under a partition',
    said: 'comparisons of Raft with Paxos in introductory articles',
    command: `chaos sim raft -w register --nemesis partition --seeds ${SEEDS}; chaos sim raft --bug forget-vote`,
    async measure() {
      const partitions = await accused('partition', SEEDS)
      const forgetful = await convicted('forget-vote', 10)
      return {
        verdict: 'false; true of a Raft that forgets its vote',
        measured: `${partitions.accused} of ${SEEDS} seeds accused under ${partitions.faults} verified partitions; with \`--bug forget-vote\` (term and vote not synced, under kills) ${forgetful} of 10 convicted`,
      }
    },
  },
  {
    claim: 'Paxos slows down as nodes are added',
    said: 'introductory articles, as a reason to prefer something else',
    command: 'chaos run paxos --nodes 9 --nemesis none   (and 3, 5, 7)',
    async measure() {
      const rows: string[] = []
      for (const nodes of [3, 5, 7, 9]) {
        const {history, cost} = await simulate({
          target: BUNDLED['paxos']!,
          workload: WORKLOADS['register']!,
          seed: 'claim-paxos',
          nodes,
          concurrency: 10,
        })
        const writes = tookMs(history, ({f}) => f === 'write')
        const messages = cost.messages.sent / history.operationCount
        rows.push(`${nodes}: ${median(writes).toFixed(1)} ms, ${messages.toFixed(0)}`)
      }
      return {
        verdict: 'in messages, not in time',
        measured: `nodes: median write (simulated, links alike), messages an operation. ${rows.join('; ')}. A majority answers in parallel, so the time hardly moves; the leader sends to everybody, so the work grows with the nodes`,
      }
    },
  },
]
