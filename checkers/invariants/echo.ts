/**
 * Echo: what is sent comes back.
 *
 *     0  |echo "a" → "b"|     not what was sent
 *
 * Definition. A successful `echo` answers with its argument (*reply-mismatch* otherwise), or with a message whose `echo` is
 * its argument: Maelstrom's histories have the whole body.
 *
 * Proves: each answer belongs to its request. Cannot see: anything of those that were not answered; they are counted, and a
 * record in which some were not is *unknown* (Maelstrom's own `echo` takes each for an error).
 */
import type {Checker} from '../../core/checker.ts'
import type {Operation} from '../../core/op.ts'
import {isMap, sameValue, showValue} from '../../core/value.ts'
import {verdictOf, witnessOf} from '../findings/finding.ts'

export function echo(): Checker {
  return {
    name: 'echo',
    description: 'what is sent comes back as it was',
    check(history) {
      const echoes = history.operations.filter(({f}) => f === 'echo')
      const answered = echoes.filter(({outcome}) => outcome === 'ok')
      const wrong = answered.filter((operation) => !isEcho(operation))
      const silent = echoes.length - answered.length
      return verdictOf({
        checker: 'echo',
        property: 'what is sent comes back',
        kind: 'safety',
        summary: `${answered.length} of ${echoes.length} echo${echoes.length === 1 ? '' : 'es'}`,
        anomalies: [...wrong].map((operation) => ({
          type: 'reply-mismatch',
          sentence: `Process ${operation.process} sent ${showValue(operation.input)} and got ${showValue(operation.output)} back.`,
          witness: witnessOf(operation),
        })),
        reason:
          echoes.length === 0
            ? 'There are no echoes.'
            : silent === 0
              ? undefined
              : `${silent} of ${echoes.length} echo${echoes.length === 1 ? '' : 'es'} were not answered.`,
      })
    },
  }
}

function isEcho({input, output}: Operation): boolean {
  return sameValue(input, output) || (isMap(output) && 'echo' in output && sameValue(input, output['echo']))
}
