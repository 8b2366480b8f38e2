/**
 * Longest partial linearizations of a small impossible history: how far one can get, and in which state one is then stuck.
 * The idea is Porcupine's picture (Athalye); the search is Wing & Gong's with Lowe's cache, over a few dozen operations.
 */
import {canonical} from './canonical.ts'
import type {Model} from './model.ts'
import type {Trace} from './trace.ts'

export interface Prefix {
  /** Operations of the trace in order, with the state after each. */
  readonly steps: readonly {readonly operation: number; readonly state: unknown}[]
}

/** Up to `limit` of the longest prefixes, one per final state. Visits at most `budgetNodes` configurations. */
export function longestPrefixes(model: Model, trace: Trace, limit = 8, budgetNodes = 20_000): Prefix[] {
  const found = new Map<string, Prefix>()
  const seen = new Set<string>()
  const path: {operation: number; state: unknown}[] = []
  const done = new Array<boolean>(trace.size).fill(false)
  let nodes = 0
  const visit = (state: unknown): void => {
    const key = `${canonical(state)}/${done.map(Number).join('')}`
    if (seen.has(key) || nodes++ > budgetNodes) return
    seen.add(key)
    const ending = `${canonical(state)}`
    if (path.length > (found.get(ending)?.steps.length ?? -1)) found.set(ending, {steps: path.slice()})
    let deadline = Number.POSITIVE_INFINITY
    for (let i = 0; i < trace.size; i++) if (!done[i]) deadline = Math.min(deadline, trace.returnAt[i]!)
    for (let i = 0; i < trace.size; i++) {
      if (done[i] || trace.invokeAt[i]! > deadline) continue
      const call = trace.calls[trace.call[i]!]!
      const stepped = model.step(state, call)
      const nexts = model.branches?.(state, call) ?? (stepped === undefined ? [] : [stepped])
      for (const next of nexts) {
        done[i] = true
        path.push({operation: i, state: next})
        visit(next)
        path.pop()
        done[i] = false
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
