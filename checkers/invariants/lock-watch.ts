/**
 * Locks, while the record is being written: what `lock` would hold against an answer, as far as it is certain when the answer
 * comes. A hold counts as given up as soon as its release begins, or another acquire of its holder; should that fail, it
 * counts again.
 *
 * Memory is an entry for each token given out.
 */
import type {Key, Op, Operation, ProcessId} from '../../core/op.ts'
import {AnswerWatch, type Certain} from '../findings/answer-watch.ts'
import {overlapSentence, type Token, type TokenAnomaly, tokenOf, tokenSentence} from './lock.ts'

interface Hold {
  readonly process: ProcessId
  /** The record's time at which its lease is over, ns. */
  readonly untilNs: number
  /** Its holder is giving it back, or asks for it again. */
  leaving: boolean
}

interface Lock {
  readonly holds: Map<ProcessId, Hold>
  readonly given: Map<Token, ProcessId>
  /** The greatest token that was answered so far, and the greatest that the resource has accepted; with their processes. */
  readonly greatest: Map<'acquire' | 'use', Greatest>
}

type Greatest = readonly [Token, ProcessId]

/** Of locks that are to exclude by themselves (`fenced: false`), as those of the `lock` workload are. */
export function lockWatch({leaseMs = Number.POSITIVE_INFINITY}: {readonly leaseMs?: number} = {}): AnswerWatch {
  const locks = new Map<Key | undefined, Lock>()
  /** The greatest token of its kind that was known when an operation began. */
  const before = new Map<ProcessId, Greatest | undefined>()

  function lockOf(key: Key | undefined): Lock {
    let lock = locks.get(key)
    if (lock === undefined) locks.set(key, (lock = {holds: new Map(), given: new Map(), greatest: new Map()}))
    return lock
  }

  function invoked({f, key, process}: Op): void {
    const {holds, greatest} = lockOf(key)
    const held = holds.get(process)
    if (held !== undefined && (f === 'release' || f === 'acquire')) held.leaving = true
    if (f === 'acquire' || f === 'use') before.set(process, greatest.get(f))
  }

  function ended(operation: Operation): Certain | undefined {
    const {f, key, process, outcome} = operation
    const lock = lockOf(key)
    const held = lock.holds.get(process)
    if (f === 'release') {
      if (outcome !== 'fail') lock.holds.delete(process)
      else if (held !== undefined) held.leaving = false
      return undefined
    }
    if (f === 'acquire' && outcome === 'ok') return tokensOf(lock, operation, 'acquire') ?? grant(lock, operation)
    // Who asked again in vain has what it had.
    if (f === 'acquire' && held !== undefined) held.leaving = false
    return f === 'use' && outcome === 'ok' ? tokensOf(lock, operation, 'use') : undefined
  }

  function grant({holds}: Lock, {process, startNs, endNs, key}: Operation): Certain | undefined {
    const hold = {process, untilNs: startNs + leaseMs * 1e6, leaving: false}
    holds.delete(process)
    for (const [holder, other] of holds) if (other.untilNs <= endNs) holds.delete(holder)
    // A lease may have run out before its holder heard of it.
    const other = hold.untilNs > endNs ? [...holds.values()].find(({leaving}) => !leaving) : undefined
    holds.set(process, hold)
    return other && {type: 'overlapping-holders', sentence: overlapSentence(key, process, other.process)}
  }

  function tokensOf({given, greatest}: Lock, operation: Operation, f: 'acquire' | 'use'): Certain | undefined {
    const {process} = operation
    const token = tokenOf(operation)
    if (token === undefined) return undefined
    const owner = f === 'acquire' ? given.get(token) : undefined
    if (f === 'acquire') given.set(token, process)
    const top = greatest.get(f)
    if (top === undefined || token > top[0]) greatest.set(f, [token, process])
    const earlier = before.get(process)
    if (owner !== undefined) return told('token-reused', operation, [token, owner])
    if (earlier === undefined || token >= earlier[0]) return undefined
    return told(f === 'acquire' ? 'token-went-back' : 'stale-token-accepted', operation, earlier)
  }

  return new AnswerWatch({invoked, ended})
}

function told(type: TokenAnomaly, operation: Operation, other: Greatest): Certain {
  return {type, sentence: tokenSentence(type, operation, other)}
}
