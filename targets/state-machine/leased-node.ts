/**
 * A node of a replicated store that keeps time for its locks as well: while it leads, it takes locks away whose lease has run
 * out (`leases.ts`), through the log, so that all agree. Wrapped around a node under the `lock` workload only: others have no
 * locks to keep.
 */
import type {Env, Message, Node, NodeId, RequestId} from '../../core/node.ts'
import type {TargetOptions} from '../../core/target.ts'
import {Leases} from './leases.ts'
import type {Locks} from './locks.ts'
import {settingsFrom} from './settings.ts'

/** What may be changed with `--target-arg name=value`. */
export const LEASES = {
  /** How often a leader looks at the leases, ms. */
  leaseTickMs: 40,
  /** What a leader waits on top of a lease before it takes the lock away, ms: for its clock may run faster than the holder's. */
  leaseMarginMs: 40,
}

const TIMER = 'leases'

/** The store that is kept time for. */
export interface LeasedStore {
  readonly node: Node
  readonly locks: () => Locks
  /** Puts the end of a lease into the log; undefined while this node does not lead. */
  readonly expire: () => ((key: string, token: number) => void) | undefined
}

export class LeasedNode implements Node {
  readonly #env: Env
  readonly #store: LeasedStore
  readonly #tickMs: number
  readonly #leases: Leases
  /** Bug `failover-frees-locks`: a new leader has heard of no holder, and takes that for there being none. */
  readonly #forgetful: boolean
  #led = false

  constructor(env: Env, {args, bugs}: TargetOptions, store: LeasedStore) {
    const settings = settingsFrom(LEASES, args)
    this.#env = env
    this.#store = store
    this.#tickMs = settings.leaseTickMs
    this.#leases = new Leases(settings)
    this.#forgetful = bugs.includes('failover-frees-locks')
  }

  start(): void {
    this.#store.node.start()
    this.#env.setTimer(TIMER, this.#tickMs)
  }

  message(from: NodeId, message: Message): void {
    this.#store.node.message(from, message)
  }

  timer(name: string): void {
    if (name !== TIMER) {
      this.#store.node.timer(name)
      return
    }
    this.#env.setTimer(TIMER, this.#tickMs)
    const expire = this.#store.expire()
    const took = expire !== undefined && !this.#led
    this.#led = expire !== undefined
    if (expire === undefined) {
      this.#leases.forget()
      return
    }
    const locks = this.#store.locks()
    if (took && this.#forgetful) for (const [key, {token}] of locks.held()) expire(key, token)
    for (const {key, token} of this.#leases.tick(locks)) {
      this.#env.event({type: 'lease-over', key, token})
      expire(key, token)
    }
  }

  request(request: RequestId, message: Message): void {
    if (message['f'] === 'use') this.#leases.heard(String(message['key']), Number(message['value']))
    this.#store.node.request(request, message)
  }
}

/** The bug as every target with leases has it. A failover must be over before leases are; many locks are held when it comes. */
export const FORGETFUL = {
  name: 'failover-frees-locks',
  change: 'leased-node.ts: a new leader frees every lock, since nobody has told it that it is held',
  source:
    'locks that live in the memory of whoever leads: a failover hands them out again (Burrows, "Chubby", OSDI 2006, section 2.9, has a grace period for it)',
  workload: 'lock',
  nemesis: ['kill:leader'],
  anomalies: ['overlapping-holders'],
  // A client that still waits for the dead leader asks for the lock when its lease is over anyway: clients lose patience soon.
  options: {
    interval: '2s',
    keys: 8,
    concurrency: '8n',
    rate: '400/s',
    attemptMs: 100,
    backoffMs: 10,
    time: '60s',
    heal: '3s',
  },
  budget: {simulatedS: 60, realS: 120},
} as const
