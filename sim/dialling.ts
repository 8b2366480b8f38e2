/**
 * When nodes have a connection to a peer, as hosted nodes dial (`hosts/process/peers.ts`). Each keeps one to every peer, over
 * which all that it sends to that peer goes; when it ends they wait before they dial again, twice as long after each attempt
 * that was refused. What is sent while there is none is lost.
 *
 * Measured with such links over proxies that were cut and healed (30 November 2026, a busy machine): after 16 black holes
 * there was a connection again 24 to 30 ms after the heal (once 52), in both directions, even where one alone had been cut,
 * for the bytes that are missing end the connection in either; after 27 refusals of 30 to 1100 ms at the first attempt after
 * the heal, 2 to 10 ms later than the waits add up to. Here it takes exactly the waits.
 */
import type {Random} from '../core/random.ts'
import type {SimLink} from './link.ts'

/** How long a node waits before it dials again, the first time and at the most, ms. */
const FIRST_WAIT_MS = 20
const LONGEST_WAIT_MS = 200
/**
 * For how long a process that starts has listened when the first message for it is sent, ms: of 72 links with processes that
 * were used at once, 13 were not dialled yet.
 */
const LISTENED_MS = 16

/** When a dial is made for the first time after this, where all were refused since the connection ended; both in ms from then. */
export function nextDialMs(passedMs: number): number {
  let waitMs = FIRST_WAIT_MS
  let dialMs = waitMs
  while (dialMs <= passedMs) {
    waitMs = Math.min(LONGEST_WAIT_MS, 2 * waitMs)
    const steps = waitMs < LONGEST_WAIT_MS ? 1 : Math.max(1, Math.ceil((passedMs - dialMs) / waitMs))
    dialMs += steps * waitMs
  }
  return dialMs
}

/** What keeps a connection that was dialled over one link, and is answered over another, from working. */
export interface Plight {
  readonly refused: boolean
  readonly silent: boolean
  readonly unanswered: boolean
  readonly resetsAfterMs: number | undefined
}

/** The connection that one node dials to another. */
export class PeerConnection {
  /** On which everything is sent. */
  readonly #forth: SimLink
  /** On which nothing comes but what TCP itself has to say. */
  readonly #back: SimLink
  /** When it ended last, ns: the waits before it is dialled again count from there. */
  #endedNs = 0

  constructor(forth: SimLink, back: SimLink) {
    this.#forth = forth
    this.#back = back
  }

  /** What is in its way now; undefined where nothing is. */
  plight(): Plight | undefined {
    const {isCut, refused, resetsAfterMs} = this.#forth
    const unanswered = this.#back.isCut
    return isCut || unanswered || resetsAfterMs !== undefined
      ? {refused, silent: isCut, unanswered, resetsAfterMs}
      : undefined
  }

  /** It is about to be refused, which ends it; where it waits to be dialled, the waits go on. */
  refusedFrom(nowNs: number): void {
    if (!this.#forth.refused && this.#forth.connectedNs <= nowNs) this.#endedNs = nowNs
  }

  /** Faults that made up this plight may have been undone just now. */
  healed(before: Plight, nowNs: number, random: Random): void {
    const now = this.plight()
    if (now?.refused) return
    if (before.refused) {
      this.#forth.connectedNs = this.#endedNs + nextDialMs((nowNs - this.#endedNs) / 1e6) * 1e6
    } else if ((before.silent && !now?.silent) || (before.unanswered && !now?.unanswered)) {
      this.#ends(nowNs, FIRST_WAIT_MS)
    } else if (before.resetsAfterMs !== undefined && now?.resetsAfterMs === undefined) {
      // Dialled, greeted over and thereby reset, again and again; the one that is there when that ends is lost as well.
      this.#ends(nowNs, random.next() * (FIRST_WAIT_MS + before.resetsAfterMs))
    }
  }

  /** The node that dials starts again, and dials at once. */
  restarted(nowNs: number): void {
    this.#endedNs = nowNs
    this.#forth.connectedNs = nowNs + Math.round(this.#forth.leastMs * 1e6)
  }

  /** The node that is dialled starts again. All attempts of its peer so far were in vain, and every wait the first. */
  reached(nowNs: number, random: Random): void {
    if (!this.#forth.refused) this.#ends(nowNs, random.next() * FIRST_WAIT_MS - LISTENED_MS)
  }

  /** It ends, and there is another so much later. One that waits to be dialled cannot end. */
  #ends(nowNs: number, againMs: number): void {
    if (this.#forth.connectedNs > nowNs) return
    this.#forth.connectedNs = nowNs + Math.round(againMs * 1e6)
    this.#endedNs = this.#forth.connectedNs - FIRST_WAIT_MS * 1e6
  }
}
