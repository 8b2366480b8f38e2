/**
 * Try, confirm, cancel: transactions of services that hold no locks. `try` reserves, `confirm` makes it good, `cancel` gives it
 * back; the last two are repeated until they are confirmed. Between them anybody can see half a transfer (read committed); at
 * rest the money is all there. After Pardon & Pautasso, "Atomic Distributed Transactions: a RESTful Design" (2014).
 *
 * A service must be ready for a network that repeats and overtakes: a second `confirm` or `cancel` changes nothing
 * (idempotence); a `cancel` may come without its `try` (empty cancel); and a `try` that comes after it must be refused
 * (suspended try).
 */
import type {Json, NodeId, RequestId} from '../../core/node.ts'
import {OPENING_BALANCE} from '../../core/workload.ts'
import {shardOf} from './operations.ts'
import type {Site} from './site.ts'
import type {Ask, Branch, Deed, TccMessage} from './tcc-messages.ts'
import {TccService} from './tcc-service.ts'

const FILE = 'business'

interface Client {
  readonly request: RequestId
  readonly call: Json
}

/** One transfer under way. */
interface Business {
  readonly branches: readonly Branch[]
  readonly client: Client | undefined
  /** Undefined while it is being tried. */
  deed: 'confirm' | 'cancel' | undefined
  readonly tried: Set<number>
  readonly done: Set<number>
}

interface Reading {
  readonly client: Client
  readonly accounts: readonly string[]
  readonly balances: Map<string, number>
}

type Entry = {readonly txn: string; readonly branches?: readonly Branch[]; readonly deed?: 'confirm' | 'cancel' | 'end'}

export class Tcc {
  readonly #site: Site
  readonly #send: (to: NodeId, message: TccMessage) => void
  readonly service: TccService
  readonly #businesses = new Map<string, Business>()
  readonly #readings = new Map<string, Reading>()
  #count = 0

  constructor(site: Site, send: (to: NodeId, message: TccMessage) => void) {
    this.#site = site
    this.#send = send
    this.service = new TccService(site, send)
    for (const {txn, branches, deed} of site.env.disk.read<Entry>(FILE)) {
      // What was being tried when we crashed is cancelled, unless the log goes on to say otherwise.
      if (branches !== undefined) {
        this.#businesses.set(txn, {branches, client: undefined, deed: 'cancel', tried: new Set(), done: new Set()})
      }
      const business = this.#businesses.get(txn)
      if (deed === 'end') this.#businesses.delete(txn)
      else if (deed !== undefined && business !== undefined) business.deed = deed
    }
  }

  get open(): number {
    return this.#businesses.size + this.service.open
  }

  transfer(from: string, to: string, amount: number, client: Client): void {
    const txn = this.#name()
    const {env, settings} = this.#site
    const branches = [
      {account: from, by: -amount},
      {account: to, by: amount},
    ]
    this.#note({txn, branches})
    this.#businesses.set(txn, {branches, client, deed: undefined, tried: new Set(), done: new Set()})
    env.setTimer(`tries ${txn}`, settings.voteMs)
    this.#ask(txn, branches, 'try')
  }

  read(accounts: readonly string[], client: Client): void {
    const txn = this.#name()
    this.#readings.set(txn, {client, accounts, balances: new Map()})
    this.#site.env.setTimer(`tries ${txn}`, this.#site.settings.voteMs)
    const shards = new Set(accounts.map((account) => shardOf(account, this.#site.env.nodes)))
    for (const node of shards) {
      const here = accounts.filter((account) => shardOf(account, this.#site.env.nodes) === node)
      this.#send(node, {type: 'tcc-balances', txn, accounts: here})
    }
  }

  message(from: NodeId, message: TccMessage): void {
    if (message.type === 'tcc-ask') this.service.ask(from, message)
    else if (message.type === 'tcc-balances') {
      const balances = message.accounts.map((account) => this.service.balance(account) ?? OPENING_BALANCE)
      this.#send(from, {type: 'tcc-told', txn: message.txn, accounts: message.accounts, balances})
    } else if (message.type === 'tcc-told') this.#told(message.txn, message.accounts, message.balances)
    else this.#answered(message)
  }

  timer(name: string): void {
    const [kind, txn = ''] = name.split(' ')
    if (kind === 'work') {
      this.service.work(name)
      return
    }
    const reading = this.#readings.get(txn)
    if (reading !== undefined) {
      this.#readings.delete(txn)
      this.#site.env.reply(reading.client.request, {type: 'failed', error: 'no answer', call: reading.client.call})
    }
    const business = this.#businesses.get(txn)
    if (business !== undefined && business.deed === undefined) this.#decide(txn, business, 'cancel', 'no answer')
  }

  /** Confirms and cancels are repeated until they are confirmed. */
  tick(): void {
    for (const [txn, {branches, deed, done}] of this.#businesses) {
      if (deed !== undefined) this.#ask(txn, branches, deed, done)
    }
  }

  #ask(txn: string, branches: readonly Branch[], deed: Deed, done: ReadonlySet<number> = new Set()): void {
    for (const [branch, what] of branches.entries()) {
      if (done.has(branch)) continue
      this.#send(shardOf(what.account, this.#site.env.nodes), {
        type: 'tcc-ask',
        txn,
        branch,
        deed,
        ...what,
      } satisfies Ask)
    }
  }

  #answered({txn, branch, deed, no}: Extract<TccMessage, {type: 'tcc-answer'}>): void {
    const business = this.#businesses.get(txn)
    if (business === undefined) return
    if (deed === 'try') {
      if (business.deed !== undefined) return
      business.tried.add(branch)
      if (no !== null) this.#decide(txn, business, 'cancel', no)
      else if (business.tried.size === business.branches.length) this.#decide(txn, business, 'confirm', null)
    } else if (deed === business.deed) {
      business.done.add(branch)
      if (business.done.size < business.branches.length) return
      this.#businesses.delete(txn)
      this.#note({txn, deed: 'end'})
    }
  }

  #decide(txn: string, business: Business, deed: 'confirm' | 'cancel', no: string | null): void {
    business.deed = deed
    this.#note({txn, deed})
    this.#site.env.cancelTimer(`tries ${txn}`)
    const {client} = business
    if (client !== undefined) {
      const {call} = client
      const answer = no === null ? {type: 'ok', value: null, call} : {type: 'failed', error: no, call}
      this.#site.env.reply(client.request, answer)
    }
    this.#ask(txn, business.branches, deed)
  }

  #told(txn: string, accounts: readonly string[], balances: readonly number[]): void {
    const reading = this.#readings.get(txn)
    if (reading === undefined) return
    for (const [i, account] of accounts.entries()) reading.balances.set(account, balances[i] as number)
    if (reading.balances.size < reading.accounts.length) return
    this.#readings.delete(txn)
    const value = Object.fromEntries(reading.balances)
    this.#site.env.cancelTimer(`tries ${txn}`)
    this.#site.env.reply(reading.client.request, {type: 'ok', value, call: reading.client.call})
  }

  #note(entry: Entry): void {
    this.#site.env.disk.append(FILE, entry as Json)
    this.#site.env.disk.sync(FILE)
  }

  #name(): string {
    return `${this.#site.env.id}.${this.#site.boots}.${++this.#count}`
  }
}
