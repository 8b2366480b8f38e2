/** Generators that end another one, or start it again. */
import type {Context, Generator, GeneratorEvent, Step, Thread} from '../generator.ts'
import type {ProcessId} from '../op.ts'
import {around, lift, pending, type Source, withNext} from './source.ts'

/** At most this many operations. */
export function limit(operations: number, source: Source): Generator {
  return new Limited(operations, lift(source))
}

/** One operation. */
export function once(source: Source): Generator {
  return limit(1, source)
}

/** The source's next operation again and again, `times` times or for ever. The source itself never moves on. */
export function repeat(source: Source, times = Number.POSITIVE_INFINITY): Generator {
  return new Repeated(times, lift(source))
}

/** Starts the source afresh whenever it is exhausted, `times` rounds in all or for ever. */
export function cycle(source: Source, times = Number.POSITIVE_INFINITY): Generator {
  const fresh = lift(source)
  return new Cycled(times, fresh, fresh, false)
}

/** Ends `limitMs` after it was first asked (in Jepsen: after its first operation). */
export function timeLimit(limitMs: number, source: Source): Generator {
  return new TimeLimited(limitMs * 1e6, undefined, lift(source))
}

/**
 * Ends before more than `processes` distinct client processes could have been used; processes change when operations end
 * as *info*, so this bounds how many of those there may be.
 */
export function processLimit(processes: number, source: Source): Generator {
  return new ProcessLimited(processes, new Set(), lift(source))
}

/** Ends as soon as one of the source's operations was ok. */
export function untilOk(source: Source): Generator {
  return new UntilOk(lift(source), new Set(), false)
}

class Limited implements Generator {
  readonly #left: number
  readonly #inner: Generator

  constructor(left: number, inner: Generator) {
    this.#left = left
    this.#inner = inner
  }

  next(context: Context): Step {
    if (this.#left <= 0) return undefined
    const step = this.#inner.next(context)
    const left = step?.kind === 'op' ? this.#left - 1 : this.#left
    return around(step, (next) => new Limited(left, next))
  }

  update(event: GeneratorEvent, context: Context): Generator {
    const inner = this.#inner.update(event, context)
    return inner === this.#inner ? this : new Limited(this.#left, inner)
  }
}

class Repeated implements Generator {
  readonly #left: number
  readonly #inner: Generator

  constructor(left: number, inner: Generator) {
    this.#left = left
    this.#inner = inner
  }

  next(context: Context): Step {
    if (this.#left <= 0) return undefined
    const step = this.#inner.next(context)
    if (step?.kind === 'op') return {kind: 'op', op: step.op, next: new Repeated(this.#left - 1, this.#inner)}
    return around(step, (next) => new Repeated(this.#left, next))
  }

  update(event: GeneratorEvent, context: Context): Generator {
    const inner = this.#inner.update(event, context)
    return inner === this.#inner ? this : new Repeated(this.#left, inner)
  }
}

class Cycled implements Generator {
  readonly #rounds: number
  readonly #fresh: Generator
  readonly #inner: Generator
  /** Whether this round had an operation: an empty source must not be started for ever. */
  readonly #alive: boolean

  constructor(rounds: number, fresh: Generator, inner: Generator, alive: boolean) {
    this.#rounds = rounds
    this.#fresh = fresh
    this.#inner = inner
    this.#alive = alive
  }

  next(context: Context): Step {
    if (this.#rounds <= 0) return undefined
    let rounds = this.#rounds
    let inner = this.#inner
    let alive = this.#alive
    let step = inner.next(context)
    if (step === undefined) {
      if (!alive || --rounds <= 0) return undefined
      inner = this.#fresh
      alive = false
      step = inner.next(context)
      if (step === undefined) return undefined
    }
    // Waiting counts too: a round may consist of a sleep alone.
    return withNext(step, inner, context, (next) => new Cycled(rounds, this.#fresh, next, true))
  }

  update(event: GeneratorEvent, context: Context): Generator {
    const inner = this.#inner.update(event, context)
    return inner === this.#inner ? this : new Cycled(this.#rounds, this.#fresh, inner, this.#alive)
  }
}

class TimeLimited implements Generator {
  readonly #limitNs: number
  readonly #endNs: number | undefined
  readonly #inner: Generator

  constructor(limitNs: number, endNs: number | undefined, inner: Generator) {
    this.#limitNs = limitNs
    this.#endNs = endNs
    this.#inner = inner
  }

  next(context: Context): Step {
    const endNs = this.#endNs ?? context.timeNs + this.#limitNs
    if (context.timeNs >= endNs) return undefined
    const inner = this.#inner
    const step = inner.next(context)
    if (step === undefined) return undefined
    const limited = (next: Generator) => new TimeLimited(this.#limitNs, endNs, next)
    if (step.kind === 'pending') return pending(Math.min(endNs, step.untilNs ?? endNs), limited(step.next ?? inner))
    // What is not due yet is not taken yet, and the time that runs must not start anew because of that.
    if (step.op.atNs > context.timeNs) return pending(Math.min(endNs, step.op.atNs), limited(inner))
    return {kind: 'op', op: step.op, next: limited(step.next)}
  }

  update(event: GeneratorEvent, context: Context): Generator {
    const inner = this.#inner.update(event, context)
    return inner === this.#inner ? this : new TimeLimited(this.#limitNs, this.#endNs, inner)
  }
}

class ProcessLimited implements Generator {
  readonly #limit: number
  readonly #seen: ReadonlySet<ProcessId>
  readonly #inner: Generator

  constructor(limit: number, seen: ReadonlySet<ProcessId>, inner: Generator) {
    this.#limit = limit
    this.#seen = seen
    this.#inner = inner
  }

  next(context: Context): Step {
    let seen = this.#seen
    for (const thread of context.threads) {
      const process = context.processOf(thread)
      if (typeof process !== 'number' || seen.has(process)) continue
      seen = new Set(seen).add(process)
    }
    if (seen.size > this.#limit) return undefined
    const step = this.#inner.next(context)
    return step && withNext(step, this.#inner, context, (next) => new ProcessLimited(this.#limit, seen, next))
  }

  update(event: GeneratorEvent, context: Context): Generator {
    const inner = this.#inner.update(event, context)
    return inner === this.#inner ? this : new ProcessLimited(this.#limit, this.#seen, inner)
  }
}

class UntilOk implements Generator {
  readonly #inner: Generator
  /** Threads that are busy with an operation of ours: others' successes do not count. */
  readonly #ours: ReadonlySet<Thread>
  readonly #done: boolean

  constructor(inner: Generator, ours: ReadonlySet<Thread>, done: boolean) {
    this.#inner = inner
    this.#ours = ours
    this.#done = done
  }

  next(context: Context): Step {
    if (this.#done) return undefined
    const step = this.#inner.next(context)
    const ours = step?.kind === 'op' ? new Set(this.#ours).add(step.op.thread) : this.#ours
    return around(step, (next) => new UntilOk(next, ours, false))
  }

  update(event: GeneratorEvent, context: Context): Generator {
    const inner = this.#inner.update(event, context)
    if (event.kind === 'completed' && this.#ours.has(event.thread)) {
      const ours = new Set(this.#ours)
      ours.delete(event.thread)
      return new UntilOk(inner, ours, this.#done || event.outcome.type === 'ok')
    }
    return inner === this.#inner ? this : new UntilOk(inner, this.#ours, this.#done)
  }
}
