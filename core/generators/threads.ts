/** Generators that say who. */
import type {Context, Generator, GeneratorEvent, Step, Thread} from '../generator.ts'
import type {Random} from '../random.ts'
import {any} from './choice.ts'
import {around, lift, pending, type Source} from './source.ts'

/** Only these threads; the source sees no others. */
export function onThreads(choose: (thread: Thread) => boolean, source: Source): Generator {
  return new Restricted((threads) => threads.filter(choose), lift(source))
}

/** Client threads for the first source and nemesis threads for the other, if there is one. */
export function clients(source: Source, nemesisSource?: Source): Generator {
  const ours = onThreads(isClient, source)
  return nemesisSource === undefined ? ours : any(ours, nemesis(nemesisSource))
}

/** Nemesis threads only: all of them, or the one of this name. */
export function nemesis(source: Source, name?: string): Generator {
  return onThreads((thread) => (name === undefined ? !isClient(thread) : thread === name), source)
}

/**
 * Client threads set apart: `reserve([[5, writes], [2, cas]], reads)` has the first five write, the next two cas and the
 * others read. Without `rest`, the others stay idle.
 */
export function reserve(parts: readonly (readonly [threads: number, source: Source])[], rest?: Source): Generator {
  let from = 0
  const sources: Generator[] = parts.map(([count, source]) => {
    const [low, high] = [from, (from += count)]
    return new Restricted((threads) => threads.filter(isClient).slice(low, high), lift(source))
  })
  if (rest !== undefined) {
    sources.push(new Restricted((threads) => threads.filter(isClient).slice(from), lift(rest)))
  }
  return any(...sources)
}

/** The source draws from this stream instead of the context's, so that what others draw does not shift it. */
export function drawingFrom(random: Random, source: Source): Generator {
  return new Drawing(random, lift(source))
}

/** Each thread runs the whole source on its own, as if it were alone. Its operations are bound to it. */
export function eachThread(source: Source): Generator {
  return new EachThread(lift(source), new Map())
}

export function isClient(thread: Thread): boolean {
  return typeof thread === 'number'
}

/** What is left of a context for some of its threads. */
export function narrowed(context: Context, threads: readonly Thread[], free: readonly Thread[]): Context {
  const {timeNs, random} = context
  return {timeNs, threads, free, random, processOf: (thread) => context.processOf(thread)}
}

/** A context of which only some threads are to be seen. Who is idle among them is worked out when somebody asks. */
class Part implements Context {
  readonly timeNs: number
  readonly threads: readonly Thread[]
  readonly random: Random
  readonly #whole: Context
  readonly #members: ReadonlySet<Thread>
  #free: readonly Thread[] | undefined

  constructor(whole: Context, threads: readonly Thread[], members: ReadonlySet<Thread>) {
    this.timeNs = whole.timeNs
    this.threads = threads
    this.random = whole.random
    this.#whole = whole
    this.#members = members
  }

  get free(): readonly Thread[] {
    this.#free ??= this.#whole.free.filter((thread) => this.#members.has(thread))
    return this.#free
  }

  processOf(thread: Thread) {
    return this.#whole.processOf(thread)
  }
}

/** Who may run a source: worked out once, because the threads of a context hardly ever change. */
interface Crew {
  readonly of: readonly Thread[]
  readonly threads: readonly Thread[]
  readonly members: ReadonlySet<Thread>
}

export class Restricted implements Generator {
  readonly #choose: (threads: readonly Thread[]) => readonly Thread[]
  readonly #inner: Generator
  #crew: Crew | undefined

  constructor(choose: (threads: readonly Thread[]) => readonly Thread[], inner: Generator, crew?: Crew) {
    this.#choose = choose
    this.#inner = inner
    this.#crew = crew
  }

  next(context: Context): Step {
    return around(this.#inner.next(this.#narrow(context)), (next) => new Restricted(this.#choose, next, this.#crew))
  }

  update(event: GeneratorEvent, context: Context): Generator {
    if (!this.#crewOf(context).members.has(event.thread)) return this
    const inner = this.#inner.update(event, this.#narrow(context))
    return inner === this.#inner ? this : new Restricted(this.#choose, inner, this.#crew)
  }

  #narrow(context: Context): Context {
    const {threads, members} = this.#crewOf(context)
    if (threads.length === context.threads.length) return context
    return new Part(context, threads, members)
  }

  #crewOf(context: Context): Crew {
    if (this.#crew?.of !== context.threads) {
      const threads = this.#choose(context.threads)
      this.#crew = {of: context.threads, threads, members: new Set(threads)}
    }
    return this.#crew
  }
}

/** A whole context, whatever it says by now, but for the stream to draw from. */
class Redrawn implements Context {
  readonly whole: Context
  readonly random: Random

  constructor(whole: Context, random: Random) {
    this.whole = whole
    this.random = random
  }

  get timeNs(): number {
    return this.whole.timeNs
  }

  get threads(): readonly Thread[] {
    return this.whole.threads
  }

  get free(): readonly Thread[] {
    return this.whole.free
  }

  processOf(thread: Thread) {
    return this.whole.processOf(thread)
  }
}

class Drawing implements Generator {
  readonly #random: Random
  readonly #inner: Generator
  /** The context that was seen last: a scheduler has the same one for all of a run. */
  #seen: Redrawn | undefined

  constructor(random: Random, inner: Generator, seen?: Redrawn) {
    this.#random = random
    this.#inner = inner
    this.#seen = seen
  }

  next(context: Context): Step {
    const step = this.#inner.next(this.#redrawn(context))
    return around(step, (next) => new Drawing(this.#random, next, this.#seen))
  }

  update(event: GeneratorEvent, context: Context): Generator {
    const inner = this.#inner.update(event, this.#redrawn(context))
    return inner === this.#inner ? this : new Drawing(this.#random, inner, this.#seen)
  }

  #redrawn(context: Context): Context {
    if (this.#seen?.whole !== context) this.#seen = new Redrawn(context, this.#random)
    return this.#seen
  }
}

class EachThread implements Generator {
  readonly #fresh: Generator
  /** What each thread has left; `undefined` (but present) when nothing. */
  readonly #own: ReadonlyMap<Thread, Generator | undefined>

  constructor(fresh: Generator, own: ReadonlyMap<Thread, Generator | undefined>) {
    this.#fresh = fresh
    this.#own = own
  }

  next(context: Context): Step {
    let own = this.#own
    const put = (thread: Thread, inner: Generator | undefined) => {
      if (own === this.#own) own = new Map(own)
      ;(own as Map<Thread, Generator | undefined>).set(thread, inner)
    }
    let soonest: (Step & {kind: 'op'}) | undefined
    let untilNs = Number.POSITIVE_INFINITY
    for (const thread of context.free) {
      const inner = this.#of(thread)
      const step = inner?.next(alone(context, thread, true))
      if (step === undefined) {
        if (inner !== undefined) put(thread, undefined)
      } else if (step.kind === 'pending') {
        untilNs = Math.min(untilNs, step.untilNs ?? untilNs)
        if (step.next !== undefined) put(thread, step.next)
      } else if (soonest === undefined || step.op.atNs < soonest.op.atNs) {
        soonest = step
        if (step.op.atNs <= context.timeNs) break
      }
    }
    if (soonest !== undefined && soonest.op.atNs <= context.timeNs) {
      const {op, next} = soonest
      put(op.thread, next)
      return {kind: 'op', op: {...op, pinned: true}, next: new EachThread(this.#fresh, own)}
    }
    const finished = context.threads.every((thread) => own.has(thread) && own.get(thread) === undefined)
    if (finished && soonest === undefined) return undefined
    return pending(Math.min(untilNs, soonest?.op.atNs ?? untilNs), new EachThread(this.#fresh, own))
  }

  update(event: GeneratorEvent, context: Context): Generator {
    const {thread} = event
    const inner = this.#of(thread)
    const updated = inner?.update(event, alone(context, thread, context.free.includes(thread)))
    return updated === inner ? this : new EachThread(this.#fresh, new Map(this.#own).set(thread, updated))
  }

  #of(thread: Thread): Generator | undefined {
    return this.#own.has(thread) ? this.#own.get(thread) : this.#fresh
  }
}

function alone(context: Context, thread: Thread, free: boolean): Context {
  const self = [thread]
  return narrowed(context, self, free ? self : [])
}
