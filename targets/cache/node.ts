/**
 * A store behind caches. The first node is the store, the second the shared cache, all others are servers (`server.ts`), among
 * which clients balance their requests (`balancer.ts`). `--target-arg mode=local` gives each server a cache of its own.
 */
import type {Env, Json, Message, Node, NodeId, RequestId} from '../../core/node.ts'
import type {TargetOptions} from '../../core/target.ts'
import {settingsFrom} from '../state-machine/settings.ts'
import type {BugName} from './bugs.ts'
import {Entries} from './entries.ts'
import type {CacheMessage} from './messages.ts'
import {Server} from './server.ts'
import {modeOf, SETTINGS, type Settings} from './settings.ts'
import {Store} from './store.ts'

export class CacheNode implements Node {
  readonly #env: Env
  readonly #settings: Settings
  readonly #role: 'store' | 'cache' | 'server'
  readonly #store: Store
  readonly #entries: Entries
  readonly #server: Server

  constructor(env: Env, {bugs, args}: TargetOptions) {
    const has = (bug: BugName) => bugs.includes(bug)
    this.#env = env
    this.#settings = settingsFrom(SETTINGS, args)
    const mode = modeOf(args)
    const [store, cache] = env.nodes as [NodeId, NodeId]
    this.#role = env.id === store ? 'store' : env.id === cache ? 'cache' : 'server'
    env.disk.append('boots', '')
    env.disk.sync('boots')
    this.#store = new Store(env.disk)
    // Bug `no-ttl`: entries stay until they are deleted. Bug `hash-flap`: so do those of a server that thinks it is alone.
    const forever = has('no-ttl') || (has('hash-flap') && mode === 'local')
    this.#entries = new Entries({
      ttlMs: forever ? Number.POSITIVE_INFINITY : this.#settings.ttlMs,
      negativeTtlMs: forever ? Number.POSITIVE_INFINITY : this.#settings.negativeTtlMs,
      takeAnything: has('stale-set'),
    })
    const boots = env.disk.read('boots').length
    this.#server = new Server(env, this.#settings, mode, {store, cache}, this.#entries, boots)
  }

  start(): void {
    this.#env.log(`up as ${this.#role}`)
    this.#env.setTimer('retry', this.#settings.retryMs)
  }

  request(request: RequestId, message: Message): void {
    if (message.type === 'status') {
      const digest = this.#server.undeleted === 0 ? 'nothing to delete' : `${this.#env.id} has deletes to repeat`
      this.#env.reply(request, {type: 'status', role: this.#role, digest})
      return
    }
    if (message.type !== 'call' || this.#role !== 'server') return
    const {attempt, f, key, value} = message as {attempt: Json; f: string; key: string | null; value: Json} & Message
    if (f === 'read') this.#server.read(key ?? '', {request, attempt})
    else if (f === 'write') this.#server.write(key ?? '', value, {request, attempt})
    else this.#env.reply(request, {type: 'failed', error: `unknown function ${f}`, attempt})
  }

  message(from: NodeId, received: Message): void {
    const message = received as unknown as CacheMessage
    const entries = this.#entries
    switch (message.type) {
      case 'store-read':
        this.#answer(from, {type: 'stored', id: message.id, found: this.#store.read(message.key)})
        break
      case 'store-write': {
        const found = this.#store.write(message.key, message.value)
        this.#answer(from, {type: 'stored', id: message.id, found})
        break
      }
      case 'cache-get': {
        const asOfMs = this.#env.now()
        const found = entries.get(message.key, asOfMs) ?? null
        const told = found === null ? null : {value: found.value, version: found.version}
        this.#answer(from, {type: 'cached', id: message.id, found: told, asOfMs})
        break
      }
      case 'cache-put':
        entries.put(message.key, message.found, message.asOfMs)
        break
      case 'cache-delete':
        entries.delete(message.key, message.version)
        this.#answer(from, {type: 'deleted', id: message.id})
        break
      default:
        this.#server.answered(from, message)
    }
  }

  timer(name: string): void {
    if (name !== 'retry') {
      this.#server.timer(name)
      return
    }
    this.#env.setTimer('retry', this.#settings.retryMs)
    this.#server.retry()
  }

  #answer(to: NodeId, message: CacheMessage): void {
    this.#env.send(to, message as Message)
  }
}
