/**
 * What a node knows of the members: alive, suspected or dead, and at which incarnation (Das, Gupta, Motivala, "SWIM: Scalable
 * Weakly-consistent Infection-style Process Group Membership Protocol", DSN 2002, section 4.2). Of two pieces of news about
 * a member the one of the higher incarnation counts, and within one incarnation the worse: suspect overrides alive, dead
 * overrides both. Only the member itself goes on to its next incarnation, and so takes back what is said of it.
 *
 * In the paper a dead member is gone for good and comes back under another name. Here nodes keep their names: one that lives
 * again says so with a higher incarnation, as in HashiCorp's memberlist.
 */
import type {NodeId} from '../../../core/node.ts'

export type State = 'alive' | 'suspect' | 'dead'

export type News = {readonly member: NodeId; readonly state: State; readonly incarnation: number}

const RANK: Readonly<Record<State, number>> = {alive: 0, suspect: 1, dead: 2}

/** Whether this overrides what is known. */
export function overrides(news: News, known: News): boolean {
  if (news.incarnation !== known.incarnation) return news.incarnation > known.incarnation
  return RANK[news.state] > RANK[known.state]
}

export class Members {
  readonly #known: Map<NodeId, News>
  /** Worked out when somebody asks: news is rare. */
  #living: readonly NodeId[] | undefined

  /** Everybody is alive until something else is heard. */
  constructor(nodes: readonly NodeId[]) {
    this.#known = new Map(nodes.map((member) => [member, {member, state: 'alive', incarnation: 0}]))
  }

  of(member: NodeId): News {
    return this.#known.get(member) as News
  }

  /** Whether this was news. */
  hear(news: News): boolean {
    const known = this.#known.get(news.member)
    if (known === undefined || !overrides(news, known)) return false
    this.#known.set(news.member, news)
    this.#living = undefined
    return true
  }

  /** Who is not taken for dead, in the order of the cluster's nodes. A suspect has yet to be proved dead. */
  get living(): readonly NodeId[] {
    this.#living ??= [...this.#known.values()].filter(({state}) => state !== 'dead').map(({member}) => member)
    return this.#living
  }
}
