/**
 * A Dynamo node, after DeCandia et al., "Dynamo: Amazon's Highly Available Key-value Store" (SOSP 2007). One idea a file:
 *
 * - `ring.ts`           consistent hashing with virtual nodes: who owns a key (4.2, 4.3)
 * - `causal-object.ts`  versions: vectors, siblings, reconciliation (4.4); `actors.ts` who makes them
 * - `coordinator.ts`    reads and writes, N, R and W, sloppy quorums, read repair (4.5, 4.6)
 * - `anti-entropy.ts`   Merkle trees (`merkle.ts`), hinted handoff, keys that move (4.6, 4.7)
 * - `membership.ts`     who belongs to the ring (4.8); `reconfiguration.ts` how that is changed
 *
 * Objects are registers, whose siblings are reconciled by the later stamp, or sets (the paper's shopping cart), whose siblings
 * are joined.
 */
import type {Env, Json, Message, Node, NodeId, RequestId} from '../../core/node.ts'
import type {TargetOptions} from '../../core/target.ts'
import {AntiEntropy} from './anti-entropy.ts'
import {Coordinator} from './coordinator.ts'
import type {DynamoMessage} from './messages.ts'
import {Reconfiguration} from './reconfiguration.ts'
import {Server} from './server.ts'

export class DynamoNode implements Node {
  /** Public for tests that look inside. */
  readonly server: Server
  readonly #coordinator: Coordinator
  readonly #antiEntropy: AntiEntropy
  readonly #reconfiguration: Reconfiguration

  constructor(env: Env, options: TargetOptions) {
    this.server = new Server(env, options)
    this.#coordinator = new Coordinator(this.server)
    this.#reconfiguration = new Reconfiguration(this.server)
    this.#antiEntropy = new AntiEntropy(this.server, this.#reconfiguration)
    this.server.onRing = () => {
      this.#antiEntropy.ringChanged()
      this.#coordinator.ringChanged()
    }
  }

  start(): void {
    const {env, ring, settings, membership} = this.server
    env.log(`up, ring of ${ring.members.join(' ')}`)
    env.event({type: 'ring', members: [...ring.members]})
    env.setTimer('sync', env.random.int(settings.syncMs))
    if (membership.standing(env.id) === undefined) env.setTimer('join', settings.joinMs)
  }

  request(request: RequestId, message: Message): void {
    const {env} = this.server
    if (message.type === 'status') env.reply(request, this.#status())
    if (message.type === 'reconfigure') this.#reconfiguration.request(request, message['members'] as readonly NodeId[])
    if (message.type !== 'call') return
    const {call, f, key, value} = message as {call: Json; f: string; key: string | null; value: Json} & Message
    const wrong = whyWrong(f, value)
    if (wrong !== undefined) env.reply(request, {type: 'failed', error: wrong, call})
    else this.#coordinator.begin({request, call, f, key: key ?? '', value})
  }

  message(from: NodeId, received: Message): void {
    const message = received as DynamoMessage
    const {server} = this
    const coordinator = this.#coordinator
    const antiEntropy = this.#antiEntropy
    if (message.type === 'moved') this.#reconfiguration.learn(from, message.members)
    else if ((message.type === 'get' || message.type === 'put') && server.hasLeft) {
      server.send(from, {type: 'moved', members: server.membership.members})
    } else if (message.type === 'get') {
      const {id, key, digest} = message
      server.send(from, {type: 'got', id, object: server.store.digest(key) === digest ? null : server.store.get(key)})
    } else if (message.type === 'put') {
      server.keep(message.key, message.object)
      if (message.id !== null) server.send(from, {type: 'stored', id: message.id})
    } else if (message.type === 'got') coordinator.got(from, message)
    else if (message.type === 'stored') coordinator.stored(from, message)
    else antiEntropy.message(from, message)
  }

  timer(name: string): void {
    const {env, settings} = this.server
    if (name === 'sync') {
      env.setTimer('sync', settings.syncMs / 2 + env.random.int(settings.syncMs))
      this.#antiEntropy.round()
    } else if (name === 'join') this.#reconfiguration.join()
    else if (name === 'reconfigure') this.#reconfiguration.takesLonger()
    else if (name.startsWith('answer ')) this.#antiEntropy.unanswered(name.slice('answer '.length))
    else this.#coordinator.timer(name)
  }

  #status(): Message {
    const {ring, env, membership} = this.server
    // Owners differ in what they own, so there is no one state to be in: what counts is whether any two still differ.
    const digest = this.#antiEntropy.settled ? 'all that share a key have the same' : `${env.id} is not in step`
    return {type: 'status', role: 'peer', term: membership.steps, members: [...ring.members], digest}
  }
}

function whyWrong(f: string, value: Json): string | undefined {
  if (!['read', 'read-set', 'write', 'add', 'remove'].includes(f)) return `unknown function ${f}`
  if ((f === 'add' || f === 'remove') && typeof value === 'object' && value !== null) {
    return 'elements are numbers, strings, booleans or null'
  }
  return undefined
}
