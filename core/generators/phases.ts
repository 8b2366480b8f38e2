/** Generators that wait for everybody. */
import type {Context, Generator, GeneratorEvent, Step} from '../generator.ts'
import {lift, pending, type Source, sequence} from './source.ts'

/** Starts once every thread is idle. */
export function synchronize(source: Source): Generator {
  return new Synchronized(lift(source))
}

/** One after the other, each once every operation of those before it has ended. */
export function phases(...sources: readonly Source[]): Generator {
  return sequence(...sources.map(synchronize))
}

/**
 * The first, and once it has ended with everything it started, the second. Jepsen's `then`; a module that exported that
 * name would be taken for a promise by whoever imports it dynamically.
 */
export function andThen(first: Source, second: Source): Generator {
  return sequence(first, synchronize(second))
}

class Synchronized implements Generator {
  readonly #inner: Generator

  constructor(inner: Generator) {
    this.#inner = inner
  }

  next(context: Context): Step {
    if (context.free.length < context.threads.length) return {kind: 'pending'}
    const step = this.#inner.next(context)
    // Once started it is on its own: it does not wait for everybody a second time.
    return step?.kind === 'pending' ? pending(step.untilNs, step.next ?? this.#inner) : step
  }

  update(event: GeneratorEvent, context: Context): Generator {
    const inner = this.#inner.update(event, context)
    return inner === this.#inner ? this : new Synchronized(inner)
  }
}
