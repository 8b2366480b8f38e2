/**
 * Consensus, while the record is being written: two decisions, one that nobody had proposed, and one that a later read does not
 * know are certain when they are told. Memory is that of the proposals.
 */
import type {Key, Operation} from '../../core/op.ts'
import {type ValueKey, valueKey} from '../../core/value.ts'
import {AnswerWatch, type Certain} from '../findings/answer-watch.ts'
import {disagreement, forgotten, unproposed} from './consensus.ts'

interface Instance {
  readonly proposed: Set<ValueKey>
  /** The first that was told a decision. */
  first: Operation | undefined
}

export function consensusWatch(): AnswerWatch {
  const instances = new Map<Key | undefined, Instance>()
  const instanceOf = (key: Key | undefined): Instance => {
    let instance = instances.get(key)
    if (instance === undefined) instances.set(key, (instance = {proposed: new Set(), first: undefined}))
    return instance
  }
  return new AnswerWatch({
    invoked({f, key, value}) {
      if (f === 'propose') instanceOf(key).proposed.add(valueKey(value))
    },
    ended(operation) {
      const {f, outcome, key} = operation
      if (outcome !== 'ok' || (f !== 'propose' && f !== 'read')) return undefined
      return judged(operation, instanceOf(key))
    },
  })
}

function judged(operation: Operation, instance: Instance): Certain | undefined {
  const {f, output, invoke} = operation
  const {first, proposed} = instance
  if (output === null || output === undefined) {
    const told = first?.completion?.index ?? Number.POSITIVE_INFINITY
    return f === 'read' && first !== undefined && told < invoke.index ? forgotten(operation, first) : undefined
  }
  if (!proposed.has(valueKey(output))) return unproposed(operation, undefined)
  if (first === undefined) instance.first = operation
  else if (valueKey(first.output) !== valueKey(output)) return disagreement(operation, first)
  return undefined
}
