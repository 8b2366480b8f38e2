/**
 * Where a run has been: situations of a cluster, each reduced to a fingerprint, for searches that prefer seeds which lead
 * somewhere new. The idea is that of coverage-guided fuzzing (Zalewski's AFL), with states of the system in place of
 * branches of its code, as in MongoDB's and Jepsen's state-space counts.
 *
 * A fingerprint must be coarse, or every moment is new and the search is blind. So terms and log positions count by their
 * order only, queues by powers of two, and nodes that do the same are interchangeable.
 */
import type {Message, NodeId} from '../../core/node.ts'

/** A cluster at one moment. */
export interface Glimpse {
  /** What each node says of itself (`core/status.ts`); undefined where it does not answer. */
  readonly statuses: ReadonlyMap<NodeId, Message | undefined>
  /** Faults in force, by name. */
  readonly faults: readonly string[]
  /** Client operations under way. */
  readonly waiting: number
  /** Messages under way, and whatever else is planned. */
  readonly planned: number
}

/** Fields of a status that say how far a node is: ranked among the nodes. */
const RANKED = ['term', 'commitIndex', 'lastApplied', 'lastIndex', 'applied', 'snapshotIndex', 'snapshot'] as const
/** Fields that say how much a node has to do: counted by powers of two. */
const QUEUES = ['inFlight', 'votes', 'pending'] as const

/** The fingerprint of a situation: an unsigned 32-bit number, the same on every machine. */
export function fingerprintOf({statuses, faults, waiting, planned}: Glimpse): number {
  const answers = [...statuses.values()]
  const ranks = RANKED.map((field) => rankedBy(field, answers))
  const nodes = answers.map((status, i) =>
    describe(
      status,
      statuses,
      ranks.map((rank) => rank[i] as string),
    ),
  )
  const situation = [
    ...nodes.sort(),
    [...faults].sort().join(' '),
    `waiting ${magnitude(waiting)}`,
    `planned ${magnitude(planned)}`,
  ]
  return hash(situation.join('\n'))
}

/** Fingerprints seen so far. */
export class Coverage {
  readonly #seen = new Set<number>()

  /** How many different situations have been seen. */
  get size(): number {
    return this.#seen.size
  }

  /** Takes in what a run has seen. How many of these were new. */
  add(fingerprints: Iterable<number>): number {
    const before = this.#seen.size
    for (const fingerprint of fingerprints) this.#seen.add(fingerprint)
    return this.#seen.size - before
  }
}

function describe(
  status: Message | undefined,
  statuses: ReadonlyMap<NodeId, Message | undefined>,
  ranks: readonly string[],
): string {
  if (status === undefined) return 'silent'
  const leader = status['leader']
  const follows =
    typeof leader !== 'string' ? 'nobody' : statuses.get(leader)?.['role'] === 'leader' ? 'a leader' : 'somebody else'
  const members = Array.isArray(status['members']) ? status['members'].length : '-'
  const queues = QUEUES.map((field) => (typeof status[field] === 'number' ? magnitude(status[field] as number) : '-'))
  return [status['role'] ?? '-', status['ready'] ?? '-', follows, members, ...ranks, ...queues].join(' ')
}

/** Of each node: which it is, from the lowest number on, among the different ones there are. */
function rankedBy(field: string, answers: readonly (Message | undefined)[]): string[] {
  const numbers = answers.map((status) => status?.[field]).filter((value) => typeof value === 'number')
  const order = [...new Set(numbers)].sort((left, right) => left - right)
  return answers.map((status) => {
    const value = status?.[field]
    return typeof value === 'number' ? String(order.indexOf(value)) : '-'
  })
}

/** 0, 1, 2 for 2 and 3, 3 for 4 to 7, and so on. */
function magnitude(count: number): number {
  return count < 1 ? 0 : 1 + Math.floor(Math.log2(count))
}

/** FNV-1a (Fowler, Noll, Vo). */
function hash(text: string): number {
  let folded = 0x811c9dc5
  for (let i = 0; i < text.length; i++) folded = Math.imul(folded ^ text.charCodeAt(i), 0x01000193)
  return folded >>> 0
}
