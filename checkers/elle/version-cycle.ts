/**
 * Versions of a key that must precede each other in a circle: the shortest such circle that was found, and what each of its
 * steps rests on. A circle of twenty versions convinces nobody; two of them and who met them do.
 */
import type {VersionSource} from './register-order.ts'
import {NONE} from './transactions.ts'

/** `from` precedes `to`, says a source: because of two transactions (or twice the same), or of none at all. */
export interface VersionStep {
  readonly from: number
  readonly to: number
  readonly source: string
  /** The transaction that met `from`, and the one that met `to` later; NONE where the source needs neither. */
  readonly before: number
  readonly after: number
}

/** So many steps of the last source are tried as the beginning: the search stays linear. */
const TRIED = 64

/**
 * A short circle among versions that contradict each other, the last source's step first: the others by themselves are free
 * of contradiction. `versions` are a strongly connected component of what the sources say.
 */
export function versionCycle(versions: readonly number[], sources: readonly VersionSource[]): readonly VersionStep[] {
  const inside = new Set(versions)
  const stepsFrom = new Map<number, VersionStep[]>(versions.map((version) => [version, []]))
  for (const source of sources) {
    for (let i = 0; i < source.from.length; i++) {
      const [from, to] = [source.from[i]!, source.to[i]!]
      if (!inside.has(from) || !inside.has(to)) continue
      const [before, after] = [source.before[i] ?? NONE, source.after[i] ?? NONE]
      stepsFrom.get(from)!.push({from, to, source: source.name, before, after})
    }
  }
  const last = sources.at(-1)!.name
  let best: readonly VersionStep[] = []
  let tried = 0
  for (const step of [...stepsFrom.values()].flat()) {
    if (step.source !== last) continue
    const back = shortestPath(stepsFrom, step.to, step.from, best.length === 0 ? Infinity : best.length - 2)
    if (back !== undefined) best = [step, ...back]
    if (best.length === 2 || ++tried === TRIED) break
  }
  return best
}

/** A shortest path of at most `limit` steps. */
function shortestPath(
  stepsFrom: ReadonlyMap<number, readonly VersionStep[]>,
  start: number,
  goal: number,
  limit: number,
): readonly VersionStep[] | undefined {
  const cameBy = new Map<number, VersionStep>()
  let level = [start]
  for (let length = 1; length <= limit && level.length > 0; length++) {
    const next: number[] = []
    for (const version of level) {
      for (const step of stepsFrom.get(version)!) {
        if (step.to === start || cameBy.has(step.to)) continue
        cameBy.set(step.to, step)
        if (step.to === goal) return traced(cameBy, start, goal)
        next.push(step.to)
      }
    }
    level = next
  }
  return undefined
}

function traced(cameBy: ReadonlyMap<number, VersionStep>, start: number, goal: number): readonly VersionStep[] {
  const steps: VersionStep[] = []
  for (let version = goal; version !== start; version = steps.at(-1)!.from) steps.push(cameBy.get(version)!)
  return steps.reverse()
}
