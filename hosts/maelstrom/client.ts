/**
 * A client of Maelstrom's network: one request at a time, answered, refused or never. Answers to requests that are over
 * are late, which is no fault; an answer to a request that never was is one.
 */
import {NotDone} from '../../core/client.ts'
import type {NodeId} from '../../core/node.ts'
import {errorKind} from './errors.ts'
import {printJson} from './json.ts'
import type {MaelstromNetwork, Parcel} from './network.ts'
import {type Body, breach, type Packet} from './packet.ts'
import {expectedAnswer, type Fields, faultsOf} from './rpcs.ts'

/** What clients share. */
export interface Surroundings {
  readonly network: MaelstromNetwork
  /** Answers with undocumented fields are faults. */
  readonly strict: boolean
  /** Ends the run. */
  halt(reason: Error): void
  warn(text: string): void
}

interface Waiting {
  readonly id: number
  resolve(body: Body): void
}

/** An error that a node answered with, where it leaves open what happened. */
export class IndefiniteError extends Error {
  override name = 'IndefiniteError'
}

export class MaelstromClient {
  readonly id: string
  readonly #node: NodeId
  readonly #around: Surroundings
  #next = 1
  #waiting: Waiting | undefined

  constructor(id: string, node: NodeId, around: Surroundings) {
    this.id = id
    this.#node = node
    this.#around = around
    around.network.attach(id, (parcel) => this.#receive(parcel))
  }

  /**
   * Asks and waits for the answer, whatever it is. There is no deadline: whoever waits has one. A request that is still
   * waited for is given up.
   */
  ask(request: Body): Promise<Body> {
    const id = this.#next++
    return new Promise((resolve) => {
      this.#waiting = {id, resolve}
      this.#around.network.send({src: this.id, dest: this.#node, body: {...request, msg_id: id}})
    })
  }

  /**
   * One request of a workload. Throws NotDone where the node answers with an error that is definite, another error where it
   * is not; never settles where the answer is none, since the run is then over.
   */
  async call(rpcs: Readonly<Record<string, Fields>>, type: string, fields: object = {}): Promise<Body> {
    const body = await this.ask({type, ...fields})
    if (body.type === 'error') throw await this.#refusal(type, body)
    const expected = rpcs[type] ?? {}
    const {wrong, extra} = faultsOf(type, expected, body)
    if (wrong !== undefined) return this.#refuse(`answered ${type} ${wrong}`, body, expectedAnswer(type, expected))
    if (extra !== undefined) {
      const words = `answered ${type} with the field "${extra}", which Maelstrom does not know`
      if (this.#around.strict) return this.#refuse(words, body, expectedAnswer(type, expected))
      this.#around.warn(`Nodes ${words}; it would refuse them.`)
    }
    return body
  }

  close(): void {
    this.#waiting = undefined
    this.#around.network.detach(this.id)
  }

  #receive({body, src, rest}: Parcel): boolean {
    const inReplyTo = body['in_reply_to']
    const waiting = this.#waiting
    if (waiting !== undefined && inReplyTo === waiting.id) {
      this.#waiting = undefined
      waiting.resolve(body)
      return true
    }
    if (typeof inReplyTo !== 'number' || inReplyTo < 1 || inReplyTo >= this.#next) {
      const line = rest === undefined ? printJson(body) : `{${rest}`
      const ids = this.#next === 1 ? 'which has asked nothing' : `which has sent 1 to ${this.#next - 1}`
      const what =
        inReplyTo === undefined || inReplyTo === null
          ? `sent ${this.id} a message without "in_reply_to"`
          : `answered a message ${printJson(inReplyTo)} of ${this.id}, ${ids}`
      this.#around.halt(
        breach(src, what, line, ['Expected: "in_reply_to" with the "msg_id" of the request that is answered.']),
      )
    }
    return true
  }

  #refusal(type: string, body: Body): Error | Promise<never> {
    const {code, text} = body
    if (typeof code !== 'number') {
      const expected = '{"type": "error", "in_reply_to": …, "code": a whole number, "text": "…"}'
      return this.#refuse(`answered ${type} with an error without a "code"`, body, expected)
    }
    const {name, definite} = errorKind(Number(code))
    const words = typeof text === 'string' && text !== '' ? `${name}: ${text}` : name
    return definite ? new NotDone(words) : new IndefiniteError(words)
  }

  #refuse(what: string, body: Body, expected: string): Promise<never> {
    const line = printJson({src: this.#node, dest: this.id, body} satisfies Packet)
    this.#around.halt(breach(this.#node, what, line, [`Expected as body: ${expected}`]))
    return new Promise(() => {})
  }
}
