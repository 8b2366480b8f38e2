/**
 * Delta debugging (Zeller & Hildebrandt, TSE 2002) of a plan in simulation: time, faults, nodes, keys and operations are
 * left out for as long as a run of what remains still shows an anomaly of the same kind.
 *
 * A shorter plan is another run: messages meet elsewhere, so an anomaly can vanish where nothing that matters was left out.
 * Each candidate is therefore tried under a few seeds of the world, always the same ones; once nothing can go any more, all
 * is tried again under twice as many, which a plan that has become small can afford.
 *
 * Where that ends depends on where it began: of some ways to an anomaly every step is needed, others are short. So it goes down
 * from several beginnings, in coarse steps, and only from the smallest of all ends until nothing can go.
 */
import type {Plan} from '../plan.ts'
import {reduce, thin} from './reduce.ts'
import {
  beginningAt,
  beginningOf,
  earlier,
  endingAt,
  keysIn,
  nodesOf,
  sizeOf,
  withFaultFor,
  withKeys,
  withMergedFault,
  withNarrowerLinks,
  withNodes,
} from './smaller-plans.ts'

/**
 * How a plan fares under at most so many seeds, `first` before the others: undefined where it shows the anomaly under none.
 */
export type Trial = (plan: Plan, worlds: number, first: string) => Promise<Shown | undefined>

/** A seed under which a plan shows the anomaly. */
export interface Shown {
  readonly seed: string
  /** When it had shown, ms since clients began, where that is known: what is planned after that cannot matter. */
  readonly shownMs?: number
}

/** A plan, and the seed of the world under which it fails. */
export interface Smallest extends Shown {
  readonly plan: Plan
}

export interface ShrinkProgress extends Smallest {
  readonly tried: number
  /** Under how many seeds a candidate is tried at present. */
  readonly worlds: number
}

export interface ShrinkOptions {
  readonly start: Smallest
  /** Something else to begin with, if there is any: how small a plan becomes depends on where the way down began. */
  another?(): Promise<Smallest | undefined>
  readonly trial: Trial
  /** Seeds to begin with, and at most. */
  readonly worlds: {readonly first: number; readonly most: number}
  /** The least that the target runs on. */
  readonly minNodes: number
  /** Once tripped, the smallest plan so far is the result. */
  readonly signal: AbortSignal
  onProgress(progress: ShrinkProgress): void
  /** Told of a candidate that could not even be tried. It is left aside: what was found before it must not be lost. */
  onFailure(error: unknown): void
}

/** No plan is cut shorter than this, ms: a run needs some time to be one. */
const LEAST_MS = 100
/** Operations and faults from which on a run costs so much that it is tried under few seeds, and how few. */
const LARGE = 800
const FOR_LARGE = 2
/** Up to how many a run costs so little that it may as well be tried under more seeds, and how many. */
const SMALL = 60
const FOR_SMALL = 8
/** So few operations and faults can be read: no other way down is tried. */
const READABLE = 8
/** So many ways down that led no further are enough. */
const WAYS_IN_VAIN = 15
/** On one of several ways nothing finer than so many parts of the operations is left out. */
const PARTS = 32
/** As long as there are no more faults than this, any two of them are tried as one. */
const FEW_FAULTS = 8

export async function shrink({
  start,
  another = async () => undefined,
  trial,
  worlds,
  minNodes,
  signal,
  onProgress,
  onFailure,
}: ShrinkOptions): Promise<Smallest> {
  let smallest = start
  /** What is made smaller at present. */
  let best = start
  let seeds = worlds.first
  let tried = 0

  for (let inVain = 0; inVain < WAYS_IN_VAIN && sizeOf(smallest.plan) > READABLE && !signal.aborted; inVain++) {
    const from = await another()
    if (from === undefined) break
    const size = sizeOf(smallest.plan)
    best = from
    await descend(worlds.first, PARTS)
    if (sizeOf(smallest.plan) < size) inVain = -1
  }
  best = smallest
  await descend(worlds.most)
  return smallest

  /** Makes it smaller until nothing goes under so many seeds. */
  async function descend(most: number, parts = Number.POSITIVE_INFINITY): Promise<void> {
    for (seeds = worlds.first; ; ) {
      const size = sizeOf(best.plan)
      await keepEndingSooner()
      await keepBeginningLater()
      await keepEndingAsShown()
      await reduce(
        () => keysIn(best.plan),
        (keys) => keep(withKeys(best.plan, keys)),
        signal,
      )
      await reduce(
        () => best.plan.faults,
        (faults) => keep({...best.plan, faults}),
        signal,
        parts,
      )
      await keepFaultsMerged()
      await keepEndingAsShown()
      await thin(() => best.plan.operations, keepFewer, signal)
      await keepFewerNodes()
      await reduce(() => best.plan.operations, keepOperations, signal, parts)
      await keepTwoFaultsAsOne()
      await keepNoIdleBeginning()
      if (signal.aborted) return
      if (sizeOf(best.plan) < size) continue
      if (seeds >= most) return
      seeds = Math.min(most, 2 * seeds)
    }
  }

  /** Keeps the plan if it still fails. */
  async function keep(plan: Plan): Promise<boolean> {
    if (signal.aborted) return false
    tried++
    const size = sizeOf(plan)
    const count = size > LARGE ? Math.min(seeds, FOR_LARGE) : size <= SMALL ? Math.max(seeds, FOR_SMALL) : seeds
    const shown = await fate(plan, Math.min(count, worlds.most))
    if (shown !== undefined) {
      best = {plan, ...shown}
      if (sizeOf(plan) <= sizeOf(smallest.plan)) smallest = best
    }
    onProgress({...smallest, tried, worlds: count})
    return shown !== undefined
  }

  async function fate(plan: Plan, count: number): Promise<Shown | undefined> {
    try {
      return await trial(plan, count, best.seed)
    } catch (error) {
      onFailure(error)
      return undefined
    }
  }

  function keepOperations(operations: Plan['operations']): Promise<boolean> {
    return keep({...best.plan, operations})
  }

  /** What many operations do to a link, half of them do to one that is half as wide. */
  async function keepFewer(operations: Plan['operations']): Promise<boolean> {
    const plan = {...best.plan, operations}
    if (await keep(plan)) return true
    const narrower = withNarrowerLinks(plan, 2)
    return narrower !== undefined && keep(narrower)
  }

  /** Up to the moment in which it had shown a run is the same, whatever would have come after. */
  async function keepEndingAsShown(): Promise<void> {
    while (!signal.aborted && best.shownMs !== undefined) {
      const timeMs = Math.max(LEAST_MS, Math.ceil(best.shownMs) + 1)
      if (timeMs > 0.95 * best.plan.options.timeMs || !(await keep(endingAt(best.plan, timeMs)))) return
    }
  }

  /** What is planned after the anomaly cannot matter. */
  async function keepEndingSooner(): Promise<void> {
    await keepEndingAsShown()
    for (let share = 0.5; share < 0.95 && !signal.aborted; ) {
      const timeMs = Math.round(best.plan.options.timeMs * share)
      if (timeMs < LEAST_MS || !(await keep(endingAt(best.plan, timeMs)))) share += (1 - share) / 2
    }
  }

  /** What happened long before the anomaly hardly matters. */
  async function keepBeginningLater(): Promise<void> {
    for (let share = 0.5; share > 0.05 && !signal.aborted; ) {
      const byMs = Math.floor(best.plan.options.timeMs * share)
      const left = best.plan.options.timeMs - byMs
      if (left < LEAST_MS || !(await keep(earlier(beginningAt(best.plan, byMs), byMs)))) share /= 2
    }
  }

  /** Nor does the time before the first thing that is left. */
  async function keepNoIdleBeginning(): Promise<void> {
    for (let share = 1; share > 0.2 && !signal.aborted; share /= 2) {
      const byMs = Math.floor(beginningOf(best.plan) * share)
      if (byMs < LEAST_MS || !Number.isFinite(byMs)) return
      if (await keep(earlier(best.plan, byMs))) return
    }
  }

  /** Two faults of one kind may do no more than one that lasts as long as both. */
  async function keepFaultsMerged(): Promise<void> {
    for (let place = 0; place < best.plan.faults.length && !signal.aborted; ) {
      const merged = withMergedFault(best.plan, place)
      if (merged === undefined || !(await keep(merged))) place++
    }
  }

  /** Of any two faults, one alone for the time of both, or neither. */
  async function keepTwoFaultsAsOne(): Promise<void> {
    for (let i = 0; i < best.plan.faults.length && !signal.aborted; i++) {
      if (best.plan.faults.length > FEW_FAULTS) return
      for (let j = i + 1; j < best.plan.faults.length && !signal.aborted; ) {
        if (!(await keep(withFaultFor(best.plan, i, j))) && !(await keep(withFaultFor(best.plan, j, i)))) j++
      }
    }
  }

  async function keepFewerNodes(): Promise<void> {
    const least = Math.max(1, minNodes)
    for (let count = least; count < nodesOf(best.plan).length && !signal.aborted; count++) {
      if (await keep(withNodes(best.plan, count))) return
    }
  }
}
