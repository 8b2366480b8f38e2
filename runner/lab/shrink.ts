/**
 * Delta debugging (Zeller & Hildebrandt, TSE 2002) of a plan in simulation: time, faults, nodes, keys and operations are
 * left out for as long as a run of what remains still shows an anomaly of the same kind.
 *
 * A shorter plan is another run: messages meet elsewhere, so an anomaly can vanish where nothing that matters was left out.
 * Each candidate is therefore tried under a few seeds of the world, always the same ones; once nothing can go any more, all
 * is tried again under twice as many, which a plan that has become small can afford.
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
  withKeys,
  withMergedFault,
  withNodes,
} from './smaller-plans.ts'

/** How a plan fares under at most so many seeds: the one under which it still shows the anomaly; undefined where none does. */
export type Trial = (plan: Plan, worlds: number) => Promise<string | undefined>

export interface Smallest {
  readonly plan: Plan
  /** The seed of the world under which it fails. */
  readonly seed: string
}

export interface ShrinkProgress extends Smallest {
  readonly tried: number
  /** Under how many seeds a candidate is tried at present. */
  readonly worlds: number
}

export interface ShrinkOptions {
  readonly start: Smallest
  readonly trial: Trial
  /** Seeds to begin with, and at most. */
  readonly worlds: {readonly first: number; readonly most: number}
  /** The least that the target runs on. */
  readonly minNodes: number
  /** Once tripped, the smallest plan so far is the result. */
  readonly signal: AbortSignal
  onProgress(progress: ShrinkProgress): void
}

/** No plan is cut shorter than this, ms: a run needs some time to be one. */
const LEAST_MS = 100
/** Operations and faults from which on a run costs so much that it is tried under few seeds, and how few. */
const LARGE = 800
const FOR_LARGE = 2

export async function shrink({start, trial, worlds, minNodes, signal, onProgress}: ShrinkOptions): Promise<Smallest> {
  let best = start
  let tried = 0
  let seeds = worlds.first

  for (;;) {
    const size = sizeOf(best.plan)
    await keepEndingSooner()
    await keepBeginningLater()
    await reduce(
      () => keysIn(best.plan),
      (keys) => keep(withKeys(best.plan, keys)),
      signal,
    )
    await reduce(
      () => best.plan.faults,
      (faults) => keep({...best.plan, faults}),
      signal,
    )
    await keepFaultsMerged()
    await thin(() => best.plan.operations, keepOperations, signal)
    await keepFewerNodes()
    await reduce(() => best.plan.operations, keepOperations, signal)
    await keepNoIdleBeginning()
    if (signal.aborted) return best
    if (sizeOf(best.plan) < size) continue
    if (seeds >= worlds.most) return best
    seeds = Math.min(worlds.most, 2 * seeds)
  }

  /** Keeps the plan if it still fails. */
  async function keep(plan: Plan): Promise<boolean> {
    if (signal.aborted) return false
    tried++
    const count = sizeOf(plan) > LARGE ? Math.min(seeds, FOR_LARGE) : seeds
    const seed = await trial(plan, count)
    if (seed !== undefined) best = {plan, seed}
    onProgress({...best, tried, worlds: count})
    return seed !== undefined
  }

  function keepOperations(operations: Plan['operations']): Promise<boolean> {
    return keep({...best.plan, operations})
  }

  /** What is planned after the anomaly cannot matter. */
  async function keepEndingSooner(): Promise<void> {
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

  async function keepFewerNodes(): Promise<void> {
    const least = Math.max(1, minNodes)
    for (let count = least; count < nodesOf(best.plan).length && !signal.aborted; count++) {
      if (await keep(withNodes(best.plan, count))) return
    }
  }
}
