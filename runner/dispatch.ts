/**
 * What the scheduler hands out and the drivers carry: an invocation on its way to a worker, and the ops that record it.
 */
import type {Outcome} from '../core/client.ts'
import type {Clock} from '../core/clock.ts'
import type {Invocation, Thread} from '../core/generator.ts'
import type {NodeId} from '../core/node.ts'
import type {Op, ProcessId} from '../core/op.ts'

/** An invocation with who runs it. */
export interface Dispatch {
  readonly thread: Thread
  readonly process: ProcessId
  /** The node that a client thread is pinned to; undefined for a nemesis thread. */
  readonly node: NodeId | undefined
  readonly invocation: Invocation
}

/** Runs invocations. It must call `done` exactly once for each, at once or later, and must not throw. */
export interface Invoker {
  invoke(
    thread: Thread,
    process: ProcessId,
    node: NodeId | undefined,
    invocation: Invocation,
    done: (outcome: Outcome) => void,
  ): void
}

/** An op that is about to be recorded. Whoever records it gives it its index: ops are too many to copy each for that. */
export type Unnumbered = Omit<Op, 'index'> & {index: number}

/** Takes ops as they happen and numbers them. */
export interface Recording {
  record(op: Unnumbered): unknown
}

/** How late an operation may go out without its record saying so, ns. */
const LATE_NS = 2e6

type Written = {-readonly [K in keyof Op]: Op[K]}

/** What nearly all ops have is written down at once: what is added to an object later takes room of its own. */
function written(
  timeNs: number,
  type: Op['type'],
  process: ProcessId,
  f: string,
  key: Op['key'],
  value: unknown,
  node: NodeId | undefined,
): Written {
  if (key !== undefined && node !== undefined) return {index: -1, timeNs, type, process, f, key, value, node}
  const op: Written = {index: -1, timeNs, type, process, f, value}
  if (key !== undefined) op.key = key
  if (node !== undefined) op.node = node
  return op
}

/** The op that says that this was asked. What a nemesis does is always *info*: it is neither right nor wrong. */
export function invokeOp({process, node, invocation}: Dispatch, timeNs: number): Unnumbered {
  const {f, key, value = null, dueNs, final} = invocation
  const type = typeof process === 'number' ? 'invoke' : 'info'
  const op = written(timeNs, type, process, f, key, value, node)
  if (final === true) op.final = true
  // Latencies count from when an operation was due, not from when a client had time for it.
  if (dueNs !== undefined && timeNs - dueNs >= LATE_NS) op.extra = {dueNs: Math.round(dueNs)}
  return op
}

/** The op that says what became of it. Where that is not *ok*, its value is the argument. */
export function completionOp({process, node, invocation}: Dispatch, outcome: Outcome, timeNs: number): Unnumbered {
  const {f, key, final} = invocation
  const type = typeof process === 'number' ? outcome.type : 'info'
  const value = (outcome.type === 'ok' ? outcome.value : invocation.value) ?? null
  const op = written(timeNs, type, process, f, key, value, node)
  if (outcome.type !== 'ok') op.error = outcome.error
  if (final === true) op.final = true
  return op
}

/** Records a dispatch that is made outside of the scheduler's order, and what becomes of it. */
export async function recordOutcome(
  dispatch: Dispatch,
  recording: Recording,
  clock: Clock,
  outcome: Promise<Outcome>,
): Promise<void> {
  recording.record(invokeOp(dispatch, clock.nowNs()))
  recording.record(completionOp(dispatch, await outcome, clock.nowNs()))
}
