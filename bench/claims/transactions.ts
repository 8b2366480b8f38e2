/** Claims about atomic commitment. */
import {parseNemeses} from '../../nemesis/index.ts'
import {shardOf} from '../../targets/commit/operations.ts'
import {BUNDLED} from '../../targets/index.ts'
import {judged} from '../../tests/simulated.ts'
import {WORKLOADS} from '../../workloads/index.ts'
import {type Claim, percent} from './claim.ts'

const commit = BUNDLED['commit']!
const SEEDS = 20

interface Tally {
  /** Seeds with money lost or made. */
  accused: number
  /** Transfers at living nodes between accounts of living nodes while one node was dead, and those that succeeded. */
  asked: number
  ok: number
}

/** Patience in which a network that splits shows soonest: that of the bug's own recipe. */
const HASTY = {voteMs: '200', doubtMs: '100', askMs: '50'}

async function tally(mode: string, nemesis: string, args: Readonly<Record<string, string>> = {}): Promise<Tally> {
  const sum: Tally = {accused: 0, asked: 0, ok: 0}
  for (let i = 0; i < SEEDS; i++) {
    const {simulation, verdicts} = await judged({
      target: commit,
      workload: WORKLOADS['bank']!,
      nemeses: parseNemeses(nemesis),
      seed: `claim-${i}`,
      args: {mode, ...args},
      ratePerS: 800,
      keys: 12,
      intervalMs: 4000,
      timeMs: 10_000,
      nodes: 3,
    })
    if (verdicts.some(({kind, validity}) => kind === 'safety' && validity === 'invalid')) sum.accused++
    const {faults, operations} = simulation.history
    for (const {f, startNs, node, outcome, final, input} of operations) {
      if (f !== 'transfer' || final || node === undefined) continue
      const dead = faults.find((fault) => fault.startNs <= startNs && startNs < fault.endNs)?.victims
      const {from, to} = input as {from: string; to: string}
      const touched = [node, ...[from, to].map((account) => shardOf(account, simulation.workloadOptions.nodes))]
      if (dead === undefined || touched.some((each) => dead.includes(each))) continue
      sum.asked++
      if (outcome === 'ok') sum.ok++
    }
  }
  return sum
}

export const transactionClaims: readonly Claim[] = [
  {
    claim: 'Three-phase commit removes the blocking of two-phase commit',
    said: 'Skeen 1981, retold without its assumption that whoever does not answer is dead',
    command: 'chaos sim commit --target-arg mode=3pc --nemesis kill:one; chaos sim commit --bug three-phase',
    async measure() {
      const [two, three] = [await tally('2pc', 'kill:one'), await tally('3pc', 'kill:one')]
      const [twoSplit, threeSplit] = [await tally('2pc', 'partition', HASTY), await tally('3pc', 'partition', HASTY)]
      return {
        verdict: 'true without partitions; with one it is unsafe',
        measured: `of transfers at living nodes between accounts of living nodes, asked while the third node was dead, succeeded: 2PC ${percent(two.ok / two.asked)}, 3PC ${percent(three.ok / three.asked)} (${two.asked} and ${three.asked} asked; accused of wrong totals: ${two.accused} and ${three.accused} of ${SEEDS} seeds). Under partitions: 2PC ${twoSplit.accused} of ${SEEDS} seeds accused, 3PC ${threeSplit.accused}`,
      }
    },
  },
]
