/**
 * Changes of the ring that an operator asks for (DeCandia et al. 2007, section 4.8.1): whichever node is asked writes the
 * change down, and it spreads as a rumour does.
 *
 *       operator      n1               n3, which is to leave                its heirs
 *          │─ leave ─►│── table ──────►│ owns nothing any more
 *          │          │                │── its keys, with the table ───────►│ confirm, under the very same table
 *          │          │◄── table ──────│ out, once all are confirmed
 *          │◄── done ─│
 *
 * A node that leaves goes only when a majority is known to have its table too. So of two that leave at once, the later one
 * knows of the earlier one, and never are fewer left than a key has owners: it stays instead.
 */
import type {NodeId, RequestId} from '../../core/node.ts'
import type {Members, Standing} from './messages.ts'
import type {Server} from './server.ts'

/** How long an operator is kept waiting before it is told that this takes longer, ms. */
const ANSWER_MS = 1500

export class Reconfiguration {
  readonly #server: Server
  /** Operators to be told once these have gone. */
  readonly #waiting = new Map<RequestId, NodeId>()
  /** Peers that are known to have the same table. */
  readonly #agreed = new Set<NodeId>()

  constructor(server: Server) {
    this.#server = server
  }

  /** These are to be the members from now on. */
  request(request: RequestId, wanted: readonly NodeId[]): void {
    const {env, membership, settings} = this.#server
    const {nodes} = membership
    const joining = wanted.filter((node) => !nodes.includes(node))
    const leaving = env.nodes.filter((node) => {
      const standing = membership.standing(node)
      return !wanted.includes(node) && standing !== undefined && standing !== 'out'
    })
    const reason = this.#refusal(wanted, joining, leaving)
    if (reason !== undefined) {
      env.reply(request, {type: 'refused', reason})
      return
    }
    for (const node of joining) this.#step(node, 'in')
    const [leaver] = leaving
    if (leaver === undefined) {
      env.reply(request, {type: 'reconfigured', members: [...membership.nodes]})
      return
    }
    env.log(`${leaver} is to leave, ${nodes.length - 1} of at least ${settings.n} stay`)
    this.#waiting.set(request, leaver)
    env.setTimer('reconfigure', ANSWER_MS)
    if (membership.standing(leaver) === 'in') this.#step(leaver, 'leaving')
  }

  /** Nobody is kept waiting for ever; asking again does no harm. */
  takesLonger(): void {
    for (const [request, leaver] of this.#waiting) {
      this.#server.env.reply(request, {type: 'refused', reason: `${leaver} has not handed everything over yet`})
    }
    this.#waiting.clear()
  }

  /** What a peer's table says. Whether any of it was news. */
  learn(from: NodeId, members: Members): boolean {
    const {env, membership} = this.#server
    const before = membership.standing(env.id)
    const news = membership.learn(members)
    if (news) this.#changed(before)
    if (membership.equals(members)) this.#agreed.add(from)
    return news
  }

  /** A node that is new to the ring and lets itself in. */
  join(): void {
    const {env, membership} = this.#server
    if (membership.standing(env.id) === undefined) this.#step(env.id, 'in')
  }

  /** A node that has handed everything over goes, if enough others know and enough are left. */
  leaveIfPossible(): void {
    const {env, membership, store, settings} = this.#server
    if (membership.standing(env.id) !== 'leaving') return
    if (membership.nodes.length < settings.n) this.#step(env.id, 'in')
    else if (store.size === 0 && 2 * (this.#agreed.size + 1) > env.nodes.length) this.#step(env.id, 'out')
  }

  #refusal(wanted: readonly NodeId[], joining: readonly NodeId[], leaving: readonly NodeId[]): string | undefined {
    const {env, settings} = this.#server
    if (wanted.some((node) => !env.nodes.includes(node))) return `only ${env.nodes.join(', ')} can be members`
    if (wanted.length < settings.n) return `n=${settings.n} copies of each key need as many members`
    return joining.length + leaving.length > 1 ? 'one member at a time' : undefined
  }

  #step(node: NodeId, is: Standing): void {
    const {env, membership} = this.#server
    const before = membership.standing(env.id)
    membership.set(node, is)
    this.#changed(before)
  }

  #changed(before: Standing | undefined): void {
    const {env, membership, store} = this.#server
    const now = membership.standing(env.id)
    if (now === 'leaving' && before !== now) env.event({type: 'leaving', keys: store.size})
    if (now === 'out' && before !== now) env.event({type: 'left'})
    this.#agreed.clear()
    this.#server.ringChanged()
    for (const [request, leaver] of this.#waiting) {
      const standing = membership.standing(leaver)
      if (standing === 'leaving') continue
      this.#waiting.delete(request)
      if (standing === 'out') env.reply(request, {type: 'reconfigured', members: [...membership.nodes]})
      else env.reply(request, {type: 'refused', reason: `${leaver} stays`})
    }
  }
}
