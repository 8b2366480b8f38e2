/**
 * Orders and questions to single nodes of Redis Cluster, past all links: as an operator has them with `redis-cli`. Written as
 * plain text, thousands in a row where slots are moved, each on a connection of its own.
 */
import type {Endpoint} from '../../core/links.ts'
import type {NodeId} from '../../core/node.ts'
import {exchange} from '../../net/exchange.ts'
import {type KnownNode, nodesIn} from './topology.ts'

/** How long a node may take to answer the operator, ms: on a busy machine thousands of orders take their time. */
const ANSWER_MS = 10_000

export class Admin {
  readonly #at: (node: NodeId) => Endpoint

  constructor(at: (node: NodeId) => Endpoint) {
    this.#at = at
  }

  /** Commands that are answered in a line each, and their answers. Rejects with the first error, or where some do not come. */
  async order(node: NodeId, commands: readonly string[]): Promise<string[]> {
    if (commands.length === 0) return []
    const complete = (text: string) => text.endsWith('\r\n') && linesOf(text).length >= commands.length
    const answers = linesOf(await this.#ask(node, commands.map((command) => `${command}\r\n`).join(''), complete))
    const refusal = answers.find((line) => line.startsWith('-'))
    if (refusal !== undefined) throw new Error(`${node}: ${refusal.slice(1)}`)
    if (answers.length < commands.length) throw new Error(`${node} hung up after ${answers.length} answers`)
    return answers.map((line) => line.slice(1))
  }

  /** A command that is answered by one text. */
  async text(node: NodeId, command: string): Promise<string> {
    const answer = await this.#ask(node, `${command}\r\n`, isWholeBulk)
    if (answer.startsWith('-')) throw new Error(`${node}: ${answer.slice(1).trim()}`)
    return answer.slice(answer.indexOf('\n') + 1).trimEnd()
  }

  /** What this node knows of all. */
  async nodes(node: NodeId): Promise<KnownNode[]> {
    return nodesIn(await this.text(node, 'CLUSTER NODES'))
  }

  /** Keys that a node has in a slot, at most so many. */
  async keys(node: NodeId, slot: number, most: number): Promise<string[]> {
    const complete = (text: string) => {
      const [, count] = /^\*(\d+)\r\n/.exec(text) ?? []
      return text.startsWith('-') || (count !== undefined && linesOf(text).length >= 1 + 2 * Number(count))
    }
    const lines = linesOf(await this.#ask(node, `CLUSTER GETKEYSINSLOT ${slot} ${most}\r\n`, complete))
    return lines.slice(1).filter((_, i) => i % 2 === 1)
  }

  async #ask(node: NodeId, question: string, complete: (text: string) => boolean): Promise<string> {
    const answer = await exchange({...this.#at(node)}, question, ANSWER_MS, complete)
    if (answer === undefined) throw new Error(`${node} did not answer the operator`)
    return answer
  }
}

const linesOf = (text: string): string[] => text.split('\r\n').slice(0, -1)

export function isWholeBulk(text: string): boolean {
  const length = /^\$(\d+)\r\n/.exec(text)
  return text.startsWith('-') || (length !== null && text.length >= length[0].length + Number(length[1]) + 2)
}
