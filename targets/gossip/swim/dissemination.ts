/**
 * Infection-style dissemination (SWIM paper, sections 4.1 and 5): news travels on the pings, ping-reqs and acks that are sent
 * anyhow. Each piece is passed on some λ·log n times, those first that were passed on least, and the newest about a member
 * takes the place of what was known before.
 */
import type {NodeId} from '../../../core/node.ts'
import type {News} from './members.ts'

/** Pieces of news on one message. */
const ON_ONE_MESSAGE = 6
/** λ of the paper. */
const LAMBDA = 3

export class Dissemination {
  readonly #news = new Map<NodeId, {readonly news: News; told: number}>()
  readonly #times: number

  constructor(members: number) {
    this.#times = LAMBDA * Math.ceil(Math.log2(members + 1))
  }

  add(news: News): void {
    this.#news.set(news.member, {news, told: 0})
  }

  /** What the next message carries. */
  take(): News[] {
    if (this.#news.size === 0) return []
    const chosen = [...this.#news.values()].sort((left, right) => left.told - right.told).slice(0, ON_ONE_MESSAGE)
    for (const piece of chosen) if (++piece.told >= this.#times) this.#news.delete(piece.news.member)
    return chosen.map(({news}) => news)
  }
}
