/** What could come next after a longest partial linearization, by real time, and why it leads nowhere. */
import type {Operation} from '../../../core/op.ts'
import type {Counterexample} from '../../../core/verdict.ts'
import {describeValue} from '../canonical.ts'
import type {Model} from '../model.ts'
import type {Trace} from '../trace.ts'
import type {Prefix} from './prefixes.ts'

/** States longer than this are cut in the reason; the steps have them whole. */
const STATE_LIMIT = 80

/** By prefix: the operations that nothing left over must precede. `operations` are those of the trace, by number. */
export function nextAfter(
  prefixes: readonly Prefix[],
  model: Model,
  trace: Trace,
  operations: readonly Operation[],
): NonNullable<Counterexample['next']> {
  return prefixes.map(({steps}) => {
    const done = new Set(steps.map(({operation}) => operation))
    const left = Array.from({length: trace.size}, (_, operation) => operation).filter((each) => !done.has(each))
    const deadline = Math.min(...left.map((operation) => trace.returnAt[operation]!))
    const state = steps.at(-1)?.state ?? model.init
    return left
      .filter((operation) => trace.invokeAt[operation]! < deadline)
      .map((operation) => {
        const illegal = !isLegal(model, trace, operation, state)
        const reason = illegal
          ? `impossible in the state ${stateText(model, state)}`
          : 'could follow, but then something else cannot'
        return {index: operations[operation]!.invoke.index, illegal, reason}
      })
  })
}

function isLegal(model: Model, trace: Trace, operation: number, state: unknown): boolean {
  const call = trace.calls[trace.call[operation]!]!
  const nexts = model.branches?.(state, call) ?? [model.step(state, call)]
  return nexts.some((next) => next !== undefined)
}

function stateText(model: Model, state: unknown): string {
  const text = model.describe?.(state) ?? describeValue(state)
  return text.length > STATE_LIMIT ? `${text.slice(0, STATE_LIMIT - 1)}…` : text
}
