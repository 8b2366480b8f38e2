/**
 * The record of a run: an ordered, immutable list of ops, and the views that checkers want of it (pairs, by process, by
 * key, fault windows), each computed once, on demand.
 *
 * The ops are an array, or something that behaves like one and takes less memory (`store/op-store.ts`). The views of an
 * array are arrays of objects; those of anything else are positions, from which objects are made as they are asked for.
 */
import {LazyOperations} from './lazy-operations.ts'
import type {Link} from './network.ts'
import {isClientOp, type Key, type Op, type Operation, operationOf, type ProcessId} from './op.ts'
import {NEVER, pairsOf} from './pairs.ts'
import {Picked, type Sequence} from './sequence.ts'
import {OpStore, type ScannedOp} from './store/op-store.ts'

/** A stretch of time during which one fault was in force, with what is known of it. */
export interface FaultWindow {
  /** The fault's name: `partition`, `kill`, … */
  readonly fault: string
  /** The op that completed the injection. */
  readonly startIndex: number
  /** The op that completed the healing; undefined when the history ended first. */
  readonly endIndex: number | undefined
  /** When it was asked for: from then on it may be in force, although nothing has proved it yet. */
  readonly askedNs: number
  /** When it had been injected, and its proof was done. */
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
  /** Other faults held whom it struck, so that it could do nothing. */
  readonly vacuous?: true
  /** The directed links it touched, where it was a fault of the network and said so. */
  readonly links?: readonly Link[]
}

/** What a nemesis op carries as its value once it has completed; see `core/nemesis.ts`. */
interface FaultValue {
  readonly description?: string
  readonly victims?: readonly string[]
  readonly links?: readonly Link[]
  readonly proof?: {
    readonly verified: boolean
    readonly evidence: string
    readonly tookEffect?: true
    readonly vacuous?: true
  }
}

/** Operations of at most so many ops are made once, as an array, even where the ops are none: some 400 MB. */
const MADE_AT_ONCE = 1 << 20

/** An immutable history. Build one with `history(ops)`; filtered histories keep the ops' own indices. */
export class History {
  readonly ops: Sequence<Op>
  readonly #madeAtOnce: number
  #operations: Sequence<Operation> | undefined
  #byKey: Map<Key | undefined, Sequence<Operation>> | undefined
  #byProcess: Map<ProcessId, Sequence<Operation>> | undefined
  #faults: readonly FaultWindow[] | undefined

  constructor(ops: Sequence<Op>, madeAtOnce = MADE_AT_ONCE) {
    this.ops = ops
    this.#madeAtOnce = madeAtOnce
  }

  get length(): number {
    return this.ops.length
  }

  /** Client operations, in the order of their invocation. Throws UsageError where a process breaks the pairing rule. */
  get operations(): Sequence<Operation> {
    this.#operations ??= pairUp(this.ops, this.#madeAtOnce)
    return this.#operations
  }

  /** How many client operations there are. */
  get operationCount(): number {
    return this.ops instanceof OpStore ? this.ops.invocations : this.operations.length
  }

  /** The functions that clients invoked, by first appearance. */
  get functions(): readonly string[] {
    const {ops} = this
    if (ops instanceof OpStore) return [...ops.functions]
    const found = new Set<string>()
    this.scan(({process, type, f}) => {
      if (type === 'invoke' && typeof process === 'number') found.add(f)
    })
    return [...found]
  }

  /** The ops that are of no client. */
  get nemesisOps(): Sequence<Op> {
    const {ops} = this
    return ops instanceof OpStore ? ops.nemesisOps : ops.filter((op) => !isClientOp(op))
  }

  /** The client operation that the op with this index belongs to. Looks at that op and at what is near it only. */
  operationWith(index: number): Operation | undefined {
    const {ops} = this
    const position = positionOf(ops, index)
    const op = ops.at(position)
    if (position === ops.length || op === undefined || op.index !== index || !isClientOp(op)) return undefined
    const step = op.type === 'invoke' ? 1 : -1
    for (let at = position + step; at >= 0 && at < ops.length; at += step) {
      const other = ops.at(at)!
      if (other.process === op.process) return step > 0 ? operationOf(op, other) : operationOf(other, op)
    }
    return operationOf(op, undefined)
  }

  /** What is wrong with the pairing of a history that breaks its rule. */
  pairingError(): Error {
    try {
      pairsOf(this.ops)
    } catch (error) {
      return error as Error
    }
    return new Error('there is nothing wrong with the pairing of this history')
  }

  /** Client operations of each key, in the order of their invocation. Operations without a key are under `undefined`. */
  byKey(): ReadonlyMap<Key | undefined, Sequence<Operation>> {
    this.#byKey ??= this.#groupBy(
      ({key}) => key,
      (store, position) => store.keyAt(position),
    )
    return this.#byKey
  }

  /** Client operations of each process, in the order of their invocation. */
  byProcess(): ReadonlyMap<ProcessId, Sequence<Operation>> {
    this.#byProcess ??= this.#groupBy(
      ({process}) => process,
      (store, position) => store.processAt(position),
    )
    return this.#byProcess
  }

  #groupBy<Name>(
    nameOf: (op: Op) => Name,
    nameAt: (store: OpStore, position: number) => Name,
  ): Map<Name, Sequence<Operation>> {
    const {ops, operations} = this
    if (!(operations instanceof LazyOperations)) return groupBy(operations, ({invoke}) => nameOf(invoke))
    return operations.groupBy((at) => (ops instanceof OpStore ? nameAt(ops, at) : nameOf(ops.at(at)!)))
  }

  /** Shows all ops, in order. What is shown may be the same object each time: take out of it what you want at once. */
  scan(see: (op: ScannedOp, position: number) => void): void {
    const {ops} = this
    if (ops instanceof OpStore) ops.scan(see)
    else ops.forEach(see)
  }

  /** The stretches of time during which each fault was in force, by start. */
  get faults(): readonly FaultWindow[] {
    this.#faults ??= faultWindows(this.nemesisOps)
    return this.#faults
  }

  /** The ops that pass, with their own indices. */
  filter(keep: (op: Op) => boolean): History {
    return new History(this.ops.filter(keep), this.#madeAtOnce)
  }

  /** The sub-history of one key. */
  forKey(key: Key | undefined): History {
    const {ops, operations} = this
    if (Array.isArray(ops)) return this.filter((op) => isClientOp(op) && op.key === key)
    const positions = operations instanceof LazyOperations ? operations.positionsOf(this.byKey().get(key)) : undefined
    return positions === undefined
      ? this.filter((op) => isClientOp(op) && op.key === key)
      : new History(new Picked(ops, positions), this.#madeAtOnce)
  }

  /** The time of the last op, in ns. */
  get endNs(): number {
    return this.ops.at(-1)?.timeNs ?? 0
  }
}

/** A history of these ops, which must be in order; missing indices are given. */
export function history(ops: Sequence<Op>): History {
  return new History(ops)
}

function pairUp(ops: Sequence<Op>, madeAtOnce: number): Sequence<Operation> {
  const pairs = pairsOf(ops)
  if (!Array.isArray(ops) && ops.length > madeAtOnce) return new LazyOperations(ops, pairs)
  const {invoke, complete} = pairs
  const all: readonly Op[] = Array.isArray(ops) ? ops : [...ops]
  const operations = new Array<Operation>(invoke.length)
  for (let i = 0; i < invoke.length; i++) {
    operations[i] = operationOf(all[invoke[i]!]!, complete[i] === NEVER ? undefined : all[complete[i]!])
  }
  return operations
}

/** Where an index is, or would be: they ascend. */
function positionOf(ops: Sequence<Op>, index: number): number {
  let low = 0
  let high = ops.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (ops.at(middle)!.index < index) low = middle + 1
    else high = middle
  }
  return low
}

function groupBy<K>(operations: Sequence<Operation>, keyOf: (operation: Operation) => K): Map<K, Operation[]> {
  const groups = new Map<K, Operation[]>()
  operations.forEach((operation) => {
    const key = keyOf(operation)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [operation])
    else group.push(operation)
  })
  return groups
}

/** What the end of a fault shows of it where its beginning did not. */
function shownAtItsEnd({verified, proof}: FaultWindow, {proof: end}: FaultValue): Partial<FaultWindow> {
  if (verified || end?.tookEffect !== true) return {}
  return {verified: true, proof: `${proof}; when it ended: ${end.evidence}`}
}

/** Matches `start-F` with `stop-F` of the same nemesis, in ops of nemeses. Each nemesis op comes twice: when asked and when done. */
function faultWindows(ops: Sequence<Op>): readonly FaultWindow[] {
  const windows: FaultWindow[] = []
  const open = new Map<ProcessId, FaultWindow>()
  const asked = new Map<ProcessId, number>()
  for (const op of ops) {
    const askedNs = asked.get(op.process)
    if (askedNs === undefined) {
      asked.set(op.process, op.timeNs)
      continue
    }
    asked.delete(op.process)
    const value = (op.value ?? {}) as FaultValue
    const running = open.get(op.process)
    if (running !== undefined) {
      open.delete(op.process)
      windows.push({...running, ...shownAtItsEnd(running, value), endIndex: op.index, endNs: op.timeNs})
    }
    if (!op.f.startsWith('start-') || op.error !== undefined) continue
    open.set(op.process, {
      fault: op.f.slice('start-'.length),
      startIndex: op.index,
      endIndex: undefined,
      askedNs,
      startNs: op.timeNs,
      endNs: Number.POSITIVE_INFINITY,
      description: value.description ?? '',
      victims: value.victims ?? [],
      verified: value.proof?.verified ?? false,
      proof: value.proof?.evidence ?? '',
      ...(value.proof?.vacuous === true ? {vacuous: true as const} : {}),
      ...(value.links === undefined ? {} : {links: value.links}),
    })
  }
  windows.push(...open.values())
  return windows.sort((left, right) => left.startNs - right.startNs || left.startIndex - right.startIndex)
}
