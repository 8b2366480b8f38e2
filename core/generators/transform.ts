/** Generators that change or drop the operations of another. */
import type {Context, Generator, GeneratorEvent, Invocation, Step} from '../generator.ts'
import {around, lift, type Source, withNext} from './source.ts'

/** The same operations, each as `f` makes it. Thread and time stay as they are. */
export function map(f: (invocation: Invocation, context: Context) => Invocation, source: Source): Generator {
  return new Mapped(f, lift(source))
}

/** Only the operations that pass. Never comes back if the source goes on for ever and none of it passes. */
export function filter(keep: (invocation: Invocation) => boolean, source: Source): Generator {
  return new Filtered(keep, lift(source))
}

class Mapped implements Generator {
  readonly #f: (invocation: Invocation, context: Context) => Invocation
  readonly #inner: Generator

  constructor(f: (invocation: Invocation, context: Context) => Invocation, inner: Generator) {
    this.#f = f
    this.#inner = inner
  }

  next(context: Context): Step {
    const step = around(this.#inner.next(context), (next) => new Mapped(this.#f, next))
    if (step?.kind !== 'op') return step
    const {thread, atNs, pinned} = step.op
    const op = {...this.#f(step.op, context), thread, atNs}
    return {kind: 'op', op: pinned ? {...op, pinned} : op, next: step.next}
  }

  update(event: GeneratorEvent, context: Context): Generator {
    const inner = this.#inner.update(event, context)
    return inner === this.#inner ? this : new Mapped(this.#f, inner)
  }
}

class Filtered implements Generator {
  readonly #keep: (invocation: Invocation) => boolean
  readonly #inner: Generator

  constructor(keep: (invocation: Invocation) => boolean, inner: Generator) {
    this.#keep = keep
    this.#inner = inner
  }

  next(context: Context): Step {
    let inner = this.#inner
    for (;;) {
      const step = inner.next(context)
      if (step === undefined) return undefined
      if (step.kind === 'pending' || this.#keep(step.op)) {
        return withNext(step, inner, context, (next) => new Filtered(this.#keep, next))
      }
      inner = step.next
    }
  }

  update(event: GeneratorEvent, context: Context): Generator {
    const inner = this.#inner.update(event, context)
    return inner === this.#inner ? this : new Filtered(this.#keep, inner)
  }
}
