/**
 * Longest partial linearizations of a small impossible history: how far one can get, and in which state one is then stuck.
 * The idea is Porcupine's picture (Athalye); the search is Wing & Gong's with Lowe's cache, over a few dozen operations.
 */
import {Interner} from '../canonical.ts'
import type {Model} from '../model.ts'
import type {Trace} from '../trace.ts'

export interface Prefix {
  /** Operations of the trace in order, with the state after each. */
  readonly steps: readonly {readonly operation: number; readonly state: unknown}[]
}

/** Of parts with more operations than this nobody looks at the orders. */
const MOST_OPERATIONS = 200
/** Operations looked at, over all configurations. */
const MOST_LOOKS = 60_000

/**
 * Up to `limit` of the longest prefixes, one per final state, as far as a bounded search finds them; none for a part of
 * hundreds of operations.
 */
export function longestPrefixes(model: Model, trace: Trace, limit = 8): Prefix[] {
  if (trace.size > MOST_OPERATIONS) return []
  const found = new Map<number, Prefix>()
  const seen = new Set<string>()
  const states = new Interner()
  const path: {operation: number; state: unknown}[] = []
  const done = new Int32Array((trace.size >> 5) + 1)
  const isDone = (i: number) => (done[i >> 5]! & (1 << (i & 31))) !== 0
  const toggle = (i: number) => {
    done[i >> 5]! ^= 1 << (i & 31)
  }
  let looks = 0
  const visit = (state: unknown): void => {
    const ending = states.idOf(state)
    const key = `${ending}/${done.join()}`
    if (seen.has(key)) return
    seen.add(key)
    if (path.length > (found.get(ending)?.steps.length ?? -1)) found.set(ending, {steps: path.slice()})
    let deadline = Number.POSITIVE_INFINITY
    for (let i = 0; i < trace.size; i++) if (!isDone(i)) deadline = Math.min(deadline, trace.returnAt[i]!)
    for (let i = 0; i < trace.size && looks < MOST_LOOKS; i++) {
      looks++
      if (isDone(i) || trace.invokeAt[i]! > deadline) continue
      const call = trace.calls[trace.call[i]!]!
      const stepped = model.step(state, call)
      const nexts = model.branches?.(state, call) ?? (stepped === undefined ? [] : [stepped])
      for (const next of nexts) {
        toggle(i)
        path.push({operation: i, state: next})
        visit(next)
        path.pop()
        toggle(i)
      }
    }
  }
  visit(model.init)
  const longestFirst = [...found.values()].sort((left, right) => right.steps.length - left.steps.length)
  const kept: Prefix[] = []
  for (const prefix of longestFirst) {
    const continued = kept.some(({steps}) => prefix.steps.every(({operation}, i) => steps[i]?.operation === operation))
    if (!continued) kept.push(prefix)
  }
  return kept.slice(0, limit)
}
