/**
 * The vocabulary of a record: what a client asked (*invoke*) and what became of it.
 *
 * - `ok`: it happened, between its invocation and its completion.
 * - `fail`: it certainly did not happen.
 * - `info`: nobody knows; it may take effect at any later time, or never.
 *
 * The four words, the fields and the pairing rule are Jepsen's (`jepsen.history`), so that histories travel both ways.
 */

export type OpType = 'invoke' | 'ok' | 'fail' | 'info'

/** A logically single-threaded client is a number; a nemesis is a name, such as `nemesis:partition`. */
export type ProcessId = number | string

/** Names one of the independent objects of a history, such as `x3`. */
export type Key = string | number

/** One event of a history. */
export interface Op {
  /** Ascending and unique within a history. Sparse after filtering. */
  readonly index: number
  /** Nanoseconds since the start of the run, on one monotonic clock. */
  readonly timeNs: number
  readonly type: OpType
  readonly process: ProcessId
  /** The function: `read`, `write`, `cas`, `add`, `txn`, `start-partition`, … */
  readonly f: string
  /** The independent object that this operation is about; absent where there is only one. */
  readonly key?: Key
  /** The argument on invoke; argument or result on completion. `null` where there is none (an absent value reads as null). */
  readonly value: unknown
  /** Why it failed or is unknown. */
  readonly error?: unknown
  /** The node that this client was connected to. */
  readonly node?: string
  /** True for the reads after everything was healed. */
  readonly final?: boolean
  /** Further fields, kept as found. */
  readonly extra?: Readonly<Record<string, unknown>>
}

/** An invocation with its completion. The unit that checkers think in. */
export interface Operation {
  readonly invoke: Op
  /** Absent when the history ended first; that reads as *info*. */
  readonly completion: Op | undefined
  readonly outcome: 'ok' | 'fail' | 'info'
  readonly process: ProcessId
  readonly f: string
  readonly key: Key | undefined
  /** The invocation's value. */
  readonly input: unknown
  /** The completion's value; `undefined` unless the outcome is `ok`. */
  readonly output: unknown
  readonly startNs: number
  /** Infinity for *info*: it may still take effect. */
  readonly endNs: number
  /** The node that this client was connected to. */
  readonly node: string | undefined
  readonly final: boolean
}

/** Whether this op belongs to a client, not to a nemesis. */
export function isClientOp(op: Op): boolean {
  return typeof op.process === 'number'
}

/** One operation from its two ops. */
export function operationOf(invoke: Op, completion: Op | undefined): Operation {
  const outcome = completion === undefined || completion.type === 'invoke' ? 'info' : completion.type
  return {
    invoke,
    completion,
    outcome,
    process: invoke.process,
    f: invoke.f,
    key: invoke.key,
    input: invoke.value,
    output: outcome === 'ok' ? completion?.value : undefined,
    startNs: invoke.timeNs,
    endNs: outcome === 'info' ? Number.POSITIVE_INFINITY : (completion as Op).timeNs,
    node: completion?.node ?? invoke.node,
    final: invoke.final ?? false,
  }
}

/** Every key that ops were about, in the order of its first use. */
export function keysOf(ops: Iterable<Op>): Key[] {
  const keys = new Set<Key>()
  for (const {key} of ops) if (key !== undefined) keys.add(key)
  return [...keys]
}
