/** Which nodes of RabbitMQ see each other, and what an operator does where they do not find together again by themselves. */
import {sleep} from '../../core/clock.ts'
import type {NodeId} from '../../core/node.ts'
import type {ProgramCluster} from '../../hosts/program/cluster.ts'
import {type Erlang, erlangName} from './erlang.ts'

/** How long a node may take to answer, ms. */
const ANSWER_MS = 2000
/** Between two looks at the cluster, ms. */
const LOOK_MS = 500
/** Looks after which nodes that are up and do not see each other are taken for separated: they exchange ticks until then. */
const SEPARATED_LOOKS = 12
/** Looks after which nobody is waited for any more: a node waits 30 s for the others' tables, and gives up. */
const MOST_LOOKS = 100

export class Membership {
  readonly #erlang: Erlang
  readonly #nodes: readonly NodeId[]

  constructor(erlang: Erlang, nodes: readonly NodeId[]) {
    this.#erlang = erlang
    this.#nodes = nodes
  }

  /** The nodes that this one has in its cluster, itself included; undefined where it does not say or is not up yet. */
  async seenBy(node: NodeId, limitMs: number): Promise<readonly NodeId[] | undefined> {
    const up = await this.#erlang.ask(node, 'rabbit', 'is_running', limitMs)
    if (up?.trim() !== 'true') return undefined
    const names = await this.#erlang.ask(node, 'rabbit_nodes', 'all_running', limitMs)
    return names === undefined ? undefined : this.#nodes.filter((each) => names.includes(erlangName(each)))
  }

  /**
   * Waits until all see all. Those that were cut off or frozen for longer than a tick may come back as a cluster of their own
   * and stay one; the documentation says to start these again ("Clustering and Network Partitions", "Recovering from a
   * split-brain"), and keeps the camp that is trusted: here the largest.
   */
  async reunite(cluster: ProgramCluster): Promise<void> {
    const {process} = cluster
    const {clock, signal, warn} = cluster.context
    // Of a node that could not write, the part that keeps quorum queues has ended, and nothing but a new start brings it back.
    for (const node of cluster.takeThoseFilled()) {
      warn(`${node} was started again: its disk had been full, after which it serves no quorum queue.`)
      await process.kill(node)
      await process.restart(node)
    }
    let separatedLooks = 0
    for (let looks = 0; looks < MOST_LOOKS && !signal.aborted; looks++) {
      const camps = await Promise.all(this.#nodes.map((node) => this.seenBy(node, ANSWER_MS)))
      if (camps.every((camp) => camp?.length === this.#nodes.length)) return
      separatedLooks = camps.includes(undefined) ? 0 : separatedLooks + 1
      if (separatedLooks >= SEPARATED_LOOKS) {
        const outside = outsideOfLargest(this.#nodes, camps as readonly (readonly NodeId[])[])
        for (const node of outside) {
          await process.kill(node)
          await process.restart(node)
        }
        separatedLooks = 0
      }
      await sleep(clock, LOOK_MS)
    }
  }
}

/** The nodes that the largest camp does not see; where it sees all of them, the first that does not see all. */
export function outsideOfLargest(nodes: readonly NodeId[], camps: readonly (readonly NodeId[])[]): readonly NodeId[] {
  const largest = camps.reduce((most, camp) => (camp.length > most.length ? camp : most), [] as readonly NodeId[])
  const outside = nodes.filter((node) => !largest.includes(node))
  if (outside.length > 0) return outside
  return nodes.filter((_, i) => (camps[i]?.length ?? 0) < nodes.length).slice(0, 1)
}
