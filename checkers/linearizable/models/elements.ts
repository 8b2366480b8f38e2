/** What a read of a collection answered, as its elements: an array, or a set as EDN has them; nothing is empty. */
import {UsageError} from '../../../core/error.ts'
import {elementsOf, showValue} from '../../../core/value.ts'
import type {Call} from '../model.ts'

/** Throws UsageError where the answer is no collection. */
export function elementsIn({output}: Call): readonly unknown[] {
  const elements = elementsOf(output ?? null)
  if (elements !== undefined) return elements
  throw new UsageError(`a read of a collection answered ${showValue(output)}, which is none`, [
    'Expected: a list of its elements, such as [1, 2], or a set.',
  ])
}
