/** Claims about atomic commitment. */
import {parseNemeses} from '../../nemesis/index.ts'
import {BUNDLED} from '../../targets/index.ts'
import {judged} from '../../tests/simulated.ts'
import {WORKLOADS} from '../../workloads/index.ts'
import {type Claim, percent} from './claim.ts'

const commit = BUNDLED['commit']!
const SEEDS = 20

interface Tally {
  /** Seeds with money lost or made. */
  accused: number
  /** Transfers asked of living nodes while one node was dead, and those that succeeded. */
  asked: number
  ok: number
}

async function tally(mode: string, nemesis: string): Promise<Tally> {
  const sum: Tally = {accused: 0, asked: 0, ok: 0}
  for (let i = 0; i < SEEDS; i++) {
    const {simulation, verdicts} = await judged({
      target: commit,
      workload: WORKLOADS['bank']!,
      nemeses: parseNemeses(nemesis),
      seed: `claim-${i}`,
      args: {mode, eager: '0', voteMs: '200', doubtMs: '100', askMs: '50'},
      ratePerS: 800,
      keys: 12,
      intervalMs: 1500,
      nodes: 3,
    })
    if (verdicts.some(({kind, validity}) => kind === 'safety' && validity === 'invalid')) sum.accused++
    const {faults, operations} = simulation.history
    for (const {f, startNs, node, outcome, final} of operations) {
      if (f !== 'transfer' || final) continue
      const dead = faults.find((fault) => fault.startNs <= startNs && startNs < fault.endNs)
      if (dead === undefined || node === undefined || dead.victims.includes(node)) continue
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
      const [twoSplit, threeSplit] = [await tally('2pc', 'partition'), await tally('3pc', 'partition')]
      return {
        verdict: 'true without partitions; with one it is unsafe',
        measured: `transfers at living nodes that succeeded while one of three nodes was dead: 2PC ${percent(two.ok / two.asked)}, 3PC ${percent(three.ok / three.asked)} (${two.asked} and ${three.asked} asked; accused of wrong totals: ${two.accused} and ${three.accused} of ${SEEDS} seeds). Under partitions: 2PC ${twoSplit.accused} of ${SEEDS} seeds accused, 3PC ${threeSplit.accused}`,
      }
    },
  },
]
