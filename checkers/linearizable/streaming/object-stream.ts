/** What the engines of a stream have in common: they take the events of one object in order. */
import type {Op} from '../../../core/op.ts'
import type {Call} from '../model.ts'

/** An operation in the window. */
export interface Entry {
  readonly invoke: Op
  completion: Op | undefined
  outcome: 'open' | 'ok' | 'fail' | 'info'
  /** Its place in the order of events, and that of its return. */
  readonly invokeAt: number
  returnAt: number
  /** Where the engine has it; -1 if it does not. */
  slot: number
}

/** One object's engine: takes events in order. */
export interface ObjectStream {
  /** Opens an operation whose outcome is known, or that counts as pending. */
  invoke(entry: Entry): void
  /** It returns. False if nothing could follow. */
  complete(entry: Entry): boolean
  /** Whether the search became too wide. */
  readonly lost: boolean
  /** Whether it lets pass what it should not: a death is a proof, but there may be proofs that it does not find. */
  readonly weakened: boolean
  /** A copy to try things on, with a bounded number of steps for all of it; used up before the original goes on. */
  fork(): ObjectStream
  /** Nobody uses the object at the moment: keeps what is needed to go on, and nothing else. */
  rest(): void
}

/** What a model sees of an entry. */
export function callOf({invoke, completion, outcome}: Entry): Call {
  const input = invoke.value ?? null
  if (outcome === 'ok') return {f: invoke.f, input, output: completion!.value ?? null, outcome}
  if (outcome === 'fail') return {f: invoke.f, input, output: undefined, outcome, error: completion!.error}
  return {f: invoke.f, input, output: undefined, outcome: 'info'}
}
