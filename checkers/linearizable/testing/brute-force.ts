/**
 * The reference that every engine is compared with: tries all orders, straight from the definition of Herlihy & Wing
 * (1990), with no reduction and nothing shared with the engines but the model. For histories of a dozen operations.
 */
import type {Operation} from '../../../core/op.ts'
import type {Call, Model} from '../model.ts'

/** Whether some order of all *ok* and any *info* operations, true to real time, is one that the model allows. */
export function bruteForce(model: Model, operations: readonly Operation[], trustFailures = false): boolean {
  const candidates = operations
    .map((operation) => ({
      call: {
        f: operation.f,
        input: operation.input ?? null,
        output: operation.outcome === 'ok' ? (operation.output ?? null) : undefined,
        outcome: operation.outcome,
        error: operation.completion?.error,
      } as Call,
      start: operation.invoke.index,
      end: operation.outcome === 'info' ? Number.POSITIVE_INFINITY : operation.completion!.index,
      required: operation.outcome !== 'info',
    }))
    .filter(({call}) => call.outcome !== 'fail' || (trustFailures && model.observesFailure?.(call) === true))

  const explore = (state: unknown, left: readonly (typeof candidates)[number][]): boolean => {
    if (!left.some((candidate) => candidate.required)) return true
    const deadline = Math.min(...left.map((candidate) => candidate.end))
    return left.some((candidate) => {
      // Whoever returned before this one began must come first.
      if (candidate.start > deadline) return false
      const rest = left.filter((other) => other !== candidate)
      const several = model.branches?.(state, candidate.call)
      if (several !== undefined) return several.some((next) => explore(next, rest))
      const next = model.step(state, candidate.call)
      return next !== undefined && explore(next, rest)
    })
  }
  return explore(model.init, candidates)
}
