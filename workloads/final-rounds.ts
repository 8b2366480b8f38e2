/**
 * Final reads of things that are taken rather than looked at: queues, logs, inboxes. A thread asks again and again, and has
 * everything once several rounds in a row brought nothing, with some time between them for what is still on its way.
 */
import type {Context, Generator, GeneratorEvent, Invocation, Step, Thread} from '../core/generator.ts'
import {onThreads} from '../core/generators.ts'
import {pauseMs} from './final-reads.ts'

export interface FinalRounds {
  /** How many client threads take part, each on its own. */
  readonly threads: number
  /** What a process has to do before it can ask; done again by the process that follows one whose outcome was unknown. */
  readonly first?: (thread: number) => Invocation
  /** One round of questions of a thread; each is repeated for as long as it brings something. */
  readonly round: (thread: number) => readonly Invocation[]
  /** Whether this answer brought nothing. */
  readonly isEmpty: (value: unknown) => boolean
  /** Rounds in a row that must bring nothing; 4 by default. */
  readonly quietRounds?: number
  /** Time between two rounds that brought nothing, ms; 500 by default. */
  readonly pauseMs?: number
  /** A thread of which nothing has succeeded for so long gives up, ms; half a minute by default. */
  readonly patienceMs?: number
}

/** What was refused is not asked again before this, ms. */
const REFUSED_PAUSE_MS = 100

/** Null, nothing, an empty list, or a map of empty lists. */
export function isEmptyAnswer(value: unknown): boolean {
  if (value === null || value === undefined) return true
  if (Array.isArray(value)) return value.length === 0
  return typeof value === 'object' && Object.values(value).every(isEmptyAnswer)
}

/** All threads together; ends when each of them has come to an end. */
export function finalRounds(plan: FinalRounds): Generator {
  const count = plan.threads
  return onThreads((thread) => typeof thread === 'number' && thread < count, new Rounds(plan, new Map()))
}

/** Where one thread is. */
interface Place {
  readonly begun: boolean
  /** Position in the round. */
  readonly at: number
  /** Whether this round has brought nothing so far. */
  readonly quiet: boolean
  readonly quietRounds: number
  readonly failures: number
  /** Since when nothing has succeeded. */
  readonly failingSinceNs?: number
  readonly notBeforeNs: number
  readonly gaveUp: boolean
}

const START: Place = {
  begun: false,
  at: 0,
  quiet: true,
  quietRounds: 0,
  failures: 0,
  notBeforeNs: 0,
  gaveUp: false,
}

class Rounds implements Generator {
  readonly #plan: FinalRounds
  readonly #places: ReadonlyMap<Thread, Place>

  constructor(plan: FinalRounds, places: ReadonlyMap<Thread, Place>) {
    this.#plan = plan
    this.#places = places
  }

  next(context: Context): Step {
    let soonestNs = Number.POSITIVE_INFINITY
    for (const thread of context.free) {
      const place = this.#place(thread)
      if (this.#ended(place)) continue
      if (place.notBeforeNs > context.timeNs) {
        soonestNs = Math.min(soonestNs, place.notBeforeNs)
        continue
      }
      const {first, round} = this.#plan
      const asked = !place.begun && first ? first(thread as number) : round(thread as number)[place.at]
      if (asked === undefined) continue
      return {kind: 'op', op: {...asked, thread, atNs: context.timeNs, pinned: true}, next: this}
    }
    const busy = context.free.length < context.threads.length
    if (!busy && soonestNs === Number.POSITIVE_INFINITY) return undefined
    return soonestNs === Number.POSITIVE_INFINITY ? {kind: 'pending'} : {kind: 'pending', untilNs: soonestNs}
  }

  update(event: GeneratorEvent, _context: Context): Generator {
    if (event.kind !== 'completed' || typeof event.thread !== 'number') return this
    const next = this.#after(this.#place(event.thread), event)
    return new Rounds(this.#plan, new Map(this.#places).set(event.thread, next))
  }

  #after(place: Place, {thread, outcome, timeNs}: GeneratorEvent & {readonly kind: 'completed'}): Place {
    const {first, round, isEmpty, pauseMs: betweenMs = 500, patienceMs = 30_000} = this.#plan
    if (outcome.type !== 'ok') {
      const failingSinceNs = place.failingSinceNs ?? timeNs
      const failures = place.failures + 1
      const gaveUp = timeNs - failingSinceNs >= patienceMs * 1e6
      const leastMs = outcome.type === 'info' ? 0 : REFUSED_PAUSE_MS
      const notBeforeNs = timeNs + Math.max(leastMs, pauseMs(failures)) * 1e6
      const failing = {failures, failingSinceNs, gaveUp, notBeforeNs}
      if (outcome.type === 'info') return {...START, ...failing}
      return {...place, ...failing, quietRounds: 0}
    }
    const {failingSinceNs: _, ...before} = place
    if (!before.begun && first) return {...before, begun: true, failures: 0}
    if (!isEmpty(outcome.value)) return {...before, failures: 0, quiet: false, quietRounds: 0}
    const at = place.at + 1
    if (at < round(thread as number).length) return {...before, at, failures: 0}
    const quietRounds = before.quiet ? before.quietRounds + 1 : 0
    const notBeforeNs = timeNs + betweenMs * 1e6
    return {...before, at: 0, quiet: true, quietRounds, failures: 0, notBeforeNs}
  }

  #place(thread: Thread): Place {
    return this.#places.get(thread) ?? START
  }

  #ended({quietRounds, gaveUp}: Place): boolean {
    return gaveUp || quietRounds >= (this.#plan.quietRounds ?? 4)
  }
}
