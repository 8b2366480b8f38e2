/**
 * A client of Redis Cluster as its specification has it, one for each process: it asks its own node, and follows where it is
 * redirected. It remembers no slots: a map of them that is out of date would only cost it a redirection. (ioredis has a client
 * for clusters; it goes on asking a primary that has stopped answering.)
 */
import {type Client, NotDone, type Request} from '../../core/client.ts'
import {messageOf} from '../../core/error.ts'
import type {Endpoint} from '../../core/links.ts'
import {Connection} from '../redis/connection.ts'
import {isDefinite, redirectionOf} from './errors.ts'
import type {Settings} from './settings.ts'

/** Functions that it speaks, all workloads together. */
export const FUNCTIONS: readonly string[] = ['read', 'write', 'add', 'remove']

/** How often a command may be sent elsewhere: while slots move and nodes are promoted it can go to and fro. */
const MOST_REDIRECTIONS = 5

/** What the client dials: its own node, and where clients reach the node that others call by this port. */
export interface Places {
  readonly own: Endpoint
  at(port: number): Endpoint | undefined
}

type Call = (command: string, ...args: (string | number)[]) => Promise<unknown>

export class RedisClusterClient implements Client {
  readonly operations: Client['operations']
  readonly #places: Places
  readonly #settings: Settings
  readonly #limitMs: number
  readonly #connections = new Map<string, Connection>()

  constructor(places: Places, settings: Settings, workload: string | undefined, limitMs: number) {
    this.#places = places
    this.#settings = settings
    this.#limitMs = limitMs
    this.operations = this.#operationsOf(workload)
  }

  /** Rejects where its own node does not answer: nothing was asked of it then. */
  async connect(): Promise<void> {
    await this.#connection(this.#places.own)
  }

  async close(): Promise<void> {
    for (const connection of this.#connections.values()) connection.close()
  }

  #operationsOf(workload: string | undefined): Client['operations'] {
    const name = ({key}: Request) => `${workload}:${key}`
    const call: Call = (command, ...args) => this.#call(command, ...args)
    if (workload === 'set') {
      return {
        read: async (request) => ((await call('SMEMBERS', name(request))) as string[]).map(parse),
        add: async (request) => void (await call('SADD', name(request), text(request.value))),
        remove: async (request) => {
          if ((await call('SREM', name(request), text(request.value))) === 0) throw new NotDone('not found')
        },
      }
    }
    if (workload === 'counter') {
      return {
        read: async (request) => Number((await call('GET', name(request))) ?? 0),
        add: async (request) => void (await call('INCRBY', name(request), Number(request.value))),
      }
    }
    return {
      read: async (request) => parse(((await call('GET', name(request))) ?? 'null') as string),
      write: async (request) => void (await call('SET', name(request), text(request.value))),
    }
  }

  /** Asks its own node, then whom it names. An error reply that says so means that nothing was executed. */
  async #call(command: string, ...args: (string | number)[]): Promise<unknown> {
    let place = this.#places.own
    let asking = false
    for (let redirections = 0; redirections <= MOST_REDIRECTIONS; redirections++) {
      const connection = await this.#connection(place).catch(notAsked)
      try {
        // Sent one behind the other: the server takes the next command for the one that may be asked for.
        if (asking) void connection.call('ASKING').catch(() => {})
        return await connection.call(command, ...args)
      } catch (error) {
        const elsewhere = redirectionOf(error)
        const next = elsewhere === undefined ? undefined : this.#places.at(elsewhere.port)
        if (next === undefined) throw isDefinite(error) ? new NotDone(messageOf(error)) : error
        place = next
        asking = elsewhere?.once === true
      }
    }
    throw new NotDone(`redirected more than ${MOST_REDIRECTIONS} times`)
  }

  async #connection(place: Endpoint): Promise<Connection> {
    const name = `${place.host}:${place.port}`
    const known = this.#connections.get(name)
    if (known !== undefined && !known.broken) return known
    const connection = await Connection.open(place, this.#limitMs)
    this.#connections.set(name, connection)
    if (this.#settings.readsOfReplicas) await connection.call('READONLY')
    return connection
  }
}

const text = (value: unknown): string => JSON.stringify(value)
const parse = (value: string): unknown => JSON.parse(value)

/** No connection, nothing sent. */
function notAsked(error: unknown): never {
  throw new NotDone(messageOf(error))
}
