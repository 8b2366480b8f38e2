/**
 * A register-like history as the session models see it: the reads and writes of each process in its own order, and for each
 * read the write that it saw. Written values must be unique per key, so that there is only one.
 *
 * A compare-and-set counts as a read followed by a write. What certainly failed is left out; a write whose outcome is
 * unknown counts exactly when somebody read it, and so does a compare-and-set, which then had found what it expected.
 */
import {UsageError} from '../../core/error.ts'
import type {History} from '../../core/history.ts'
import type {Key, Operation, ProcessId} from '../../core/op.ts'
import {showValue, type ValueKey, valueKey} from '../../core/value.ts'
import {swapOf} from '../findings/wrong-shape.ts'

/** One read or write. */
export interface Access {
  /** Position in the list of all accesses. */
  readonly id: number
  readonly kind: 'read' | 'write'
  readonly key: Key | undefined
  readonly value: unknown
  readonly process: ProcessId
  readonly operation: Operation
  /** For a read: the write it saw; undefined for the initial value. */
  from?: Access
}

export interface Accesses {
  readonly all: readonly Access[]
  /** In program order. */
  readonly byProcess: ReadonlyMap<ProcessId, readonly Access[]>
  /** Reads of what nobody wrote, or only writes that failed. */
  readonly thinAir: readonly {readonly read: Access; readonly failed: Operation | undefined}[]
  readonly reads: number
  readonly writes: number
}

/** Whether this is a history of reads, writes and compare-and-sets only. */
export function isRegisterLike(history: History): boolean {
  return history.operations.every(({f}) => f === 'read' || f === 'write' || f === 'cas')
}

/** The accesses of a history. Throws UsageError where two writes of one key wrote the same value. */
export function accessesOf(history: History): Accesses {
  const writer = new Map<Key | undefined, Map<ValueKey, Operation>>()
  const failed = new Map<Key | undefined, Map<ValueKey, Operation>>()
  const seen = new Map<Key | undefined, Set<ValueKey>>()
  const see = ({key}: Operation, value: unknown) => ensure(seen, key, () => new Set<ValueKey>()).add(valueKey(value))
  const isSeen = ({key}: Operation, value: unknown) => seen.get(key)?.has(valueKey(value)) ?? false
  const pending: Operation[] = []
  for (const operation of history.operations) {
    const read = operation.outcome === 'ok' ? readBy(operation) : undefined
    if (read !== undefined) see(operation, read.value)
    if (operation.outcome === 'info' && operation.f === 'cas') pending.push(operation)
    const written = writtenBy(operation)
    if (written === undefined) continue
    const id = valueKey(written.value)
    if (operation.outcome === 'fail') {
      ensure(failed, operation.key, () => new Map<ValueKey, Operation>()).set(id, operation)
      continue
    }
    const known = ensure(writer, operation.key, () => new Map<ValueKey, Operation>())
    const other = known.get(id)
    if (other !== undefined) throw notUnique(operation, other, written.value)
    if (id === null) throw notUnique(operation, undefined, null)
    known.set(id, operation)
  }
  const took = tookEffect(pending, see, isSeen)

  const all: Access[] = []
  const byProcess = new Map<ProcessId, Access[]>()
  /** By the index of the invocation. */
  const writeOf = new Map<number, Access>()
  const add = (operation: Operation, kind: Access['kind'], value: unknown): Access => {
    const {key, process} = operation
    const access: Access = {id: all.length, kind, key, value, process, operation}
    all.push(access)
    ensure(byProcess, process, () => []).push(access)
    if (kind === 'write') writeOf.set(operation.invoke.index, access)
    return access
  }
  const reads: Access[] = []
  for (const operation of history.operations) {
    const read = operation.outcome === 'ok' || took.has(operation.invoke.index) ? readBy(operation) : undefined
    if (read !== undefined) reads.push(add(operation, 'read', read.value))
    const written = writtenBy(operation)
    if (written === undefined || operation.outcome === 'fail') continue
    if (operation.outcome === 'ok' || isSeen(operation, written.value)) add(operation, 'write', written.value)
  }
  const thinAir: Accesses['thinAir'][number][] = []
  for (const read of reads) {
    const id = valueKey(read.value)
    if (id === null) continue
    const operation = writer.get(read.key)?.get(id)
    if (operation === undefined) thinAir.push({read, failed: failed.get(read.key)?.get(id)})
    else read.from = writeOf.get(operation.invoke.index) as Access
  }
  return {all, byProcess, thinAir, reads: reads.length, writes: writeOf.size}
}

/**
 * Compare-and-sets of unknown outcome that took effect, by the index of their invocation: somebody read what they wrote,
 * which may be another of them. What they found in turn is seen too.
 */
function tookEffect(
  pending: readonly Operation[],
  see: (operation: Operation, value: unknown) => void,
  isSeen: (operation: Operation, value: unknown) => boolean,
): Set<number> {
  const took = new Set<number>()
  const waiting = new Map<Key | undefined, Map<ValueKey, Operation>>()
  const known = pending.filter((operation) => {
    const [, written] = swapOf(operation)
    ensure(waiting, operation.key, () => new Map<ValueKey, Operation>()).set(valueKey(written), operation)
    return isSeen(operation, written)
  })
  for (let next = known.pop(); next !== undefined; next = known.pop()) {
    if (took.has(next.invoke.index)) continue
    took.add(next.invoke.index)
    const [expected] = swapOf(next)
    see(next, expected)
    const before = waiting.get(next.key)?.get(valueKey(expected))
    if (before !== undefined) known.push(before)
  }
  return took
}

function readBy(operation: Operation): {readonly value: unknown} | undefined {
  if (operation.f === 'read') return {value: operation.output}
  return operation.f === 'cas' ? {value: swapOf(operation)[0]} : undefined
}

function writtenBy(operation: Operation): {readonly value: unknown} | undefined {
  if (operation.f === 'write') return {value: operation.input}
  return operation.f === 'cas' ? {value: swapOf(operation)[1]} : undefined
}

function notUnique(operation: Operation, other: Operation | undefined, value: unknown): UsageError {
  const of = operation.key === undefined ? '' : ` of ${operation.key}`
  if (other === undefined) {
    return new UsageError(`op #${operation.invoke.index} writes nothing (null), the initial value${of}`, [
      'Session models need every written value to be unique, and other than the initial one.',
    ])
  }
  return new UsageError(
    `ops #${other.invoke.index} and #${operation.invoke.index} both write ${showValue(value)}${of}`,
    ['Session models need every written value to be unique, so that each read says which write it saw.'],
  )
}

function ensure<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  let value = map.get(key)
  if (value === undefined) map.set(key, (value = make()))
  return value
}
