/**
 * A search over seeds on several threads. Whatever finishes first, results are told in the order of the seeds, and what is
 * found does not depend on the number of threads: with `stopAtFirst` it is the first seed in order that fails, and every
 * seed before it has been tried.
 */
import {type Clock, doneOrAborted} from '../../core/clock.ts'
import {type Attempt, isFinding} from './attempt.ts'

export interface SearchOptions {
  /** The seeds, in order; endless where only time limits the search. */
  readonly seeds: Iterable<string>
  /** Tries one seed, on some thread. */
  attempt(seed: string): Promise<Attempt>
  /** How many seeds are under way at once. */
  readonly threads: number
  readonly stopAtFirst: boolean
  /** No seed is begun any more after this time, ms; Infinity for all seeds. */
  readonly budgetMs: number
  readonly clock: Clock
  readonly signal: AbortSignal
  /** Told of each attempt, in the order of the seeds. */
  onAttempt(attempt: Attempt): void
}

/**
 * Resolves when all seeds were told, the first finding was told, the time was over, or the signal was tripped: then nothing more is
 * told, and nobody waits for seeds under way, of which one may take minutes.
 */
export async function search(options: SearchOptions): Promise<void> {
  const {threads, stopAtFirst, budgetMs, clock, signal, onAttempt} = options
  const endNs = clock.nowNs() + budgetMs * 1e6
  const seeds = options.seeds[Symbol.iterator]()
  const finished = new Map<number, Attempt>()
  let begun = 0
  let told = 0
  let stopped = false

  /** Tells what has finished without a gap before it. */
  const report = () => {
    for (let next = finished.get(told); next !== undefined && !stopped && !signal.aborted; next = finished.get(told)) {
      finished.delete(told++)
      onAttempt(next)
      if (stopAtFirst && isFinding(next)) stopped = true
    }
  }

  const work = async () => {
    while (!stopped && !signal.aborted && clock.nowNs() < endNs) {
      const seed = seeds.next()
      if (seed.done) return
      const position = begun++
      finished.set(position, await options.attempt(seed.value))
      report()
    }
  }
  await doneOrAborted(Promise.all(Array.from({length: threads}, work)), signal)
}

export interface RoundsOptions extends Omit<SearchOptions, 'seeds'> {
  /** The seeds of the next round; none at the end. */
  nextRound(): readonly string[]
}

/** A search by rounds: what a round tries may follow from what was told of those before it. */
export async function searchInRounds({nextRound, ...options}: RoundsOptions): Promise<void> {
  const {budgetMs, clock, signal, stopAtFirst, onAttempt} = options
  const endNs = clock.nowNs() + budgetMs * 1e6
  let found = false
  for (let leftMs = budgetMs; leftMs > 0 && !found && !signal.aborted; leftMs = (endNs - clock.nowNs()) / 1e6) {
    const seeds = nextRound()
    if (seeds.length === 0) return
    await search({
      ...options,
      seeds,
      budgetMs: leftMs,
      onAttempt(attempt) {
        found ||= stopAtFirst && isFinding(attempt)
        onAttempt(attempt)
      },
    })
  }
}

/** `base-0`, `base-1`, …: `count` seeds, or without end; without the first `done` of them. */
export function* seedsFrom(base: string, count = Number.POSITIVE_INFINITY, done = 0): globalThis.Generator<string> {
  for (let i = done; i < count; i++) yield `${base}-${i}`
}
