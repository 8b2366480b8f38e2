/** A stack: `push` an element, `pop` answers the newest, or null where there was none. */
import {canonical} from '../canonical.ts'
import type {Call, Model} from '../model.ts'

const empty = (call: Call): boolean => call.outcome === 'fail' || (call.outcome === 'ok' && call.output === null)

export const stack: Model<readonly unknown[]> = {
  name: 'stack',
  description: 'last in, first out',
  functions: ['push', 'pop'],
  reads: [],
  pure: (call) => call.f === 'pop' && empty(call),
  observesFailure: (call) => call.f === 'pop',
  init: [],
  step(elements, call) {
    if (call.f === 'push') return [...elements, call.input]
    if (empty(call)) return elements.length === 0 ? elements : undefined
    if (call.outcome === 'info') return elements.slice(0, -1)
    return elements.length > 0 && canonical(elements.at(-1)) === canonical(call.output)
      ? elements.slice(0, -1)
      : undefined
  },
  structure: {
    kind: 'collection',
    order: 'lifo',
    role(call) {
      if (call.f === 'push') return {role: 'insert', element: call.input}
      if (empty(call)) return {role: 'empty'}
      return call.outcome === 'ok' ? {role: 'remove', element: call.output} : {role: 'remove-unknown'}
    },
  },
}
