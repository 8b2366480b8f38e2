/** Generators that choose between others. */
import type {Context, Generator, GeneratorEvent, Step} from '../generator.ts'
import {lift, pending, type Source} from './source.ts'

/** Each operation from one of the sources, all equally likely; ends when all are exhausted. */
export function mix(...sources: readonly Source[]): Generator {
  return weighted(...sources.map((source) => [1, source] as const))
}

/** Like `mix`, source by source with its weight: `weighted([3, reads], [1, writes])`. */
export function weighted(...parts: readonly (readonly [weight: number, source: Source])[]): Generator {
  for (const [weight] of parts) if (!(weight > 0)) throw new RangeError(`a weight must be positive, got ${weight}`)
  return new Mix(
    parts.map(([weight, source]) => ({weight, inner: lift(source)})),
    undefined,
  )
}

/**
 * Whichever has an operation soonest; where several have one at the same time, the one that waited longest. Ends when all
 * are exhausted. All are told of all events.
 */
export function any(...sources: readonly Source[]): Generator {
  return new Any(sources.map(lift))
}

/** An operation of one, an operation of the other, and so on. Ends when the one whose turn it is is exhausted. */
export function flipFlop(one: Source, other: Source): Generator {
  return new FlipFlop(lift(one), lift(other))
}

type OpStep = NonNullable<Step> & {readonly kind: 'op'}

/** Stands for the answer of a generator that was not asked. */
const KEEP: Step = {kind: 'pending'}

interface Part {
  readonly weight: number
  readonly inner: Generator
}

class Mix implements Generator {
  readonly #parts: readonly Part[]
  /** Whose turn it is, once drawn: a part that waits is waited for. */
  readonly #turn: number | undefined

  constructor(parts: readonly Part[], turn: number | undefined) {
    this.#parts = parts
    this.#turn = turn
  }

  next(context: Context): Step {
    let parts = this.#parts
    let turn = this.#turn
    while (parts.length > 0) {
      turn ??= draw(parts, context)
      const part = parts[turn]!
      const step = part.inner.next(context)
      if (step?.kind === 'op') {
        // An operation of the future is not taken yet; its turn must stay its own when we are asked again.
        if (step.op.atNs > context.timeNs) return pending(step.op.atNs, new Mix(parts, turn))
        return {kind: 'op', op: step.op, next: new Mix(parts.with(turn, {...part, inner: step.next}), undefined)}
      }
      if (step?.kind === 'pending') {
        return pending(step.untilNs, new Mix(parts.with(turn, {...part, inner: step.next ?? part.inner}), turn))
      }
      parts = parts.toSpliced(turn, 1)
      turn = undefined
    }
    return undefined
  }

  update(event: GeneratorEvent, context: Context): Generator {
    let changed = false
    const parts = this.#parts.map((part) => {
      const inner = part.inner.update(event, context)
      if (inner === part.inner) return part
      changed = true
      return {...part, inner}
    })
    return changed ? new Mix(parts, this.#turn) : this
  }
}

function draw(parts: readonly Part[], context: Context): number {
  if (parts.length === 1) return 0
  let total = 0
  for (const part of parts) total += part.weight
  let left = context.random.next() * total
  for (let i = 0; i < parts.length - 1; i++) {
    left -= parts[i]!.weight
    if (left < 0) return i
  }
  return parts.length - 1
}

class Any implements Generator {
  /** The one that waited longest first. */
  readonly #inners: readonly Generator[]

  constructor(inners: readonly Generator[]) {
    this.#inners = inners
  }

  next(context: Context): Step {
    const inners: Generator[] = []
    let soonest: OpStep | undefined
    let from = -1
    let untilNs = Number.POSITIVE_INFINITY
    for (const inner of this.#inners) {
      // What is due now cannot be beaten: the others need not be asked.
      const step = soonest !== undefined && soonest.op.atNs <= context.timeNs ? KEEP : inner.next(context)
      if (step === undefined) continue
      if (step.kind === 'op' && (soonest === undefined || step.op.atNs < soonest.op.atNs)) {
        soonest = step
        from = inners.length
      }
      if (step.kind === 'pending') untilNs = Math.min(untilNs, step.untilNs ?? untilNs)
      inners.push((step.kind === 'pending' && step.next) || inner)
    }
    if (soonest !== undefined && soonest.op.atNs <= context.timeNs) {
      inners.splice(from, 1)
      inners.push(soonest.next)
      return {kind: 'op', op: soonest.op, next: new Any(inners)}
    }
    if (inners.length === 0) return undefined
    return pending(Math.min(untilNs, soonest?.op.atNs ?? untilNs), new Any(inners))
  }

  update(event: GeneratorEvent, context: Context): Generator {
    let inners: Generator[] | undefined
    for (let i = 0; i < this.#inners.length; i++) {
      const inner = this.#inners[i]!.update(event, context)
      if (inner !== this.#inners[i]) (inners ??= this.#inners.slice())[i] = inner
    }
    return inners === undefined ? this : new Any(inners)
  }
}

class FlipFlop implements Generator {
  readonly #one: Generator
  readonly #other: Generator

  constructor(one: Generator, other: Generator) {
    this.#one = one
    this.#other = other
  }

  next(context: Context): Step {
    const step = this.#one.next(context)
    if (step?.kind === 'op') return {kind: 'op', op: step.op, next: new FlipFlop(this.#other, step.next)}
    return step?.next ? {...step, next: new FlipFlop(step.next, this.#other)} : step
  }

  update(event: GeneratorEvent, context: Context): Generator {
    const one = this.#one.update(event, context)
    const other = this.#other.update(event, context)
    return one === this.#one && other === this.#other ? this : new FlipFlop(one, other)
  }
}
