/** Whether nodes that a fault had taken down are back. */
import type {Cluster, ProcessControl} from '../core/cluster.ts'
import type {Proof} from '../core/nemesis.ts'
import type {NodeId} from '../core/node.ts'

/** How long a node may take to answer once it is back, ms. */
const ANSWER_MS = 5000

export async function proveUp({observe}: Cluster, process: ProcessControl, victims: readonly NodeId[]): Promise<Proof> {
  const up = await Promise.all(
    victims.map(async (node) => {
      // Another fault may hold it down; that fault's own end will prove it up.
      if ((await process.state(node)) !== 'running') return false
      return (await observe?.responds(node, ANSWER_MS)) ?? true
    }),
  )
  return {
    verified: up.every(Boolean),
    evidence: victims.map((node, i) => `${node} ${up[i] ? 'answers' : 'silent'}`).join('; '),
  }
}
