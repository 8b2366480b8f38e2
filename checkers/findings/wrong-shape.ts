/**
 * Answers and requests that are not of the kind that was asked for: a read of a set that returns 7, a compare-and-set of
 * nothing. An *answer* of the wrong shape is the fault of the system (or of the client): an anomaly. A *request* of the wrong
 * shape cannot be judged at all, since nobody knows what was asked: ill-formed input, with the op named.
 */
import {UsageError} from '../../core/error.ts'
import type {Operation} from '../../core/op.ts'
import {showValue} from '../../core/value.ts'
import type {Anomaly} from '../../core/verdict.ts'
import {ofKey, witnessOf} from './finding.ts'

/** The anomaly of an answer that is not what `expected` says, such as "a set" or "a number". */
export function wrongAnswer(operation: Operation, expected: string): Anomaly {
  const {key, f, process, output} = operation
  return {
    type: 'reply-mismatch',
    sentence: `Process ${process} was answered ${showValue(output)} to a ${f}${ofKey(key)}, which is not ${expected}.`,
    ...(key === undefined ? {} : {key}),
    witness: witnessOf(operation),
  }
}

/** The error for an argument that is not what `expected` says, such as "a pair [expected, new]". */
export function wrongRequest({invoke}: Operation, expected: string): UsageError {
  return new UsageError(`op #${invoke.index} asks for ${invoke.f} ${showValue(invoke.value)}: not ${expected}`, [
    `The value of ${invoke.f} must be ${expected}.`,
  ])
}

/** What a compare-and-set expected and what it puts in its place. Throws UsageError where it does not say. */
export function swapOf(operation: Operation): readonly [expected: unknown, next: unknown] {
  const {input} = operation
  if (!Array.isArray(input) || input.length !== 2) throw wrongRequest(operation, 'a pair [expected, new]')
  return input as [unknown, unknown]
}
