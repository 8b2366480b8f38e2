/**
 * Where a run has been: situations of a cluster, each reduced to a fingerprint, for searches that prefer seeds which lead
 * somewhere new. The idea is that of coverage-guided fuzzing (Zalewski's AFL), with states of the system in place of
 * branches of its code, as in MongoDB's and Jepsen's state-space counts.
 *
 * A fingerprint must be coarse, or every moment is new and the search is blind: terms count by their order, log positions by how
 * far they are behind the foremost, in large steps, and nodes that do the same are interchangeable. Which faults are in force and how
 * much is under way is left out, since they follow from the plan. A search prefers what is rare, as Böhme, Pham and Roychoudhury have
 * it for paths of a program ("Coverage-Based Greybox Fuzzing as Markov Chain", CCS 2016).
 */
import type {Message} from '../../core/node.ts'
import type {Statuses} from '../../core/status.ts'

/** Fields of a status that count epochs: ranked among the nodes. */
const RANKED = ['term'] as const
/** Fields that say how far a node is: by how much it is behind the foremost. */
const POSITIONS = ['commitIndex', 'lastApplied', 'lastIndex', 'applied'] as const
/** So far behind is a node that messages under way explain, and one that has missed something, entries. */
const STEPS = [4, 32] as const

/** The fingerprint of what all nodes say of themselves at one moment: an unsigned 32-bit number, the same on every machine. */
export function fingerprintOf(statuses: Statuses): number {
  const answers = [...statuses.values()]
  const places = [
    ...RANKED.map((field) => rankedBy(field, answers)),
    ...POSITIONS.map((field) => behindBy(field, answers)),
  ]
  const nodes = answers.map((status, i) =>
    describe(
      status,
      statuses,
      places.map((place) => place[i] as string),
    ),
  )
  return hash(nodes.sort().join('\n'))
}

/** The fingerprint of what a node told of, after what it had told of before. */
export function fingerprintOfEvents(before: string, type: string): number {
  return hash(`${before} then ${type}`)
}

/** How many runs have been in which situation. */
export class Coverage {
  readonly #runs = new Map<number, number>()

  /** How many different situations have been seen. */
  get size(): number {
    return this.#runs.size
  }

  /** Takes in what a run has seen, each situation once. How many of these were new. */
  add(fingerprints: Iterable<number>): number {
    const before = this.#runs.size
    for (const fingerprint of new Set(fingerprints)) {
      this.#runs.set(fingerprint, (this.#runs.get(fingerprint) ?? 0) + 1)
    }
    return this.#runs.size - before
  }

  /** How much a run has seen that others have not: one for what nobody else has seen, half of it for what one other has. */
  rarity(fingerprints: Iterable<number>): number {
    let sum = 0
    for (const fingerprint of fingerprints) sum += 1 / (this.#runs.get(fingerprint) ?? 1)
    return sum
  }
}

function describe(status: Message | undefined, statuses: Statuses, ranks: readonly string[]): string {
  if (status === undefined) return 'silent'
  const leader = status['leader']
  const follows =
    typeof leader !== 'string' ? 'nobody' : statuses.get(leader)?.['role'] === 'leader' ? 'a leader' : 'somebody else'
  const members = Array.isArray(status['members']) ? status['members'].length : '-'
  return [status['role'] ?? '-', status['ready'] ?? '-', follows, members, ...ranks].join(' ')
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

/** Of each node: by how many steps it is behind the foremost. */
function behindBy(field: string, answers: readonly (Message | undefined)[]): string[] {
  const numbers = answers.map((status) => status?.[field]).filter((value) => typeof value === 'number')
  const foremost = Math.max(0, ...numbers)
  return answers.map((status) => {
    const value = status?.[field]
    return typeof value === 'number' ? String(STEPS.filter((step) => foremost - value >= step).length) : '-'
  })
}

/** FNV-1a (Fowler, Noll, Vo). */
function hash(text: string): number {
  let folded = 0x811c9dc5
  for (let i = 0; i < text.length; i++) folded = Math.imul(folded ^ text.charCodeAt(i), 0x01000193)
  return folded >>> 0
}
