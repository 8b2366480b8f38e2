/**
 * Reply matches request: an answer to something that was not asked.
 *
 *     0  |write 1 → 2|                                 2 was done, not 1
 *     1  |txn [[r x nil]] → [[r y 5]]|                 y was read, not x
 *
 * Definition. A completion has its invocation's function and key. A successful operation that only changes state echoes what
 * it was asked to do (or `null`). A transaction answers each micro-operation in its place: same verb, same key, and for
 * writes the same value (`send` may add the offset; what `r` and `poll` return is theirs to say).
 *
 * Proves: the client did not hear about its own request, which points at crossed connections or at the client itself. Cannot
 * see: an answer of the right form that belongs to another request alike. Whether what a read returned has the right form
 * (a list of elements, a number, balances) is judged by the checker of that object, under the same name. Every run is
 * judged by it, whatever its workload.
 */

import type {Checker} from '../../core/checker.ts'
import type {Operation} from '../../core/op.ts'
import {counted} from '../../core/quantities.ts'
import {sameValue, showValue} from '../../core/value.ts'
import type {Anomaly} from '../../core/verdict.ts'
import {verdictOf, witnessOf} from '../findings/finding.ts'

/** Functions whose answer is their argument, unless the caller knows better. */
const ECHOES = ['write', 'add', 'remove', 'cas', 'enqueue', 'append', 'put', 'transfer']

export interface ReplyOptions {
  /** Functions whose successful answer repeats the argument or is null. */
  readonly echoes?: readonly string[]
}

export function reply(options: ReplyOptions = {}): Checker {
  const echoes = new Set(options.echoes ?? ECHOES)
  return {
    name: 'reply',
    description: 'every answer is an answer to what was asked',
    check(history) {
      const anomalies: Anomaly[] = []
      for (const operation of history.operations) {
        const reported = mismatch(operation, echoes)
        if (reported === undefined) continue
        const {key} = operation
        const sentence = `Process ${operation.process} asked for ${operation.f} ${showValue(operation.input)}, but ${reported}.`
        anomalies.push({
          type: 'reply-mismatch',
          sentence,
          ...(key === undefined ? {} : {key}),
          witness: witnessOf(operation),
        })
      }
      return verdictOf({
        checker: 'reply',
        property: 'answers match requests',
        kind: 'safety',
        summary: counted(history.operations.length, 'operation'),
        anomalies,
        reason: history.operations.length === 0 ? 'There are no operations.' : undefined,
      })
    },
  }
}

/** What is wrong with the answer, if anything is. */
function mismatch(operation: Operation, echoes: ReadonlySet<string>): string | undefined {
  const {completion, invoke, outcome, input, output} = operation
  if (completion === undefined) return undefined
  if (completion.f !== invoke.f) return `the completion is of ${completion.f}`
  if (completion.key !== undefined && completion.key !== invoke.key) return `the completion is of key ${completion.key}`
  if (outcome !== 'ok') return undefined
  if (invoke.f === 'txn') return transactionMismatch(input, output)
  if (!echoes.has(invoke.f) || output === null || output === undefined || sameValue(input, output)) return undefined
  return `was told that ${showValue(output)} was done`
}

function transactionMismatch(input: unknown, output: unknown): string | undefined {
  if (!Array.isArray(input)) return undefined
  if (!Array.isArray(output)) return `was answered ${showValue(output)}`
  if (input.length !== output.length) return `${counted(output.length, 'micro-operation')} came back`
  for (const [place, asked] of input.entries()) {
    const answered: unknown = output[place]
    if (Array.isArray(asked) && Array.isArray(answered) && answers(asked, answered)) continue
    if (sameValue(asked, answered)) continue
    return `micro-operation ${place} ${showValue(asked)} was answered as ${showValue(answered)}`
  }
  return undefined
}

/** Micro-operations whose answer has only the verb in common with the question, or the key as well. */
const FREE = new Set(['poll'])
const READS = new Set(['r', 'read', 'get'])

/** Whether a micro-operation is the answer to another. */
function answers(asked: readonly unknown[], answered: readonly unknown[]): boolean {
  const [verb, key, value] = asked
  if (verb !== answered[0]) return false
  if (FREE.has(String(verb))) return true
  if (!sameValue(key, answered[1])) return false
  const reported = answered[2]
  if (READS.has(String(verb)) || sameValue(value, reported)) return true
  return verb === 'send' && Array.isArray(reported) && sameValue(reported[1], value)
}
