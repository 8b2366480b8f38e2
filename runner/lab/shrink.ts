/**
 * Delta debugging (Zeller & Hildebrandt, TSE 2002) of a plan in simulation: faults, operations and time are left out for as
 * long as a run of what remains still shows an anomaly of the same kind.
 *
 * A shorter plan is another run: messages meet elsewhere, so an anomaly can vanish where nothing that matters was left out.
 * Each candidate is therefore tried under a few seeds of the world, always the same ones.
 */
import type {PlannedFault} from '../../core/nemesis.ts'
import type {Plan, PlannedOperation} from '../plan.ts'

/** How a plan fares: the seed under which it still shows the anomaly; undefined where it does not. */
export type Trial = (plan: Plan) => Promise<string | undefined>

export interface Smallest {
  readonly plan: Plan
  /** The seed of the world under which it fails. */
  readonly seed: string
}

export interface ShrinkProgress extends Smallest {
  readonly tried: number
}

export interface ShrinkOptions {
  readonly start: Smallest
  readonly trial: Trial
  /** Once tripped, the smallest plan so far is the result. */
  readonly signal: AbortSignal
  onProgress(progress: ShrinkProgress): void
}

export async function shrink({start, trial, signal, onProgress}: ShrinkOptions): Promise<Smallest> {
  let best = start
  let tried = 0

  /** Keeps the plan if it still fails. */
  const keep = async (plan: Plan): Promise<boolean> => {
    if (signal.aborted) return false
    tried++
    const seed = await trial(plan)
    if (seed !== undefined) best = {plan, seed}
    onProgress({...best, tried})
    return seed !== undefined
  }

  for (let size = Number.POSITIVE_INFINITY; sizeOf(best.plan) < size && !signal.aborted; ) {
    size = sizeOf(best.plan)
    await keepHalvingTime(() => best.plan, keep)
    await reduce(
      () => best.plan.faults,
      (faults) => keep({...best.plan, faults}),
      signal,
    )
    await reduce(keysIn, (keys) => keep(withKeys(best.plan, keys)), signal)
    await reduce(
      () => best.plan.operations,
      (operations) => keep({...best.plan, operations}),
      signal,
    )
  }
  return best

  function keysIn(): readonly string[] {
    return [...new Set(best.plan.operations.flatMap(({key}) => (key === undefined ? [] : [String(key)])))]
  }
}

/** Leaves out whole halves, quarters, … of the list, down to single items, for as long as `keep` says that it may. */
async function reduce<T>(
  list: () => readonly T[],
  keep: (smaller: readonly T[]) => Promise<boolean>,
  signal: AbortSignal,
): Promise<void> {
  for (let chunk = Math.ceil(list().length / 2); chunk >= 1; chunk = chunk === 1 ? 0 : Math.ceil(chunk / 2)) {
    for (let at = 0; at < list().length; ) {
      if (signal.aborted) return
      const present = list()
      const without = [...present.slice(0, at), ...present.slice(at + chunk)]
      if (without.length === present.length || !(await keep(without))) at += chunk
    }
  }
}

/** Cuts the end off: what is planned after the anomaly cannot matter. */
async function keepHalvingTime(plan: () => Plan, keep: (plan: Plan) => Promise<boolean>): Promise<void> {
  for (let share = 0.5; share < 0.95; ) {
    const {options, faults, operations} = plan()
    const timeMs = Math.round(options.timeMs * share)
    const inTime = (fault: PlannedFault) => ({...fault, stopMs: Math.min(fault.stopMs, timeMs)})
    const shorter = {
      ...plan(),
      options: {...options, timeMs},
      faults: faults.filter(({startMs}) => startMs < timeMs).map(inTime),
      operations: operations.filter(({atMs}) => atMs < timeMs),
    }
    if (timeMs < 100 || !(await keep(shorter))) share += (1 - share) / 2
  }
}

function withKeys(plan: Plan, keys: readonly string[]): Plan {
  const kept = new Set(keys)
  const about = ({key}: PlannedOperation) => key === undefined || kept.has(String(key))
  return {...plan, operations: plan.operations.filter(about)}
}

function sizeOf({faults, operations}: Plan): number {
  return faults.length + operations.length
}
