/** The accounts of one node, as a service that can be tried, confirmed and cancelled; see `tcc.ts`. */
import type {Json, NodeId} from '../../core/node.ts'
import {OPENING_BALANCE} from '../../core/workload.ts'
import type {Site} from './site.ts'
import type {Ask, Deed, TccMessage} from './tcc-messages.ts'

const FILE = 'accounts'

type Stage = 'tried' | 'confirmed' | 'cancelled'
type Entry = {readonly name: string; readonly account: string; readonly by: number; readonly deed: Deed}

export class TccService {
  readonly #site: Site
  readonly #send: (to: NodeId, message: TccMessage) => void
  readonly #balances = new Map<string, number>()
  /** How far each branch of each transaction is. */
  readonly #stages = new Map<string, Stage>()
  /** Tries that are being thought about. */
  readonly #working = new Map<string, {readonly from: NodeId; readonly ask: Ask}>()

  constructor(site: Site, send: (to: NodeId, message: TccMessage) => void) {
    this.#site = site
    this.#send = send
    for (const entry of site.env.disk.read<Entry>(FILE)) this.#apply(entry)
  }

  /** Reservations that are neither confirmed nor cancelled. */
  get open(): number {
    return [...this.#stages.values()].filter((stage) => stage === 'tried').length + this.#working.size
  }

  /** Without what is reserved; undefined for an account that was never touched. */
  balance(account: string): number | undefined {
    return this.#balances.get(account)
  }

  ask(from: NodeId, ask: Ask): void {
    const name = nameOf(ask)
    const stage = this.#stages.get(name)
    if (ask.deed === 'try') {
      if (stage !== undefined || this.#working.has(name)) return
      // Thinking takes a while, in which other messages may overtake.
      this.#working.set(name, {from, ask})
      this.#site.env.setTimer(`work ${name}`, this.#site.env.random.next() * this.#site.settings.workMs)
      return
    }
    const again = stage === 'confirmed' || stage === 'cancelled'
    // Bug `tcc-double-confirm`: a confirm that comes again is carried out again.
    if (!again || (ask.deed === 'confirm' && this.#site.has('tcc-double-confirm'))) this.#note(ask)
    this.#answer(from, ask, null)
  }

  /** A try has been thought about. */
  work(timer: string): void {
    const name = timer.slice('work '.length)
    const working = this.#working.get(name)
    this.#working.delete(name)
    if (working === undefined) return
    const {from, ask} = working
    // Bug `tcc-late-try`: that it has been cancelled in the meantime is not looked at.
    if (this.#stages.has(name) && !this.#site.has('tcc-late-try')) return
    const balance = this.#balances.get(ask.account) ?? OPENING_BALANCE
    if (balance + ask.by < 0) {
      this.#answer(from, ask, 'insufficient funds')
      return
    }
    this.#note(ask)
    this.#answer(from, ask, null)
  }

  #note(ask: Ask): void {
    const entry: Entry = {name: nameOf(ask), account: ask.account, by: ask.by, deed: ask.deed}
    this.#apply(entry)
    this.#site.env.disk.append(FILE, entry as Json)
    this.#site.env.disk.sync(FILE)
  }

  #apply({name, account, by, deed}: Entry): void {
    const stage = this.#stages.get(name)
    // A try takes what is to be taken; what is to be given is given when it is confirmed.
    if (deed === 'try' && by < 0) this.#move(account, by)
    if (deed === 'confirm' && by > 0) this.#move(account, by)
    if (deed === 'cancel' && by < 0 && stage === 'tried') this.#move(account, -by)
    this.#stages.set(name, deed === 'try' ? 'tried' : deed === 'confirm' ? 'confirmed' : 'cancelled')
  }

  #move(account: string, by: number): void {
    this.#balances.set(account, (this.#balances.get(account) ?? OPENING_BALANCE) + by)
  }

  #answer(to: NodeId, {txn, branch, deed}: Ask, no: string | null): void {
    this.#send(to, {type: 'tcc-answer', txn, branch, deed, no})
  }
}

function nameOf({txn, branch}: Ask): string {
  return `${txn}/${branch}`
}
