/**
 * The coordinator: whichever node a client asks. Presumed abort (Mohan & Lindsay 1983): only commits are written down, and who
 * asks about a transaction that is not known is told that it was aborted.
 *
 *       coordinator                participants
 *          │── prepare ───────────────►│ lock, execute, promise (durable)
 *          │◄───────────── vote yes ───│
 *    log commit (durable): decided     │
 *          │── decide commit ─────────►│ apply, unlock
 *          │◄───────────────── done ───│
 *
 * In three phases everybody is told that all have voted yes (`precommit`) before the decision, so that none is in doubt alone.
 */
import type {Json, NodeId, RequestId} from '../../core/node.ts'
import type {Decide, Done, Inquire, Precommit, Precommitted, Vote} from './messages.ts'
import {type Operation, shardOf, type Transaction} from './operations.ts'
import type {Site} from './site.ts'

const FILE = 'decisions'

interface Client {
  readonly request: RequestId
  readonly call: Json
}

interface Running {
  readonly transaction: Transaction
  readonly client: Client
  readonly age: number
  readonly participants: readonly NodeId[]
  readonly votes: Map<NodeId, Vote>
  readonly precommitted: Set<NodeId>
  phase: 'voting' | 'precommitting'
}

export class Coordinator {
  readonly #site: Site
  readonly #running = new Map<string, Running>()
  /** Committed, and who has not confirmed it yet. */
  readonly #committed = new Map<string, Set<NodeId>>()
  /** Aborted for a lock, to be tried again. */
  readonly #retries = new Map<
    string,
    {readonly transaction: Transaction; readonly client: Client; readonly age: number}
  >()
  #count = 0

  constructor(site: Site) {
    this.#site = site
    const entries = site.env.disk.read<{readonly txn: string; readonly participants: readonly NodeId[] | null}>(FILE)
    for (const {txn, participants} of entries) {
      if (participants === null) this.#committed.delete(txn)
      else this.#committed.set(txn, new Set(participants))
    }
  }

  get open(): number {
    return this.#running.size + this.#committed.size + this.#retries.size
  }

  begin(transaction: Transaction, client: Client, age = this.#site.env.now()): void {
    const {env, settings} = this.#site
    const txn = `${env.id}.${this.#site.boots}.${++this.#count}`
    const shards = new Map<NodeId, Operation[]>()
    for (const operation of transaction.operations) {
      const shard = shardOf(operation.key, env.nodes)
      shards.set(shard, [...(shards.get(shard) ?? []), operation])
    }
    const participants = [...shards.keys()]
    this.#running.set(txn, {
      transaction,
      client,
      age,
      participants,
      votes: new Map(),
      precommitted: new Set(),
      phase: 'voting',
    })
    env.setTimer(`votes ${txn}`, settings.voteMs)
    for (const [node, operations] of shards) {
      this.#site.send(node, {type: 'prepare', txn, age, operations, participants})
    }
  }

  vote(from: NodeId, vote: Vote): void {
    const running = this.#running.get(vote.txn)
    if (running === undefined || running.phase !== 'voting') return
    running.votes.set(from, vote)
    if (vote.no === 'conflict') this.#retry(vote.txn, running)
    else if (vote.no !== null) this.#abort(vote.txn, running, vote.no)
    else if (running.votes.size === running.participants.length) {
      if (this.#site.mode === '2pc') this.#commit(vote.txn, running)
      else {
        running.phase = 'precommitting'
        this.#site.env.setTimer(`votes ${vote.txn}`, this.#site.settings.voteMs)
        this.#tell(running, {type: 'precommit', txn: vote.txn})
      }
    }
  }

  precommitted(from: NodeId, {txn}: Precommitted): void {
    const running = this.#running.get(txn)
    if (running === undefined) return
    running.precommitted.add(from)
    if (running.precommitted.size === running.participants.length) this.#commit(txn, running)
  }

  done(from: NodeId, {txn}: Done): void {
    const waiting = this.#committed.get(txn)
    if (waiting === undefined || !waiting.delete(from) || waiting.size > 0) return
    this.#committed.delete(txn)
    // Nobody will ask any more. Losing this record costs a few messages.
    this.#site.env.disk.append(FILE, {txn, participants: null})
  }

  inquire(from: NodeId, {txn}: Inquire): void {
    if (this.#running.has(txn)) return
    const commit = this.#committed.has(txn)
    // In three phases not knowing proves nothing: the participants may have ended it without us.
    if (!commit && this.#site.mode === '3pc') return
    this.#site.send(from, {type: 'decide', txn, commit})
  }

  timer(name: string): void {
    const [kind, txn = ''] = name.split(' ')
    if (kind === 'retry') {
      const retry = this.#retries.get(txn)
      this.#retries.delete(txn)
      if (retry !== undefined) this.begin(retry.transaction, retry.client, retry.age)
      return
    }
    const running = this.#running.get(txn)
    if (running === undefined) return
    // All have voted yes; who does not answer any more is taken for dead, and will learn of it.
    if (running.phase === 'precommitting') this.#commit(txn, running)
    else {
      const silent = running.participants.filter((node) => !running.votes.has(node))
      this.#site.env.event({type: 'gave-up', txn, to: silent})
      this.#abort(txn, running, `no answer from ${silent.join(', ')}`)
    }
  }

  /** What may not have arrived is said again. */
  tick(): void {
    for (const [txn, {phase, participants, precommitted}] of this.#running) {
      if (phase === 'voting') continue
      for (const node of participants) if (!precommitted.has(node)) this.#site.send(node, {type: 'precommit', txn})
    }
    for (const [txn, waiting] of this.#committed) {
      for (const node of waiting) this.#site.send(node, {type: 'decide', txn, commit: true})
    }
  }

  #commit(txn: string, running: Running): void {
    const {env} = this.#site
    // Bug `forget-decision`: the decision is told, but not written down.
    if (!this.#site.has('forget-decision')) {
      env.disk.append(FILE, {txn, participants: running.participants})
      env.disk.sync(FILE)
    }
    this.#end(txn)
    this.#committed.set(txn, new Set(running.participants))
    const results: Json[] = []
    for (const vote of running.votes.values()) for (const [at, value] of vote.results) results[at] = value
    this.#reply(running.client, {type: 'ok', value: running.transaction.answer(results)})
    this.#tell(running, {type: 'decide', txn, commit: true})
  }

  #tell({participants}: Running, message: Precommit | Decide): void {
    const {env, settings} = this.#site
    for (const node of participants) {
      if (settings.eager !== 0 || node === env.id) this.#site.send(node, message)
    }
  }

  #abort(txn: string, running: Running, error: string): void {
    this.#withdraw(txn, running)
    this.#reply(running.client, {type: 'failed', error})
  }

  /** Somebody else holds what it wants: once more, and no younger than it was. */
  #retry(txn: string, running: Running): void {
    const {env, settings} = this.#site
    if (env.now() - running.age > settings.retryMs) {
      this.#abort(txn, running, 'conflict')
      return
    }
    this.#withdraw(txn, running)
    this.#retries.set(txn, running)
    env.setTimer(`retry ${txn}`, 5 + env.random.int(20))
  }

  #withdraw(txn: string, {participants}: Running): void {
    this.#end(txn)
    for (const node of participants) this.#site.send(node, {type: 'decide', txn, commit: false})
  }

  #end(txn: string): void {
    this.#running.delete(txn)
    this.#site.env.cancelTimer(`votes ${txn}`)
  }

  #reply(
    {request, call}: Client,
    answer: {readonly type: string; readonly value?: Json; readonly error?: string},
  ): void {
    this.#site.env.reply(request, {...answer, call})
  }
}
