/**
 * The record of a run: an ordered, immutable list of ops, and the views that checkers want of it (pairs, by process, by
 * key, fault windows), each computed once, on demand.
 *
 * Pairing is Jepsen's: an invoke is matched with the next op of the same process; a missing completion reads as *info*.
 */
import {UsageError} from './error.ts'
import type {Link} from './network.ts'
import {isClientOp, type Key, type Op, type Operation, type ProcessId} from './op.ts'

/** A stretch of time during which one fault was in force, with what is known of it. */
export interface FaultWindow {
  /** The fault's name: `partition`, `kill`, … */
  readonly fault: string
  /** The op that completed the injection. */
  readonly startIndex: number
  /** The op that completed the healing; undefined when the history ended first. */
  readonly endIndex: number | undefined
  readonly startNs: number
  /** Infinity when the history ended first. */
  readonly endNs: number
  /** What was injected, as one line: `{n1 n2} | {n3 n4 n5}`. */
  readonly description: string
  /** The nodes it was aimed at. */
  readonly victims: readonly string[]
  /** Whether a probe saw it take effect. */
  readonly verified: boolean
  /** What the probe saw, in words. */
  readonly proof: string
  /** The directed links it touched, where it was a fault of the network and said so. */
  readonly links?: readonly Link[]
}

/** What a nemesis op carries as its value once it has completed; see `core/nemesis.ts`. */
interface FaultValue {
  readonly description?: string
  readonly victims?: readonly string[]
  readonly links?: readonly Link[]
  readonly proof?: {readonly verified: boolean; readonly evidence: string}
}

/** An immutable history. Build one with `history(ops)`; filtered histories keep the ops' own indices. */
export class History {
  readonly ops: readonly Op[]
  #operations: readonly Operation[] | undefined
  #byKey: Map<Key | undefined, Operation[]> | undefined
  #byProcess: Map<ProcessId, Operation[]> | undefined
  #faults: readonly FaultWindow[] | undefined

  constructor(ops: readonly Op[]) {
    this.ops = ops
  }

  get length(): number {
    return this.ops.length
  }

  /** Client operations, in the order of their invocation. Throws UsageError where a process breaks the pairing rule. */
  get operations(): readonly Operation[] {
    this.#operations ??= pairUp(this.ops)
    return this.#operations
  }

  /** Client operations of each key, in the order of their invocation. Operations without a key are under `undefined`. */
  byKey(): ReadonlyMap<Key | undefined, readonly Operation[]> {
    this.#byKey ??= groupBy(this.operations, (operation) => operation.key)
    return this.#byKey
  }

  /** Client operations of each process, in the order of their invocation. */
  byProcess(): ReadonlyMap<ProcessId, readonly Operation[]> {
    this.#byProcess ??= groupBy(this.operations, (operation) => operation.process)
    return this.#byProcess
  }

  /** The stretches of time during which each fault was in force, by start. */
  get faults(): readonly FaultWindow[] {
    this.#faults ??= faultWindows(this.ops)
    return this.#faults
  }

  /** The ops that pass, with their own indices. */
  filter(keep: (op: Op) => boolean): History {
    return new History(this.ops.filter(keep))
  }

  /** The sub-history of one key. */
  forKey(key: Key | undefined): History {
    return this.filter((op) => isClientOp(op) && op.key === key)
  }

  /** The time of the last op, in ns. */
  get endNs(): number {
    return this.ops.at(-1)?.timeNs ?? 0
  }
}

/** A history of these ops, which must be in order; missing indices are given. */
export function history(ops: readonly Op[]): History {
  return new History(ops)
}

/** Pairs the client ops of a history. The error names the op that breaks the rule. */
function pairUp(ops: readonly Op[]): readonly Operation[] {
  const operations: (Operation | Op)[] = []
  const openAt = new Map<ProcessId, number>()
  const crashed = new Set<ProcessId>()
  for (const op of ops) {
    if (!isClientOp(op)) continue
    const position = openAt.get(op.process)
    if (op.type === 'invoke') {
      if (position !== undefined) {
        throw new UsageError(`op #${op.index} invokes on process ${op.process}, which still has an open operation`, [
          'A process may have one open operation.',
        ])
      }
      if (crashed.has(op.process)) {
        throw new UsageError(`op #${op.index} reuses process ${op.process} after its operation ended as "info"`, [
          'After "info" a process must not be used again: its last operation may still be running.',
        ])
      }
      openAt.set(op.process, operations.length)
      operations.push(op)
      continue
    }
    if (position === undefined) {
      throw new UsageError(
        `op #${op.index} completes process ${op.process}, but process ${op.process} has no open invocation`,
        ['A process may have one open operation, and every completion needs its invocation before it.'],
      )
    }
    const invoke = operations[position] as Op
    openAt.delete(op.process)
    if (op.type === 'info') crashed.add(op.process)
    operations[position] = operationOf(invoke, op)
  }
  for (const position of openAt.values()) operations[position] = operationOf(operations[position] as Op, undefined)
  return operations as Operation[]
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

function groupBy<K>(operations: readonly Operation[], keyOf: (operation: Operation) => K): Map<K, Operation[]> {
  const groups = new Map<K, Operation[]>()
  for (const operation of operations) {
    const key = keyOf(operation)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [operation])
    else group.push(operation)
  }
  return groups
}

/** Matches `start-F` with `stop-F` of the same nemesis. Each nemesis op comes twice: when asked and when done. */
function faultWindows(ops: readonly Op[]): readonly FaultWindow[] {
  const windows: FaultWindow[] = []
  const open = new Map<ProcessId, FaultWindow>()
  const asked = new Set<ProcessId>()
  for (const op of ops) {
    if (isClientOp(op)) continue
    if (!asked.delete(op.process)) {
      asked.add(op.process)
      continue
    }
    const value = (op.value ?? {}) as FaultValue
    const running = open.get(op.process)
    if (running !== undefined) {
      open.delete(op.process)
      windows.push({...running, endIndex: op.index, endNs: op.timeNs})
    }
    if (!op.f.startsWith('start-') || op.error !== undefined) continue
    open.set(op.process, {
      fault: op.f.slice('start-'.length),
      startIndex: op.index,
      endIndex: undefined,
      startNs: op.timeNs,
      endNs: Number.POSITIVE_INFINITY,
      description: value.description ?? '',
      victims: value.victims ?? [],
      verified: value.proof?.verified ?? false,
      proof: value.proof?.evidence ?? '',
      ...(value.links === undefined ? {} : {links: value.links}),
    })
  }
  windows.push(...open.values())
  return windows.sort((left, right) => left.startNs - right.startNs || left.startIndex - right.startIndex)
}
