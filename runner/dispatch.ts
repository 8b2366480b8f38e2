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

/** Takes ops as they happen and numbers them. */
export interface Recording {
  record(op: Omit<Op, 'index'>): unknown
}

/** How late an operation may go out without its record saying so, ns. */
const LATE_NS = 2e6

/** The op that says that this was asked. What a nemesis does is always *info*: it is neither right nor wrong. */
export function invokeOp({process, node, invocation}: Dispatch, timeNs: number): Omit<Op, 'index'> {
  const {dueNs} = invocation
  return {
    timeNs,
    type: typeof process === 'number' ? 'invoke' : 'info',
    process,
    f: invocation.f,
    ...(invocation.key === undefined ? undefined : {key: invocation.key}),
    value: invocation.value ?? null,
    ...(node === undefined ? undefined : {node}),
    ...(invocation.final === true ? {final: true} : undefined),
    // Latencies count from when an operation was due, not from when a client had time for it.
    ...(dueNs === undefined || timeNs - dueNs < LATE_NS ? undefined : {extra: {dueNs: Math.round(dueNs)}}),
  }
}

/** The op that says what became of it. Where that is not *ok*, its value is the argument. */
export function completionOp(
  {process, node, invocation}: Dispatch,
  outcome: Outcome,
  timeNs: number,
): Omit<Op, 'index'> {
  return {
    timeNs,
    type: typeof process === 'number' ? outcome.type : 'info',
    process,
    f: invocation.f,
    ...(invocation.key === undefined ? undefined : {key: invocation.key}),
    value: (outcome.type === 'ok' ? outcome.value : invocation.value) ?? null,
    ...(outcome.type === 'ok' ? undefined : {error: outcome.error}),
    ...(node === undefined ? undefined : {node}),
    ...(invocation.final === true ? {final: true} : undefined),
  }
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
