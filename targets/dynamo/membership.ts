/**
 * Who belongs to the ring. Every node keeps a table, puts itself in when it joins, and takes over from others whatever is
 * newer: tables travel with anti-entropy (DeCandia et al. 2007, section 4.8.1). Joining is explicit, by whoever runs the node;
 * a node that is merely unreachable stays a member.
 */
import type {Disk, NodeId} from '../../core/node.ts'
import type {Members} from './messages.ts'

const FILE = 'members'

export class Membership {
  readonly #disk: Disk
  members: Members

  /** The table on disk, or these nodes as the first members. */
  constructor(disk: Disk, first: readonly NodeId[]) {
    this.#disk = disk
    const [stored] = disk.read(FILE)
    this.members =
      stored === undefined
        ? Object.fromEntries(first.map((node) => [node, {in: true, version: 1}]))
        : (JSON.parse(stored) as Members)
  }

  get nodes(): readonly NodeId[] {
    return Object.keys(this.members).filter((node) => this.members[node]!.in)
  }

  /** Whether this changed who is in. Durable when it returns. */
  set(node: NodeId, isIn: boolean): boolean {
    const version = (this.members[node]?.version ?? 0) + 1
    return this.learn({[node]: {in: isIn, version}})
  }

  learn(told: Members): boolean {
    const before = this.nodes.join()
    const newer = Object.entries(told).filter(([node, {version}]) => version > (this.members[node]?.version ?? 0))
    if (newer.length === 0) return false
    this.members = {...this.members, ...Object.fromEntries(newer)}
    this.#disk.replace(FILE, [JSON.stringify(this.members)])
    this.#disk.sync(FILE)
    return this.nodes.join() !== before
  }
}
