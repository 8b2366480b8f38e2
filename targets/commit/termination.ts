/**
 * How participants of a three-phase commit end it without their coordinator (Skeen, "Nonblocking Commit Protocols", 1981): each
 * asks the others how far they are. Anybody has decided: so do we. Anybody has pre-committed: everybody had voted yes, commit.
 * Nobody has: the coordinator cannot have decided, abort. That holds as long as whoever does not answer is dead; a network
 * that splits makes two sides which both think so, and which may decide differently.
 *
 * Who was dead itself in between does not decide alone: those that lived may have gone on without it.
 */
import type {NodeId} from '../../core/node.ts'
import type {ParticipantState, State} from './messages.ts'
import type {Prepared} from './shard.ts'
import type {Site} from './site.ts'

interface Inquiry {
  readonly prepared: Prepared
  readonly recovered: boolean
  readonly sinceMs: number
  readonly states: Map<NodeId, ParticipantState>
}

export class Termination {
  readonly #site: Site
  readonly #finish: (txn: string, commit: boolean) => void
  readonly #inquiries = new Map<string, Inquiry>()

  constructor(site: Site, finish: (txn: string, commit: boolean) => void) {
    this.#site = site
    this.#finish = finish
  }

  begin(prepared: Prepared, recovered: boolean): void {
    const {txn, participants} = prepared
    if (this.#inquiries.has(txn)) return
    const own: ParticipantState = prepared.precommitted ? 'precommitted' : 'prepared'
    const {env} = this.#site
    this.#inquiries.set(txn, {prepared, recovered, sinceMs: env.now(), states: new Map([[env.id, own]])})
    for (const node of participants) if (node !== env.id) this.#site.send(node, {type: 'ask-state', txn})
    this.#site.send(prepared.coordinator, {type: 'inquire', txn})
  }

  state(from: NodeId, {txn, state}: State): void {
    const inquiry = this.#inquiries.get(txn)
    if (inquiry === undefined) return
    inquiry.states.set(from, state)
    if (inquiry.states.size === inquiry.prepared.participants.length) this.#conclude(txn, inquiry)
  }

  tick(): void {
    for (const [txn, inquiry] of this.#inquiries) {
      if (this.#site.env.now() - inquiry.sinceMs >= this.#site.settings.askMs) this.#conclude(txn, inquiry)
    }
  }

  #conclude(txn: string, {prepared, recovered, states}: Inquiry): void {
    this.#inquiries.delete(txn)
    const known = [...states.values()]
    const decided = known.includes('committed') || known.includes('aborted')
    const all = states.size === prepared.participants.length
    if (!decided && recovered && !all) return
    const commit = known.includes('committed') || (!known.includes('aborted') && known.includes('precommitted'))
    this.#site.env.event({type: 'terminates', txn, commit, states: Object.fromEntries(states)})
    this.#finish(txn, commit)
  }
}
