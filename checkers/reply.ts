/**
 * Reply matches request: an answer to something that was not asked.
 *
 * Definition. A completion has its invocation's function and key. A successful operation that only changes state echoes what
 * it was asked to do (or `null`). A transaction answers each micro-operation in its place: same verb, same key, and for
 * writes the same value.
 *
 * Proves: the client heard about its own request. A mismatch points at crossed connections, or at the client itself.
 */
import type {Checker} from '../core/checker.ts'
import type {Operation} from '../core/op.ts'
import {sameValue, showValue} from '../core/value.ts'
import type {Anomaly} from '../core/verdict.ts'
import {counted, verdictOf, witnessOf} from './finding.ts'

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
        const told = mismatch(operation, echoes)
        if (told === undefined) continue
        const {key} = operation
        const sentence = `Process ${operation.process} asked for ${operation.f} ${showValue(operation.input)}, but ${told}.`
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
  if (!Array.isArray(input) || !Array.isArray(output)) return undefined
  if (input.length !== output.length) return `${counted(output.length, 'micro-operation')} came back`
  for (const [place, asked] of input.entries()) {
    const answered: unknown = output[place]
    if (!Array.isArray(asked) || !Array.isArray(answered)) continue
    const reads = asked[0] === 'r'
    if (asked[0] === answered[0] && sameValue(asked[1], answered[1]) && (reads || sameValue(asked[2], answered[2])))
      continue
    return `micro-operation ${place} ${showValue(asked)} was answered as ${showValue(answered)}`
  }
  return undefined
}
