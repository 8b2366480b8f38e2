/**
 * Requests of clients (DeCandia et al. 2007, section 4.5). Whichever node is asked coordinates: it reads R versions and
 * reconciles them, and for a write makes a new version on top of them, of which W copies must be kept before it is
 * acknowledged. With sloppy quorums, nodes further along the ring stand in for owners that do not answer, and keep what they
 * are given until they can hand it over (section 4.6).
 *
 * With strict quorums a reader puts the owners right before it answers, wherever they differed, so that no later reader sees
 * less: Cassandra's blocking read repair.
 */

import type {Json, NodeId, RequestId} from '../../core/node.ts'
import {Hearing} from '../state-machine/hearing.ts'
import {type CausalObject, digestOf, EMPTY, latestStamp, winnerOf, without, written} from './causal-object.ts'
import type {Got, Stored} from './messages.ts'
import type {Server} from './server.ts'
import {marked} from './tombstones.ts'

/** What a client wants, and whom to tell. */
export interface Call {
  readonly request: RequestId
  readonly call: Json
  readonly f: string
  readonly key: string
  readonly value: Json
}

type Phase = 'reading' | 'repairing' | 'writing'

interface Open {
  readonly call: Call
  phase: Phase
  /** Whether stand-ins have been asked in this phase. */
  hedged: boolean
  /** What was here when it began. */
  readonly own: CausalObject
  readonly answers: Map<NodeId, CausalObject>
  readonly copies: Set<NodeId>
  /** What is being written, or put right. */
  object: CausalObject
  /** Told when it is done. */
  result: Json
}

const READS = new Set(['read', 'read-set'])
/** Keys of which this node remembers the newest version that it made. */
const REMEMBERED = 1000
/** More requests than a node is asked in one life. */
const IDS_A_BOOT = 1e9

export class Coordinator {
  readonly #server: Server
  readonly #hearing: Hearing
  readonly #open = new Map<number, Open>()
  /** The newest version of each key that was made here, which may not have arrived anywhere yet. */
  readonly #made = new Map<string, CausalObject>()
  /** Never used again, not even after a crash: late answers to an earlier life must not be taken for answers to this one. */
  #ids: number

  constructor(server: Server) {
    this.#server = server
    this.#hearing = new Hearing(server.env)
    this.#ids = server.boots * IDS_A_BOOT
  }

  /** Keys have other places now: what has been made here is to be found there, and who asks is served from there. */
  ringChanged(): void {
    this.#made.clear()
    for (const [id, open] of [...this.#open]) {
      const owners = this.#server.owners(open.call.key)
      if (open.phase === 'reading')
        this.#ask(
          id,
          open,
          owners.filter((owner) => !open.answers.has(owner)),
        )
      else this.#spread(id, open, owners)
    }
  }

  begin(call: Call): void {
    const id = ++this.#ids
    const open: Open = {
      call,
      phase: 'reading',
      hedged: false,
      own: this.#server.store.get(call.key),
      answers: new Map(),
      copies: new Set(),
      object: EMPTY,
      result: call.value,
    }
    this.#open.set(id, open)
    const {env, settings} = this.#server
    env.setTimer(`hedge ${id}`, settings.hedgeMs)
    env.setTimer(`end ${id}`, settings.giveUpMs)
    this.#ask(id, open, this.#server.owners(call.key))
  }

  got(from: NodeId, {id, object}: Got): void {
    this.#hearing.heard(from)
    const open = this.#open.get(id)
    if (open?.phase === 'reading') this.#answered(id, open, from, object ?? open.own)
  }

  stored(from: NodeId, {id}: Stored): void {
    this.#hearing.heard(from)
    const open = this.#open.get(id)
    if (open !== undefined && open.phase !== 'reading') this.#copied(id, open, from)
  }

  /** True where the timer was one of a request. */
  timer(name: string): void {
    const [kind, text] = name.split(' ')
    const id = Number(text)
    const open = this.#open.get(id)
    if (open === undefined) return
    if (kind === 'hedge') this.#hedge(id, open)
    // Where nothing was told to anybody, nothing has happened.
    else if (open.phase === 'writing') this.#settle(id, {type: 'unknown', error: 'not enough copies'})
    else this.#settle(id, {type: 'failed', error: 'not enough nodes'})
  }

  // Reading.

  #ask(id: number, open: Open, nodes: readonly NodeId[]): void {
    const server = this.#server
    const {key} = open.call
    const digest = digestOf(open.own)
    for (const node of nodes) if (node !== server.env.id) server.send(node, {type: 'get', id, key, digest})
    if (nodes.includes(server.env.id)) this.#answered(id, open, server.env.id, server.store.get(key))
  }

  #answered(id: number, open: Open, from: NodeId, object: CausalObject): void {
    open.answers.set(from, object)
    if (open.answers.size < this.#server.settings.r) return
    const {f} = open.call
    let merged = EMPTY
    for (const answer of open.answers.values()) merged = this.#server.merge(merged, answer)
    open.object = merged
    if (READS.has(f)) this.#repair(id, open)
    else this.#write(id, open)
  }

  #repair(id: number, open: Open): void {
    const server = this.#server
    const {key, f} = open.call
    const {object} = open
    open.result = f === 'read' ? (winnerOf(object)?.value ?? null) : distinct(object.entries.map(({value}) => value))
    const digest = digestOf(object)
    const outdated = [...open.answers].filter(([, answer]) => digestOf(answer) !== digest).map(([node]) => node)
    if (server.sloppy || outdated.length === 0) {
      for (const node of outdated) this.#place(null, node, open)
      this.#settle(id, {type: 'ok', value: open.result})
      return
    }
    open.phase = 'repairing'
    for (const node of open.answers.keys()) if (!outdated.includes(node)) open.copies.add(node)
    this.#spread(id, open, server.owners(key))
  }

  // Writing.

  #write(id: number, open: Open): void {
    const server = this.#server
    const {actors, env} = server
    const {key, f, value} = open.call
    const made = this.#made.get(key)
    const base = made === undefined ? open.object : server.merge(open.object, made)
    if (f === 'remove') {
      const present = base.entries.some((entry) => entry.value === value)
      if (!present) {
        this.#settle(id, {type: 'failed', error: 'not found'})
        return
      }
      const removed = without(base, (entry) => entry.value === value)
      open.object = server.has('tombstone-expiry') ? marked(base, removed, env.now()) : removed
    } else {
      const stamp = Math.max(env.now(), latestStamp(base) + 1)
      // A register's write overwrites all siblings; an element replaces its own earlier adds.
      const keep = f === 'add' ? (entry: {value: Json}) => entry.value !== value : () => false
      open.object = written(base, actors.next(key, base), value, stamp, keep)
    }
    this.#remember(key, open.object)
    open.phase = 'writing'
    open.hedged = false
    env.setTimer(`hedge ${id}`, server.settings.hedgeMs)
    this.#spread(id, open, server.owners(key))
  }

  #spread(id: number, open: Open, nodes: readonly NodeId[]): void {
    const {env} = this.#server
    for (const node of nodes) if (node !== env.id && !open.copies.has(node)) this.#place(id, node, open)
    if (!nodes.includes(env.id)) return
    this.#server.keep(open.call.key, open.object)
    this.#copied(id, open, env.id)
  }

  #place(id: number | null, node: NodeId, {call, object}: Open): void {
    if (node === this.#server.env.id) this.#server.keep(call.key, object)
    else this.#server.send(node, {type: 'put', id, key: call.key, object})
  }

  #copied(id: number, open: Open, node: NodeId): void {
    open.copies.add(node)
    if (open.copies.size < this.#server.settings.w) return
    const {key} = open.call
    if (this.#made.get(key) === open.object) this.#made.delete(key)
    this.#settle(id, {type: 'ok', value: open.result})
  }

  /** Owners have not answered: nodes further along the ring stand in. */
  #hedge(id: number, open: Open): void {
    const heard = open.phase === 'reading' ? open.answers : open.copies
    const {env} = this.#server
    for (const owner of this.#server.owners(open.call.key)) {
      if (owner !== env.id && !heard.has(owner)) this.#hearing.missed(owner)
    }
    if (open.hedged || !this.#server.sloppy) return
    open.hedged = true
    const standIns = this.#server.ring.walk(open.call.key).slice(this.#server.settings.n)
    if (open.phase === 'reading') this.#ask(id, open, standIns)
    else this.#spread(id, open, standIns)
  }

  #settle(id: number, answer: {readonly type: string; readonly value?: Json; readonly error?: string}): void {
    const open = this.#open.get(id)
    if (open === undefined) return
    this.#open.delete(id)
    const {env} = this.#server
    env.cancelTimer(`hedge ${id}`)
    env.cancelTimer(`end ${id}`)
    env.reply(open.call.request, {...answer, call: open.call.call})
  }

  #remember(key: string, object: CausalObject): void {
    this.#made.delete(key)
    this.#made.set(key, object)
    const [eldest] = this.#made.keys()
    if (this.#made.size > REMEMBERED) this.#made.delete(eldest as string)
  }
}

function distinct(values: readonly Json[]): Json[] {
  return [...new Set(values)]
}
