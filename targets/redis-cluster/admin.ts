/** Orders and questions to single nodes of Redis Cluster, past all links: as an operator has them with `redis-cli`. */
import type {Endpoint} from '../../core/links.ts'
import type {NodeId} from '../../core/node.ts'
import {Connection} from '../redis/connection.ts'
import {type KnownNode, nodesIn} from './topology.ts'

/** How long a node may take to answer the operator, ms. */
const ANSWER_MS = 3000

export class Admin {
  readonly #at: (node: NodeId) => Endpoint
  readonly #connections = new Map<NodeId, Promise<Connection>>()

  constructor(at: (node: NodeId) => Endpoint) {
    this.#at = at
  }

  /** Rejects with the error reply, or where the node does not answer in time. */
  async call(node: NodeId, command: string, ...args: (string | number)[]): Promise<unknown> {
    const connection = await this.#connection(node)
    const answer = connection.call(command, ...args)
    const late = AbortSignal.timeout(ANSWER_MS)
    return Promise.race([
      answer,
      new Promise((_, reject) =>
        late.addEventListener('abort', () => {
          connection.close()
          reject(new Error(`${node} did not answer ${command} within ${ANSWER_MS} ms`))
        }),
      ),
    ])
  }

  /** What this node knows of all. */
  async nodes(node: NodeId): Promise<KnownNode[]> {
    return nodesIn(String(await this.call(node, 'CLUSTER', 'NODES')))
  }

  close(): void {
    for (const opening of this.#connections.values()) opening.then((connection) => connection.close()).catch(() => {})
    this.#connections.clear()
  }

  async #connection(node: NodeId): Promise<Connection> {
    const known = this.#connections.get(node)
    const usable = await known?.catch(() => undefined)
    if (usable !== undefined && !usable.broken) return usable
    const opening = Connection.open(this.#at(node), ANSWER_MS)
    this.#connections.set(node, opening)
    return opening
  }
}
