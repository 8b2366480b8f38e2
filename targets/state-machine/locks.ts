/**
 * Locks, and the resource that each protects. Every grant carries a fencing token, greater than all before; the resource
 * refuses a token that is smaller than one it has seen (Burrows, "The Chubby lock service", OSDI 2006, section 2.4, calls
 * them sequencers; Kleppmann, "How to do distributed locking", 2016).
 *
 * There is no time in a state machine, so nothing expires here: whoever keeps time asks for `expire`.
 */
import type {Json} from '../../core/node.ts'
import type {Answer} from './command.ts'

/** One lock: who holds it, the latest token given out, the greatest that the resource has accepted. */
export type Lock = {
  readonly holder: number | null
  readonly token: number
  readonly used: number
  /** How long the holder asked to hold it, ms. */
  readonly leaseMs: number
  /** When that ends by the clock of the node that was asked; only of use where clocks can be trusted. */
  readonly untilMs: number
}

const FREE: Lock = {holder: null, token: 0, used: 0, leaseMs: 0, untilMs: 0}

export type LocksSnapshot = readonly (readonly [string, Lock])[]

export interface LocksOptions {
  /** False has the resource accept any token: a bug, for targets that want to have it. */
  readonly fencing?: boolean
}

export class Locks {
  readonly #fencing: boolean
  #locks = new Map<string, Lock>()

  constructor({fencing = true}: LocksOptions = {}) {
    this.#fencing = fencing
  }

  /** For `acquire` the value is a lease in ms and the answer a token; for the others the value is a token. */
  perform(f: string, name: string, value: Json, session: number): Answer {
    const lock = this.#locks.get(name) ?? FREE
    switch (f) {
      case 'acquire': {
        if (lock.holder !== null) return {type: 'failed', error: 'held'}
        const token = lock.token + 1
        const {leaseMs, untilMs} = leaseOf(value)
        this.#locks.set(name, {...lock, holder: session, token, leaseMs, untilMs})
        return {type: 'ok', value: token}
      }
      case 'use':
        if (typeof value !== 'number') return {type: 'failed', error: 'use wants a token'}
        if (this.#fencing && value < lock.used) return {type: 'failed', error: 'stale token'}
        this.#locks.set(name, {...lock, used: Math.max(lock.used, value)})
        return {type: 'ok', value}
      case 'release':
      case 'expire':
        if (lock.holder === null || lock.token !== value) return {type: 'failed', error: 'not held'}
        this.#locks.set(name, {...lock, holder: null})
        return {type: 'ok', value}
      default:
        return {type: 'failed', error: `unknown function ${f}`}
    }
  }

  /** Every lock that is held. */
  held(): readonly (readonly [string, Lock])[] {
    return [...this.#locks].filter(([, {holder}]) => holder !== null)
  }

  find(name: string): Lock | undefined {
    return this.#locks.get(name)
  }

  snapshot(): LocksSnapshot {
    return [...this.#locks]
  }

  restore(snapshot: LocksSnapshot): void {
    this.#locks = new Map(snapshot)
  }
}

/** What `acquire` asks for: a length in ms, or that with the time at which it ends. */
function leaseOf(value: Json): {leaseMs: number; untilMs: number} {
  if (typeof value === 'number') return {leaseMs: value, untilMs: 0}
  const {leaseMs, untilMs} = (value ?? {}) as {leaseMs?: Json; untilMs?: Json}
  return {leaseMs: Number(leaseMs ?? 0), untilMs: Number(untilMs ?? 0)}
}
