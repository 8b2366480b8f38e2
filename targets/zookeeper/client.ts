/**
 * A client of one server of ZooKeeper. A register is a node, made by the first write; compare-and-set is a write on condition
 * of the version that was read. A set is a node with a child for each element.
 */
import {type Client, NotDone, type Request} from '../../core/client.ts'
import {type Clock, sleep} from '../../core/clock.ts'
import {messageOf} from '../../core/error.ts'
import type {Endpoint} from '../../core/links.ts'
import {CODES, ZooKeeperError} from './errors.ts'
import {Session} from './session.ts'
import type {Settings} from './settings.ts'
import {OP, openAcl, type Reader} from './wire.ts'

/** Functions that it speaks, all workloads together. */
export const FUNCTIONS: readonly string[] = ['read', 'write', 'cas', 'add', 'remove']

/** A third of a session's life, ms. */
const PING_MS = 3000
/** Whatever version there is. */
const ANY = -1

export class ZooKeeperClient implements Client {
  readonly operations: Client['operations']
  readonly #address: Endpoint
  readonly #settings: Settings
  readonly #limitMs: number
  readonly #closed = new AbortController()
  #session: Session | undefined

  constructor(address: Endpoint, settings: Settings, workload: string | undefined, clock: Clock, limitMs: number) {
    this.#address = address
    this.#settings = settings
    this.#limitMs = limitMs
    this.operations = workload === 'set' ? this.#sets() : this.#registers()
    void this.#keepAlive(clock)
  }

  /** Rejects where no session can be had. */
  async connect(): Promise<void> {
    await this.#open()
  }

  async close(): Promise<void> {
    this.#closed.abort()
    this.#session?.close()
  }

  #registers(): Client['operations'] {
    const path = ({key}: Request) => `/register-${key}`
    return {
      read: async (request) => (await this.#get(path(request)))?.value ?? null,
      write: async (request) => {
        // Each of the two says truly that it did nothing before the other is tried.
        for (;;) {
          if (await this.#set(path(request), request.value, ANY).then(yes, unless(CODES.noNode))) return
          if (await this.#create(path(request), request.value).then(yes, unless(CODES.nodeExists))) return
        }
      },
      cas: async (request) => {
        const [from, to] = request.value as readonly unknown[]
        const found = await this.#get(path(request))
        if (JSON.stringify(found?.value ?? null) !== JSON.stringify(from)) throw new NotDone('value differs')
        const done =
          found === undefined
            ? await this.#create(path(request), to).then(yes, unless(CODES.nodeExists))
            : await this.#set(path(request), to, found.version).then(yes, unless(CODES.badVersion))
        if (!done) throw new NotDone('value differs')
      },
    }
  }

  #sets(): Client['operations'] {
    const path = ({key}: Request) => `/set-${key}`
    const element = (request: Request) => `${path(request)}/${JSON.stringify(request.value)}`
    return {
      read: async (request) => {
        await this.#sync(path(request))
        const list = (reader: Reader) => reader.texts().map((name) => JSON.parse(name))
        return this.#call(OP.getChildren, (writer) => writer.text(path(request)).bool(false))
          .then(list)
          .catch(orElse(CODES.noNode, []))
      },
      add: async (request) => {
        while (!(await this.#create(element(request), null).then(yes, unless(CODES.noNode)))) {
          await this.#create(path(request), null).then(yes, unless(CODES.nodeExists))
        }
      },
      remove: async (request) => {
        const gone = this.#call(OP.delete, (writer) => writer.text(element(request)).int(ANY))
        if (!(await gone.then(yes, unless(CODES.noNode)))) throw new NotDone('not found')
      },
    }
  }

  async #get(path: string): Promise<{value: unknown; version: number} | undefined> {
    await this.#sync(path)
    const read = (reader: Reader) => ({value: JSON.parse(reader.text()), version: reader.version()})
    return this.#call(OP.getData, (writer) => writer.text(path).bool(false))
      .then(read)
      .catch(orElse(CODES.noNode, undefined))
  }

  #set(path: string, value: unknown, version: number): Promise<Reader> {
    return this.#call(OP.setData, (writer) => writer.text(path).text(JSON.stringify(value)).int(version))
  }

  #create(path: string, value: unknown): Promise<Reader> {
    return this.#call(OP.create, (writer) => openAcl(writer.text(path).text(JSON.stringify(value))).int(0))
  }

  /** Lets the server catch up with the leader before it is read. */
  async #sync(path: string): Promise<void> {
    if (this.#settings.syncedReads) await this.#call(OP.sync, (writer) => writer.text(path))
  }

  async #call(...args: Parameters<Session['call']>): Promise<Reader> {
    const session = await this.#open().catch((error: unknown) => {
      throw new NotDone(messageOf(error))
    })
    return session.call(...args)
  }

  async #open(): Promise<Session> {
    if (this.#session?.broken === false) return this.#session
    // A session of the same client never sees less than the one before.
    const seen = this.#session?.lastZxid ?? 0n
    this.#session = await Session.open(this.#address, seen, this.#limitMs)
    if (this.#closed.signal.aborted) this.#session.close()
    return this.#session
  }

  async #keepAlive(clock: Clock): Promise<void> {
    while (await sleep(clock, PING_MS, this.#closed.signal).then(yes, () => false)) this.#session?.ping()
  }
}

const yes = (): true => true

/** False for this error of the server; any other is thrown on. */
function unless(code: number): (error: unknown) => false {
  return orElse(code, false) as (error: unknown) => false
}

/** Takes this error of the server for a value. Throws NotDone for others that mean that nothing happened. */
function orElse<T>(code: number, value: T): (error: unknown) => T {
  return (error) => {
    if (!(error instanceof ZooKeeperError)) throw error
    if (error.code === code) return value
    throw error.definite ? new NotDone(error.message) : error
  }
}
