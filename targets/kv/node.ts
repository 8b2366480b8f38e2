/**
 * One durable node: every command is in the write-ahead log, synced, before anybody hears what came of it. Commands that
 * arrive within a moment of each other are synced together (group commit), and reads wait with them, so that nobody sees
 * what a crash could still take back.
 *
 * The first node of the cluster serves; the others stand by and only say who does. Nothing is replicated: this is what the
 * harness is calibrated on, and the line that replicated targets have to be better than.
 */
import type {Env, Message, Node, RequestId} from '../../core/node.ts'
import type {TargetOptions} from '../../core/target.ts'
import type {Answer, Command} from '../state-machine/command.ts'
import {commandOf} from '../state-machine/requests.ts'
import {settingsFrom} from '../state-machine/settings.ts'
import {Store} from '../state-machine/store.ts'
import type {BugName} from './bugs.ts'
import {SETTINGS} from './settings.ts'
import {Wal} from './wal.ts'

/** A request that waits for the next sync. */
interface Waiting {
  readonly request: RequestId
  readonly message: Message
  readonly command: Command
}

export class KvNode implements Node {
  readonly #env: Env
  readonly #bugs: readonly string[]
  readonly #settings: typeof SETTINGS
  readonly #store: Store
  readonly #wal: Wal
  #waiting: Waiting[] = []
  /** Ids given by this process; counted with the bug only. */
  #idsHere = 0

  constructor(env: Env, {bugs, args}: TargetOptions) {
    this.#env = env
    this.#bugs = bugs
    this.#settings = settingsFrom(SETTINGS, args)
    this.#store = new Store({sessions: this.#settings.sessions, dedupe: !this.#has('no-dedupe')})
    this.#wal = new Wal(env.disk, {cutsFirst: this.#has('cut-before-checkpoint')})
  }

  get #serves(): boolean {
    return this.#env.id === this.#env.nodes[0]
  }

  #has(bug: BugName): boolean {
    return this.#bugs.includes(bug)
  }

  start(): void {
    if (!this.#serves) return
    this.#env.log(`recovered by repeating ${this.#wal.recover(this.#store)} commands`)
    this.#env.event({type: 'leader', term: 1})
  }

  request(request: RequestId, message: Message): void {
    if (message.type === 'status') {
      this.#env.reply(request, {type: 'status', role: this.#serves ? 'leader' : 'standby'})
      return
    }
    const command = commandOf(message)
    if (!this.#serves) {
      this.#answer(request, message, {type: 'redirect', leader: this.#env.nodes[0] ?? null})
    } else if (command === undefined) {
      this.#answer(request, message, {type: 'failed', error: `unknown request ${message.type}`})
    } else if (command.type === 'read' && this.#has('read-uncommitted')) {
      this.#answer(request, message, this.#store.apply(command))
    } else if (command.type === 'call' && command.f === 'generate' && this.#has('ids-in-memory')) {
      this.#answer(request, message, {type: 'ok', value: ++this.#idsHere})
    } else this.#enqueue({request, message, command})
  }

  #enqueue(waiting: Waiting): void {
    if (this.#waiting.length === 0) this.#env.setTimer('flush', this.#settings.batchMs)
    if (this.#has('read-uncommitted') && waiting.command.type !== 'read') {
      // The memory table is ahead of the log.
      this.#wal.write(waiting.command)
      const answer = this.#store.apply(waiting.command)
      this.#waiting.push({...waiting, command: {type: 'noop'}, message: {...waiting.message, answered: answer}})
    } else this.#waiting.push(waiting)
  }

  /** Everything that waits: to disk, then into the state, then answered. */
  timer(): void {
    const batch = this.#waiting
    this.#waiting = []
    for (const {command} of batch) if (command.type !== 'read' && command.type !== 'noop') this.#wal.write(command)
    if (!this.#has('no-sync')) this.#wal.sync()
    for (const {request, message, command} of batch) {
      const answer = (message['answered'] as Answer | undefined) ?? this.#store.apply(command)
      this.#answer(request, message, answer)
    }
    this.#wal.checkpointIfDue(this.#store, this.#settings.checkpointRecords)
  }

  /** Peers have nothing to say to each other. */
  message(): void {}

  #answer(request: RequestId, {attempt}: Message, answer: Message): void {
    this.#env.reply(request, {...answer, attempt: attempt ?? null})
  }
}
