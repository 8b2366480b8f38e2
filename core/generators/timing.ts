/** Generators that say when. */
import type {Context, Generator, GeneratorEvent, Step} from '../generator.ts'
import {around, dispatched, lift, pending, type Source} from './source.ts'

/**
 * One operation every `meanMs` on average, over all threads together: gaps are drawn evenly from 0 to twice that.
 * An operation that comes late moves those after it; there is no catching up.
 */
export function stagger(meanMs: number, source: Source): Generator {
  return new Spaced((context) => context.random.next() * 2 * meanMs * 1e6, undefined, lift(source))
}

/** One operation every `gapMs`, over all threads together. */
export function delay(gapMs: number, source: Source): Generator {
  return new Spaced(() => gapMs * 1e6, undefined, lift(source))
}

/** No operation for this long; then exhausted. For sequences. */
export function sleep(durationMs: number): Generator {
  return new Sleep(durationMs * 1e6, undefined)
}

/**
 * Turns: each source has the floor for its time, round and round, and keeps its state while the others have theirs:
 * `cycleTimes([5000, writes], [1000, reads])`. Ends when the source that has the floor is exhausted.
 */
export function cycleTimes(...turns: readonly (readonly [turnMs: number, source: Source])[]): Generator {
  const lengthsNs = turns.map(([turnMs]) => turnMs * 1e6)
  if (!lengthsNs.some((lengthNs) => lengthNs > 0)) throw new RangeError('cycleTimes wants a turn longer than 0 ms')
  return new Turns(
    lengthsNs,
    undefined,
    turns.map(([, source]) => lift(source)),
  )
}

class Spaced implements Generator {
  readonly #gapNs: (context: Context) => number
  readonly #nextNs: number | undefined
  readonly #inner: Generator

  constructor(gapNs: (context: Context) => number, nextNs: number | undefined, inner: Generator) {
    this.#gapNs = gapNs
    this.#nextNs = nextNs
    this.#inner = inner
  }

  next(context: Context): Step {
    const step = this.#inner.next(context)
    if (step?.kind !== 'op') return around(step, (next) => new Spaced(this.#gapNs, this.#nextNs, next))
    const atNs = Math.max(step.op.atNs, this.#nextNs ?? context.timeNs)
    const nextNs = atNs + Math.round(this.#gapNs(context))
    return {
      kind: 'op',
      op: dispatched(step.op, step.op.thread, atNs, step.op.pinned),
      next: new Spaced(this.#gapNs, nextNs, step.next),
    }
  }

  update(event: GeneratorEvent, context: Context): Generator {
    const inner = this.#inner.update(event, context)
    return inner === this.#inner ? this : new Spaced(this.#gapNs, this.#nextNs, inner)
  }
}

class Sleep implements Generator {
  readonly #durationNs: number
  readonly #untilNs: number | undefined

  constructor(durationNs: number, untilNs: number | undefined) {
    this.#durationNs = durationNs
    this.#untilNs = untilNs
  }

  next(context: Context): Step {
    const untilNs = this.#untilNs ?? context.timeNs + this.#durationNs
    if (context.timeNs >= untilNs) return undefined
    return {kind: 'pending', untilNs, next: new Sleep(this.#durationNs, untilNs)}
  }

  update(): Generator {
    return this
  }
}

class Turns implements Generator {
  readonly #lengthsNs: readonly number[]
  readonly #startNs: number | undefined
  readonly #inners: readonly Generator[]

  constructor(lengthsNs: readonly number[], startNs: number | undefined, inners: readonly Generator[]) {
    this.#lengthsNs = lengthsNs
    this.#startNs = startNs
    this.#inners = inners
  }

  next(context: Context): Step {
    const startNs = this.#startNs ?? context.timeNs
    const [turn, endNs] = this.#turnAt(context.timeNs, startNs)
    const inner = this.#inners[turn]!
    const step = inner.next(context)
    if (step === undefined) return undefined
    if (step.kind === 'pending') {
      return pending(Math.min(endNs, step.untilNs ?? endNs), this.#with(turn, step.next ?? inner, startNs))
    }
    // What its turn is too short for waits for a later turn, and what is not due yet must not set the start anew.
    if (step.op.atNs > context.timeNs) {
      return pending(Math.min(endNs, step.op.atNs), this.#with(turn, inner, startNs))
    }
    return {kind: 'op', op: step.op, next: this.#with(turn, step.next, startNs)}
  }

  update(event: GeneratorEvent, context: Context): Generator {
    const inners = this.#inners.map((inner) => inner.update(event, context))
    if (inners.every((inner, i) => inner === this.#inners[i])) return this
    return new Turns(this.#lengthsNs, this.#startNs, inners)
  }

  /** Whose turn it is and when that ends. */
  #turnAt(timeNs: number, startNs: number): [turn: number, endNs: number] {
    const periodNs = this.#lengthsNs.reduce((sum, lengthNs) => sum + lengthNs, 0)
    let endNs = startNs + Math.floor((timeNs - startNs) / periodNs) * periodNs
    for (let turn = 0; turn < this.#lengthsNs.length; turn++) {
      endNs += this.#lengthsNs[turn]!
      if (timeNs < endNs) return [turn, endNs]
    }
    return [0, endNs + this.#lengthsNs[0]!]
  }

  #with(turn: number, inner: Generator, startNs: number): Generator {
    return new Turns(this.#lengthsNs, startNs, this.#inners.with(turn, inner))
  }
}
