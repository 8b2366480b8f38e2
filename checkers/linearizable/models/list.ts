/** A list that grows: `append` an element at its end, `read` answers all of it. */
import {canonical} from '../canonical.ts'
import type {Model} from '../model.ts'
import {elementsIn} from './elements.ts'

export const list: Model<readonly unknown[]> = {
  name: 'list',
  description: 'append to a list and read it',
  functions: ['append', 'read'],
  reads: ['read'],
  init: [],
  step(elements, call) {
    if (call.f === 'append') return [...elements, call.input]
    if (call.outcome !== 'ok') return elements
    const seen = elementsIn(call)
    if (seen.length !== elements.length) return undefined
    return seen.every((element, i) => canonical(element) === canonical(elements[i])) ? elements : undefined
  },
  structure: {
    kind: 'collection',
    order: 'log',
    role: (call) =>
      call.f === 'append' ? {role: 'insert', element: call.input} : {role: 'all', elements: elementsIn(call)},
  },
}
