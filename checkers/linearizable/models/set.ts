/**
 * A set: `add` and `remove` an element, `contains` answers whether it is there ([element, found], or just found), `read`
 * answers all elements.
 */
import {canonical} from '../canonical.ts'
import type {Call, Model} from '../model.ts'
import {elementsIn} from './elements.ts'

/** Canonical elements, sorted: equal sets are equal arrays. */
type Elements = readonly string[]

const keyOf = (element: unknown): string => String(canonical(element))

function found(call: Call): boolean {
  return (Array.isArray(call.output) ? call.output[1] : call.output) === true
}

export const set: Model<Elements> = {
  name: 'set',
  description: 'add, remove and look up elements',
  functions: ['add', 'remove', 'contains', 'read'],
  reads: ['contains', 'read'],
  init: [],
  step(elements, call) {
    if (call.f === 'read') {
      if (call.outcome !== 'ok') return elements
      const seen = new Set(elementsIn(call).map(keyOf))
      return seen.size === elements.length && elements.every((element) => seen.has(element)) ? elements : undefined
    }
    const key = keyOf(call.input)
    const present = elements.includes(key)
    if (call.f === 'contains') return call.outcome !== 'ok' || found(call) === present ? elements : undefined
    if (call.f === 'add') return present ? elements : [...elements, key].sort()
    return present ? elements.filter((element) => element !== key) : elements
  },
  hash: (elements) => elements.join('\n'),
  describe: (elements) => `{${elements.map((element) => element.replace(/^"/, '')).join(' ')}}`,
  structure: {
    kind: 'collection',
    order: 'set',
    role(call) {
      if (call.f === 'add') return {role: 'insert', element: call.input}
      if (call.f === 'remove') return {role: 'remove', element: call.input}
      if (call.f === 'contains') return {role: 'member', element: call.input, present: found(call)}
      return {role: 'all', elements: elementsIn(call)}
    },
  },
}
