/**
 * The client: asks one of the servers, as its load balancer says. Reads are asked again elsewhere while they are unanswered;
 * writes are not, since a late first copy could undo what was written since.
 */
import type {Call, Message, NodeId, Session, SessionEnv} from '../../core/node.ts'
import type {TargetOptions} from '../../core/target.ts'
import {Balancer} from './balancer.ts'
import {policyOf} from './settings.ts'

/** An attempt that is unanswered for so long counts against its server, ms. */
const ATTEMPT_MS = 250
const GIVE_UP_MS = 800

export class CacheSession implements Session {
  readonly #env: SessionEnv
  readonly #balancer: Balancer
  #attempt = 0
  #startMs = 0
  #server: NodeId = ''
  #open: Call | undefined

  constructor(env: SessionEnv, {nodes, args}: TargetOptions) {
    this.#env = env
    const servers = nodes.slice(2)
    this.#balancer = new Balancer(servers, policyOf(args), {turn: env.random.int(servers.length)})
  }

  invoke(call: Call): void {
    this.#open = call
    this.#startMs = this.#env.now()
    this.#ask(call)
  }

  message(_from: NodeId, message: Message): void {
    if (this.#open === undefined || message['attempt'] !== this.#attempt) return
    this.#balancer.ended(this.#server, true, this.#env.now())
    this.#settle(() => {
      if (message.type === 'ok') this.#env.ok(message['value'] ?? null)
      else if (message.type === 'failed') this.#env.fail(String(message['error']))
      else this.#env.unknown(String(message['error']))
    })
  }

  timer(): void {
    const open = this.#open
    if (open === undefined) return
    this.#balancer.ended(this.#server, false, this.#env.now())
    const late = this.#env.now() - this.#startMs >= GIVE_UP_MS
    if (open.f === 'read' && !late) this.#ask(open)
    else if (open.f === 'read') this.#settle(() => this.#env.fail('no server answers'))
    else this.#settle(() => this.#env.unknown('the server does not answer'))
  }

  #ask({f, key, value}: Call): void {
    this.#server = this.#balancer.choose(key ?? '', this.#env.now())
    this.#env.setTimer('attempt', f === 'read' ? ATTEMPT_MS : GIVE_UP_MS)
    this.#env.send(this.#server, {type: 'call', attempt: ++this.#attempt, f, key, value})
  }

  #settle(tell: () => void): void {
    this.#open = undefined
    this.#env.cancelTimer('attempt')
    tell()
  }
}
