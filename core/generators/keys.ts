/**
 * The same work for many independent objects (`jepsen.independent`): each operation is given the key that it is about, so
 * that a long history splits into many short ones, which can be judged one by one.
 */
import {UsageError} from '../error.ts'
import type {Context, Generator, GeneratorEvent, Step, Thread} from '../generator.ts'
import type {Key} from '../op.ts'
import {lift, pending, type Source, unfold} from './source.ts'
import {isClient, narrowed} from './threads.ts'
import {map} from './transform.ts'

/** Keys in the order in which they are taken up: a list, or a function of the position, undefined at the end. */
export type Keys = readonly Key[] | ((position: number) => Key | undefined)

/** One key after the other, all threads on the same, each until its source is exhausted. */
export function sequentialKeys(keys: Keys, sourceOf: (key: Key) => Source): Generator {
  return unfold(0, (position) => {
    const key = keyAt(keys, position)
    return key === undefined ? undefined : [forKey(key, sourceOf), position + 1]
  })
}

/**
 * Several keys at a time: client threads form groups of `threadsPerKey`, and each group takes the next key whenever the
 * source of its own is exhausted. Throws UsageError (when first used) unless the client threads divide into such groups.
 */
export function concurrentKeys(threadsPerKey: number, keys: Keys, sourceOf: (key: Key) => Source): Generator {
  return new ConcurrentKeys({threadsPerKey, keys, sourceOf}, [], 0)
}

function keyAt(keys: Keys, position: number): Key | undefined {
  return typeof keys === 'function' ? keys(position) : keys[position]
}

function forKey(key: Key, sourceOf: (key: Key) => Source): Generator {
  return map((invocation) => ({...invocation, key}), lift(sourceOf(key)))
}

interface Plan {
  readonly threadsPerKey: number
  readonly keys: Keys
  readonly sourceOf: (key: Key) => Source
}

class ConcurrentKeys implements Generator {
  readonly #plan: Plan
  /** What each group is at; undefined before its first key, null after its last. */
  readonly #inners: readonly (Generator | null | undefined)[]
  readonly #position: number
  #groups: Groups | undefined

  constructor(plan: Plan, inners: readonly (Generator | null | undefined)[], position: number, groups?: Groups) {
    this.#plan = plan
    this.#inners = inners
    this.#position = position
    this.#groups = groups
  }

  next(context: Context): Step {
    const groups = this.#groupsOf(context)
    const inners = this.#inners.slice()
    let position = this.#position
    let soonestNs = Number.POSITIVE_INFINITY
    for (const [group, free] of groups.idle(context)) {
      let step: Step
      while (inners[group] !== null) {
        step = inners[group]?.next(narrowed(context, groups.threads[group]!, free))
        if (step !== undefined) break
        // Nothing (left) to do on this key: take up the next one.
        const key = keyAt(this.#plan.keys, position)
        inners[group] = key === undefined ? null : forKey(key, this.#plan.sourceOf)
        if (key !== undefined) position++
      }
      if (step?.kind === 'pending') {
        soonestNs = Math.min(soonestNs, step.untilNs ?? soonestNs)
        if (step.next !== undefined) inners[group] = step.next
      } else if (step !== undefined) {
        if (step.op.atNs <= context.timeNs) {
          inners[group] = step.next
          return {kind: 'op', op: step.op, next: new ConcurrentKeys(this.#plan, inners, position, groups)}
        }
        soonestNs = Math.min(soonestNs, step.op.atNs)
      }
    }
    if (groups.threads.every((_, group) => inners[group] === null)) return undefined
    return pending(soonestNs, new ConcurrentKeys(this.#plan, inners, position, groups))
  }

  update(event: GeneratorEvent, context: Context): Generator {
    const groups = this.#groupsOf(context)
    const group = groups.of.get(event.thread)
    const inner = group === undefined ? undefined : this.#inners[group]
    if (group === undefined || inner === undefined || inner === null) return this
    const free = context.free.filter((thread) => groups.of.get(thread) === group)
    const updated = inner.update(event, narrowed(context, groups.threads[group]!, free))
    if (updated === inner) return this
    return new ConcurrentKeys(this.#plan, this.#inners.with(group, updated), this.#position, groups)
  }

  #groupsOf(context: Context): Groups {
    if (this.#groups?.all !== context.threads) this.#groups = new Groups(context.threads, this.#plan.threadsPerKey)
    return this.#groups
  }
}

/** Client threads in groups of equal size. */
class Groups {
  readonly all: readonly Thread[]
  readonly threads: readonly (readonly Thread[])[]
  readonly of: ReadonlyMap<Thread, number>

  constructor(all: readonly Thread[], size: number) {
    const clients = all.filter(isClient)
    if (clients.length % size !== 0) {
      throw new UsageError(`${clients.length} client threads do not divide into groups of ${size}.`, [
        `Choose a concurrency that is a multiple of ${size}.`,
      ])
    }
    this.all = all
    this.of = new Map(clients.map((thread, i) => [thread, Math.floor(i / size)]))
    this.threads = Array.from({length: clients.length / size}, (_, group) =>
      clients.slice(group * size, (group + 1) * size),
    )
  }

  /** The groups that have idle threads, with these; the one of the longest idle thread first. */
  idle(context: Context): ReadonlyMap<number, readonly Thread[]> {
    const idle = new Map<number, Thread[]>()
    for (const thread of context.free) {
      const group = this.of.get(thread)
      if (group === undefined) continue
      const threads = idle.get(group)
      if (threads === undefined) idle.set(group, [thread])
      else threads.push(thread)
    }
    return idle
  }
}
