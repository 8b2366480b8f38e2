/**
 * A participant: it locks and executes, promises, and then has no say any more: it waits for the decision, and asks for it
 * when that takes long (Gray 1978). Whoever has promised and hears nothing is *in doubt* and keeps its locks: two-phase
 * commit blocks.
 */
import type {Json, NodeId} from '../../core/node.ts'
import {Locks, older} from './locks.ts'
import type {AskState, Decide, ParticipantState, Precommit, Prepare, State} from './messages.ts'
import {execute, reads} from './operations.ts'
import {type Prepared, Shard} from './shard.ts'
import type {Site} from './site.ts'
import {Termination} from './termination.ts'

export class Participant {
  readonly shard: Shard
  readonly #site: Site
  readonly #locks = new Locks()
  /** For younger transactions' locks, the oldest first. */
  #waiting: {readonly from: NodeId; readonly prepare: Prepare}[] = []
  /** Since when each promise has heard nothing, ms. */
  readonly #sinceMs = new Map<string, number>()
  /** Promises from before a crash: in three phases, these do not decide on their own. */
  readonly #recovered = new Set<string>()
  /** Promises that have waited for long: their locks block others. */
  readonly #doubts = new Set<string>()
  readonly #termination: Termination
  /** Bug `early-release`: what was there before. */
  readonly #before = new Map<string, Readonly<Record<string, Json | undefined>>>()

  constructor(site: Site) {
    this.#site = site
    this.shard = new Shard(site.env.disk)
    for (const prepared of this.shard.prepared.values()) {
      this.#locks.take(prepared, new Map(prepared.locks))
      this.#sinceMs.set(prepared.txn, site.env.now())
      this.#recovered.add(prepared.txn)
    }
    this.#termination = new Termination(site, (txn, commit) => this.#finish(txn, commit))
  }

  get open(): number {
    return this.shard.prepared.size
  }

  prepare(from: NodeId, prepare: Prepare): void {
    const {txn} = prepare
    if (this.shard.outcome(txn) !== undefined) return
    const promised = this.shard.prepared.get(txn)
    if (promised !== undefined) {
      this.#site.send(from, {type: 'vote', txn, no: null, results: promised.results})
      return
    }
    if (this.#waiting.some((waiting) => waiting.prepare.txn === txn)) return
    const locks = locksOf(prepare)
    const holders = this.#locks.conflicts(txn, locks)
    if (holders.length === 0) this.#execute(from, prepare, locks)
    else if (holders.every((holder) => older(prepare, holder))) {
      this.#waiting.push({from, prepare})
      this.#waiting.sort((left, right) => (older(left.prepare, right.prepare) ? -1 : 1))
    } else this.#site.send(from, {type: 'vote', txn, no: 'conflict', results: []})
  }

  #execute(from: NodeId, {txn, age, operations, participants}: Prepare, locks: ReadonlyMap<string, boolean>): void {
    const outcome = execute(operations, (key) => this.shard.read(key))
    if ('refused' in outcome) {
      this.#site.send(from, {type: 'vote', txn, no: outcome.refused, results: []})
      return
    }
    const {writes, results} = outcome
    const prepared: Prepared = {
      txn,
      age,
      coordinator: from,
      participants,
      writes,
      locks: [...locks],
      results,
      precommitted: false,
    }
    this.shard.promise(prepared)
    this.#sinceMs.set(txn, this.#site.env.now())
    // Bug `early-release`: what is promised can be seen and overwritten already.
    if (this.#site.has('early-release')) {
      this.#before.set(txn, Object.fromEntries(Object.keys(writes).map((key) => [key, this.shard.read(key)])))
      this.shard.overwrite(writes)
    } else this.#locks.take(prepared, locks)
    this.#site.send(from, {type: 'vote', txn, no: null, results})
  }

  precommit(from: NodeId, {txn}: Precommit): void {
    const prepared = this.shard.prepared.get(txn)
    if (prepared === undefined && this.shard.outcome(txn) !== true) return
    if (prepared !== undefined && !prepared.precommitted) {
      this.shard.promise({...prepared, precommitted: true})
      this.#sinceMs.set(txn, this.#site.env.now())
    }
    this.#site.send(from, {type: 'precommitted', txn})
  }

  decide(from: NodeId, {txn, commit}: Decide): void {
    this.#finish(txn, commit)
    this.#site.send(from, {type: 'done', txn})
  }

  #finish(txn: string, commit: boolean): void {
    if (this.shard.outcome(txn) !== undefined) return
    this.#waiting = this.#waiting.filter(({prepare}) => prepare.txn !== txn)
    const prepared = this.shard.prepared.get(txn)
    if (prepared === undefined) {
      // A copy of its prepare may still come.
      if (!commit) this.shard.decide(txn, false)
      return
    }
    const before = this.#before.get(txn)
    if (before !== undefined && !commit) this.shard.overwrite(before)
    // With early release the values are there already, and others may have written since.
    const later = before === undefined || !commit ? undefined : this.#seen(prepared)
    this.shard.decide(txn, commit)
    if (later !== undefined) this.shard.overwrite(later)
    this.#before.delete(txn)
    this.#sinceMs.delete(txn)
    this.#recovered.delete(txn)
    if (this.#doubts.delete(txn)) this.#site.env.event({type: 'resolved', txn, commit})
    this.#locks.release(
      txn,
      prepared.locks.map(([key]) => key),
    )
    this.#admit()
  }

  #seen({writes}: Prepared): Record<string, Json | undefined> {
    return Object.fromEntries(Object.keys(writes).map((key) => [key, this.shard.read(key)]))
  }

  /** Those that waited try again; one that would have to wait for an older one now must die. */
  #admit(): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const {from, prepare} of waiting) this.prepare(from, prepare)
  }

  tick(): void {
    const {env, settings, mode} = this.#site
    for (const [txn, sinceMs] of this.#sinceMs) {
      if (env.now() - sinceMs < settings.doubtMs) continue
      const prepared = this.shard.prepared.get(txn) as Prepared
      if (!this.#doubts.has(txn)) {
        this.#doubts.add(txn)
        env.event({type: 'in-doubt', txn, to: prepared.coordinator})
      }
      // Bug `unilateral-abort`: tired of waiting.
      if (this.#site.has('unilateral-abort')) this.#finish(txn, false)
      else if (mode === '3pc') this.#termination.begin(prepared, this.#recovered.has(txn))
      else this.#site.send(prepared.coordinator, {type: 'inquire', txn})
    }
    this.#termination.tick()
  }

  askState(from: NodeId, {txn}: AskState): void {
    let state = this.#stateOf(txn)
    if (state === undefined) {
      // It has promised nothing, and from now on it will not.
      this.#finish(txn, false)
      state = 'aborted'
    }
    this.#site.send(from, {type: 'state', txn, state})
  }

  state(from: NodeId, message: State): void {
    this.#termination.state(from, message)
  }

  #stateOf(txn: string): ParticipantState | undefined {
    const outcome = this.shard.outcome(txn)
    if (outcome !== undefined) return outcome ? 'committed' : 'aborted'
    const prepared = this.shard.prepared.get(txn)
    if (prepared === undefined) return undefined
    return prepared.precommitted ? 'precommitted' : 'prepared'
  }
}

/** Keys with whether they are to be locked exclusively. */
function locksOf({operations}: Prepare): Map<string, boolean> {
  const locks = new Map<string, boolean>()
  for (const operation of operations) {
    locks.set(operation.key, (locks.get(operation.key) ?? false) || !reads(operation))
  }
  return locks
}
