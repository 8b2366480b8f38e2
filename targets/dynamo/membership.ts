/**
 * Who belongs to the ring. Every node keeps a table, and takes over from others whatever is newer: tables travel with
 * anti-entropy and with keys that move (DeCandia et al. 2007, section 4.8.1). Coming and going are explicit, by whoever runs the
 * nodes; a node that is merely unreachable stays a member.
 *
 *       in ──► leaving ──► out            leaving: owns nothing any more, and hands over what it has; says itself when it is out
 *        ◄────────┴─────────┘
 *
 * Each step has the next version. Two nodes may take a step from the same version, one of them unaware of the other: then
 * whoever is let in is in, everywhere.
 */
import type {Disk, NodeId} from '../../core/node.ts'
import type {Members, Standing} from './messages.ts'

const FILE = 'members'
/** Of two steps with the same version the one that is further along this list counts. */
const STANDINGS: readonly Standing[] = ['out', 'leaving', 'in']

export class Membership {
  readonly #disk: Disk
  members: Members

  /** The table on disk, or these nodes as the first members. */
  constructor(disk: Disk, first: readonly NodeId[]) {
    this.#disk = disk
    const [stored] = disk.read(FILE)
    this.members =
      stored === undefined
        ? Object.fromEntries(first.map((node) => [node, {is: 'in', version: 1}]))
        : (JSON.parse(stored) as Members)
  }

  /** Those that own keys. */
  get nodes(): readonly NodeId[] {
    return Object.keys(this.members).filter((node) => this.standing(node) === 'in')
  }

  /** Steps that this table knows of: of two tables one of which includes the other, the larger has more. */
  get steps(): number {
    return Object.values(this.members).reduce((sum, {version}) => sum + version, 0)
  }

  /** Undefined for one that has never been a member. */
  standing(node: NodeId): Standing | undefined {
    return this.members[node]?.is
  }

  /** The next step of a node. Durable when it returns. */
  set(node: NodeId, is: Standing): void {
    this.learn({[node]: {is, version: (this.members[node]?.version ?? 0) + 1}})
  }

  /** Whether anything in it was news. Durable when it returns. */
  learn(told: Members): boolean {
    const newer = Object.entries(told).filter(([node, step]) => isNewer(step, this.members[node]))
    if (newer.length === 0) return false
    this.members = {...this.members, ...Object.fromEntries(newer)}
    this.#disk.replace(FILE, [JSON.stringify(this.members)])
    this.#disk.sync(FILE)
    return true
  }

  /** Whether this is the very same table, once it has been learnt from. */
  equals(told: Members): boolean {
    return Object.entries(this.members).every(([node, {is, version}]) => {
      const other = told[node]
      return other?.is === is && other.version === version
    })
  }
}

function isNewer(step: Members[NodeId], known: Members[NodeId] | undefined): boolean {
  if (known === undefined || step.version !== known.version) return step.version > (known?.version ?? 0)
  return STANDINGS.indexOf(step.is) > STANDINGS.indexOf(known.is)
}
