/**
 * Where operations come from: plain values that are lifted into generators. As in Jepsen, an invocation is a generator of
 * one operation, a list is its parts in turn, and a function is asked for more whenever what it gave before is used up.
 */
import type {Context, Generator, GeneratorEvent, Invocation, Step, Thread} from '../generator.ts'

/** Anything that can be used as a generator. */
export type Source = Generator | Invocation | readonly Source[] | ((context: Context) => Source | undefined)

/** The generator that a source stands for. */
export function lift(source: Source): Generator {
  if (typeof source === 'function') return new Asked(source, undefined)
  if (Array.isArray(source)) return new Sequence(source as readonly Source[], 0, undefined)
  if ('next' in source) return source
  return new One(source as Invocation)
}

/** These one after the other, each until it is exhausted. Does not wait for operations to end in between: see `phases`. */
export function sequence(...sources: readonly Source[]): Generator {
  return lift(sources)
}

/**
 * Asks `f` for more whenever what it gave before is exhausted; ends when it answers undefined. `f` may be asked again
 * without its last answer having been used, so it must not count in variables of its own: that is what `unfold` is for.
 */
export function fn(f: (context: Context) => Source | undefined): Generator {
  return lift(f)
}

/** Like `fn`, with a state: `step` answers what to do and the state for the next question, or undefined at the end. */
export function unfold<S>(state: S, step: (state: S, context: Context) => readonly [Source, S] | undefined): Generator {
  return new Unfold(state, step, undefined)
}

/** Nothing at all. */
export const nothing: Generator = {
  next: () => undefined,
  update: () => nothing,
}

/** Whether a context has nobody that could ever run anything. */
export function deserted(context: Context): boolean {
  return context.threads.length === 0
}

/** Whether it is a single invocation that names neither a thread nor a time. */
function isPlain(source: Source): source is Invocation {
  const {f, thread, atNs, next} = source as Partial<Invocation & Generator>
  return typeof f === 'string' && next === undefined && thread === undefined && atNs === undefined
}

class One implements Generator {
  readonly #invocation: Invocation

  constructor(invocation: Invocation) {
    this.#invocation = invocation
  }

  next(context: Context): Step {
    const invocation = this.#invocation
    let thread: Thread | undefined = invocation.thread
    if (thread === undefined) {
      if (context.free.length === 0) return deserted(context) ? undefined : {kind: 'pending'}
      thread = context.free[0]!
    } else if (!context.free.includes(thread)) {
      return context.threads.includes(thread) ? {kind: 'pending'} : undefined
    }
    const atNs = invocation.atNs === undefined ? context.timeNs : Math.max(invocation.atNs, context.timeNs)
    const pinned = invocation.thread !== undefined
    return {kind: 'op', op: dispatched(invocation, thread, atNs, pinned), next: nothing}
  }

  update(): Generator {
    return this
  }
}

type Dispatched = NonNullable<Extract<Step, {kind: 'op'}>>['op']

/** An invocation with its thread and time. Written out field by field: copying by spread is the slowest part of a plan. */
export function dispatched(invocation: Invocation, thread: Thread, atNs: number, pinned?: boolean): Dispatched {
  const op: {-readonly [K in keyof Dispatched]: Dispatched[K]} = {f: invocation.f, thread, atNs}
  if (invocation.key !== undefined) op.key = invocation.key
  if (invocation.value !== undefined) op.value = invocation.value
  if (invocation.final !== undefined) op.final = invocation.final
  if (invocation.dueNs !== undefined) op.dueNs = invocation.dueNs
  if (pinned === true) op.pinned = pinned
  return op
}

class Sequence implements Generator {
  readonly #sources: readonly Source[]
  readonly #index: number
  /** The present state of `sources[index]`, once it has one. */
  readonly #current: Generator | undefined

  constructor(sources: readonly Source[], index: number, current: Generator | undefined) {
    this.#sources = sources
    this.#index = index
    this.#current = current
  }

  next(context: Context): Step {
    const sources = this.#sources
    let current = this.#current
    for (let i = this.#index; i < sources.length; i++) {
      current ??= lift(sources[i]!)
      const step = current.next(context)
      if (step !== undefined) return withNext(step, current, context, (next) => new Sequence(sources, i, next))
      current = undefined
    }
    return undefined
  }

  update(event: GeneratorEvent, context: Context): Generator {
    const current = this.#current
    const updated = current?.update(event, context)
    return updated === current ? this : new Sequence(this.#sources, this.#index, updated)
  }
}

class Asked implements Generator {
  readonly #f: (context: Context) => Source | undefined
  readonly #current: Generator | undefined

  constructor(f: (context: Context) => Source | undefined, current: Generator | undefined) {
    this.#f = f
    this.#current = current
  }

  next(context: Context): Step {
    let current = this.#current
    // Nobody to ask for: asking would only draw from the random stream in vain.
    if (current === undefined && context.free.length === 0) return deserted(context) ? undefined : {kind: 'pending'}
    for (;;) {
      if (current === undefined) {
        const source = this.#f(context)
        if (source === undefined) return undefined
        current = lift(source)
      }
      const step = current.next(context)
      if (step !== undefined) {
        return withNext(step, current, context, (next) => new Asked(this.#f, next === nothing ? undefined : next))
      }
      current = undefined
    }
  }

  update(event: GeneratorEvent, context: Context): Generator {
    const current = this.#current
    const updated = current?.update(event, context)
    return updated === current ? this : new Asked(this.#f, updated)
  }
}

class Unfold<S> implements Generator {
  readonly #state: S
  readonly #step: (state: S, context: Context) => readonly [Source, S] | undefined
  readonly #current: Generator | undefined

  constructor(
    state: S,
    step: (state: S, context: Context) => readonly [Source, S] | undefined,
    current: Generator | undefined,
  ) {
    this.#state = state
    this.#step = step
    this.#current = current
  }

  next(context: Context): Step {
    let current = this.#current
    let state = this.#state
    if (current === undefined && context.free.length === 0) return deserted(context) ? undefined : {kind: 'pending'}
    for (;;) {
      if (current === undefined) {
        const more = this.#step(state, context)
        if (more === undefined) return undefined
        const [source] = more
        state = more[1]
        // What nearly every plan is made of: an invocation that anybody may run at once. It needs no generator of its own.
        if (isPlain(source) && context.free.length > 0) {
          const op = dispatched(source, context.free[0]!, context.timeNs)
          return {kind: 'op', op, next: new Unfold(state, this.#step, undefined)}
        }
        current = lift(source)
      }
      const step = current.next(context)
      if (step !== undefined) {
        return withNext(
          step,
          current,
          context,
          (next) => new Unfold(state, this.#step, next === nothing ? undefined : next),
        )
      }
      current = undefined
    }
  }

  update(event: GeneratorEvent, context: Context): Generator {
    const current = this.#current
    const updated = current?.update(event, context)
    return updated === current ? this : new Unfold(this.#state, this.#step, updated)
  }
}

/**
 * A step of an inner generator as the step of the one around it. `wrap` makes the outer generator from the inner one's
 * next state, which is `inner` itself where it did not change.
 *
 * To come to this step the outer generator may have changed: asked a function, dropped operations, begun a round. An
 * operation that is not due yet is not taken, and with it all of that would be forgotten and happen again at every
 * question, with other draws and later times. So the step is then to wait, with what was reached as the next state.
 */
export function withNext(
  step: NonNullable<Step>,
  inner: Generator,
  context: Context,
  wrap: (next: Generator) => Generator,
): Step {
  if (step.kind === 'pending') return pending(step.untilNs, wrap(step.next ?? inner))
  if (step.op.atNs > context.timeNs) return pending(step.op.atNs, wrap(inner))
  return {kind: 'op', op: step.op, next: wrap(step.next)}
}

/** The same for a generator that has no state but the inner one's, and so nothing to forget. */
export function around(step: Step, wrap: (next: Generator) => Generator): Step {
  if (step === undefined || (step.kind === 'pending' && step.next === undefined)) return step
  if (step.kind === 'op') return {kind: 'op', op: step.op, next: wrap(step.next)}
  return pending(step.untilNs, wrap(step.next!))
}

/** Nothing until `untilNs` (undefined or Infinity: until something happens); go on with `next`. */
export function pending(untilNs: number | undefined, next: Generator): Step {
  if (untilNs === undefined || untilNs === Number.POSITIVE_INFINITY) return {kind: 'pending', next}
  return {kind: 'pending', untilNs, next}
}
