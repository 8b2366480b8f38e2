/**
 * A node of a sharded store with atomic transactions: it keeps its share of the keys, takes part in transactions, and
 * coordinates those of its clients. Two-phase commit after Gray, "Notes on Data Base Operating Systems" (1978); three-phase
 * commit after Skeen (1981); try-confirm-cancel in `tcc.ts`.
 *
 * - `operations.ts`   what transactions do
 * - `coordinator.ts`  votes and decisions
 * - `participant.ts`  promises; `locks.ts` strict two-phase locking, `shard.ts` what is on disk
 * - `termination.ts`  three phases: how participants go on without their coordinator
 */
import type {Env, Json, Message, Node, NodeId, RequestId} from '../../core/node.ts'
import type {TargetOptions} from '../../core/target.ts'
import {Coordinator} from './coordinator.ts'
import type {CommitMessage} from './messages.ts'
import {transactionOf} from './operations.ts'
import {Participant} from './participant.ts'
import {Site} from './site.ts'
import {Tcc} from './tcc.ts'
import type {TccMessage} from './tcc-messages.ts'

export class CommitNode implements Node {
  readonly #site: Site
  readonly #participant: Participant
  readonly #coordinator: Coordinator
  readonly #tcc: Tcc
  /** What this node tells itself, handled once the present handler is through. */
  readonly #toSelf: (CommitMessage | TccMessage)[] = []
  #draining = false

  constructor(env: Env, options: TargetOptions) {
    const send = (to: NodeId, message: CommitMessage | TccMessage) => {
      if (to === env.id) this.#toSelf.push(message)
      else env.send(to, message as Message)
    }
    this.#site = new Site(env, options, send)
    this.#participant = new Participant(this.#site)
    this.#coordinator = new Coordinator(this.#site)
    this.#tcc = new Tcc(this.#site, send)
  }

  start(): void {
    const {env, mode, boots} = this.#site
    env.log(`boot ${boots}, ${mode}: ${this.#participant.open} in doubt`)
    this.#tick()
    this.#drain()
  }

  request(request: RequestId, message: Message): void {
    const {env, mode} = this.#site
    if (message.type === 'status') env.reply(request, this.#status())
    if (message.type !== 'call') return
    const {call, f, value} = message as {call: Json; f: string; value: Json} & Message
    const transaction = transactionOf(f, value)
    if (transaction === undefined)
      env.reply(request, {type: 'failed', error: `${f} is no transaction of this store`, call})
    else if (mode !== 'tcc') this.#coordinator.begin(transaction, {request, call})
    else if (f === 'read') this.#tcc.read(value as readonly string[], {request, call})
    else if (f === 'transfer') {
      const {from, to, amount} = value as {from: string; to: string; amount: number}
      this.#tcc.transfer(from, to, amount, {request, call})
    } else env.reply(request, {type: 'failed', error: `${f} is not for try-confirm-cancel`, call})
    this.#drain()
  }

  message(from: NodeId, message: Message): void {
    this.#handle(from, message as unknown as CommitMessage | TccMessage)
    this.#drain()
  }

  timer(name: string): void {
    if (name === 'tick') this.#tick()
    else if (this.#site.mode === 'tcc') this.#tcc.timer(name)
    else this.#coordinator.timer(name)
    this.#drain()
  }

  #handle(from: NodeId, message: CommitMessage | TccMessage): void {
    const [participant, coordinator] = [this.#participant, this.#coordinator]
    switch (message.type) {
      case 'prepare':
        participant.prepare(from, message)
        break
      case 'precommit':
        participant.precommit(from, message)
        break
      case 'decide':
        participant.decide(from, message)
        break
      case 'ask-state':
        participant.askState(from, message)
        break
      case 'state':
        participant.state(from, message)
        break
      case 'vote':
        coordinator.vote(from, message)
        break
      case 'precommitted':
        coordinator.precommitted(from, message)
        break
      case 'done':
        coordinator.done(from, message)
        break
      case 'inquire':
        coordinator.inquire(from, message)
        break
      default:
        this.#tcc.message(from, message)
    }
  }

  #drain(): void {
    if (this.#draining) return
    this.#draining = true
    for (let next = this.#toSelf.shift(); next !== undefined; next = this.#toSelf.shift()) {
      this.#handle(this.#site.env.id, next)
    }
    this.#draining = false
  }

  #tick(): void {
    const {env, settings, mode} = this.#site
    env.setTimer('tick', settings.tickMs)
    if (mode === 'tcc') this.#tcc.tick()
    else {
      this.#coordinator.tick()
      this.#participant.tick()
    }
  }

  #status(): Message {
    const {env, mode} = this.#site
    const open = mode === 'tcc' ? this.#tcc.open : this.#participant.open + this.#coordinator.open
    return {
      type: 'status',
      role: 'peer',
      mode,
      inDoubt: this.#participant.open,
      digest: open === 0 ? 'nothing is open' : `${env.id} has ${open} open`,
    }
  }
}
