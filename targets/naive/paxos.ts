/**
 * Paxos as a slide has it: one round, and "the highest proposal wins" read as the highest *value*. A proposer sends its value
 * to all, acceptors keep the greatest that they have seen, and once a majority has answered, the greatest of the answers is
 * declared decided.
 *
 * There are no ballots, so nothing keeps a later, greater value from replacing one that was decided already: two proposers
 * that hear different majorities, or the same one at different times, decide differently.
 */
import type {Env, Message, Node, NodeId, RequestId} from '../../core/node.ts'
import {sketched} from './protocol.ts'
import {type Asked, answer, takeRequest} from './requests.ts'

interface Round {
  readonly asked: Asked
  readonly key: string
  /** What acceptors answered, the own one included. */
  readonly answers: Map<NodeId, number>
}

class NaivePaxosNode implements Node {
  readonly #env: Env
  readonly #majority: number
  /** The greatest value seen for each instance; on disk. */
  readonly #accepted = new Map<string, number>()
  readonly #decided = new Map<string, number>()
  readonly #rounds = new Map<number, Round>()
  #count = 0

  constructor(env: Env) {
    this.#env = env
    this.#majority = Math.floor(env.nodes.length / 2) + 1
    for (const record of env.disk.read('accepted')) {
      const [key, value] = JSON.parse(record) as [string, number]
      this.#accepted.set(key, value)
    }
  }

  start(): void {}

  timer(): void {}

  request(request: RequestId, message: Message): void {
    const asked = takeRequest(this.#env, request, message, {type: 'status', role: 'peer'})
    if (asked === undefined) return
    const key = asked.key ?? ''
    if (asked.f === 'decided') {
      answer(this.#env, asked, {type: 'ok', value: this.#decided.get(key) ?? null})
    } else if (asked.f !== 'propose' || typeof asked.value !== 'number') {
      answer(this.#env, asked, {type: 'failed', error: 'numbers can be proposed, nothing else'})
    } else {
      const round = ++this.#count
      const own = this.#accept(key, asked.value)
      this.#rounds.set(round, {asked, key, answers: new Map([[this.#env.id, own]])})
      for (const node of this.#env.nodes) {
        if (node !== this.#env.id) this.#env.send(node, {type: 'propose', round, key, value: asked.value})
      }
      this.#decideIfAnswered(round)
    }
  }

  message(from: NodeId, message: Message): void {
    const {round, key, value} = message as Message & {round: number; key: string; value: number}
    if (message.type === 'propose') {
      this.#env.send(from, {type: 'accepted', round, key, value: this.#accept(key, value)})
    } else if (message.type === 'decided') {
      if (!this.#decided.has(key)) this.#decided.set(key, value)
    } else {
      this.#rounds.get(round)?.answers.set(from, value)
      this.#decideIfAnswered(round)
    }
  }

  /** Keeps the greater value, and says which that is. */
  #accept(key: string, value: number): number {
    const greatest = Math.max(this.#accepted.get(key) ?? Number.NEGATIVE_INFINITY, value)
    this.#accepted.set(key, greatest)
    this.#env.disk.append('accepted', JSON.stringify([key, greatest]))
    this.#env.disk.sync('accepted')
    return greatest
  }

  #decideIfAnswered(number: number): void {
    const round = this.#rounds.get(number)
    if (round === undefined || round.answers.size < this.#majority) return
    this.#rounds.delete(number)
    const {asked, key, answers} = round
    const value = Math.max(...answers.values())
    if (!this.#decided.has(key)) this.#decided.set(key, value)
    for (const node of this.#env.nodes) {
      if (node !== this.#env.id) this.#env.send(node, {type: 'decided', round: number, key, value})
    }
    answer(this.#env, asked, {type: 'ok', value: this.#decided.get(key) ?? null})
  }
}

export const protocol = sketched((env) => new NaivePaxosNode(env), {leads: false})
