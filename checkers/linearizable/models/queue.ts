/**
 * Queues: `enqueue` an element, `dequeue` answers one, or null where there was none. From a FIFO queue it is the oldest,
 * from an unordered one any.
 */
import {canonical} from '../canonical.ts'
import type {Call, Model, Role} from '../model.ts'

type Elements = readonly unknown[]

const same = (left: unknown, right: unknown): boolean => left === right || canonical(left) === canonical(right)
const empty = (call: Call): boolean => call.outcome === 'fail' || (call.outcome === 'ok' && call.output === null)

function role(call: Call): Role {
  if (call.f === 'enqueue') return {role: 'insert', element: call.input}
  if (empty(call)) return {role: 'empty'}
  return call.outcome === 'ok' ? {role: 'remove', element: call.output} : {role: 'remove-unknown'}
}

const base = {
  functions: ['enqueue', 'dequeue'],
  reads: [],
  pure: (call: Call) => call.f === 'dequeue' && empty(call),
  // A refused dequeue found nothing.
  observesFailure: (call: Call) => call.f === 'dequeue',
  init: [],
}

export const fifoQueue: Model<Elements> = {
  ...base,
  name: 'queue',
  description: 'first in, first out',
  step(elements, call) {
    if (call.f === 'enqueue') return [...elements, call.input]
    if (empty(call)) return elements.length === 0 ? elements : undefined
    if (call.outcome === 'info') return elements.slice(1)
    return elements.length > 0 && same(elements[0], call.output) ? elements.slice(1) : undefined
  },
  structure: {kind: 'collection', order: 'fifo', role},
}

export const unorderedQueue: Model<Elements> = {
  ...base,
  name: 'unordered-queue',
  description: 'a bag: any element may come out',
  step(elements, call) {
    if (call.f === 'enqueue') return [...elements, call.input]
    if (empty(call)) return elements.length === 0 ? elements : undefined
    const at = elements.findIndex((element) => same(element, call.output))
    return at < 0 ? undefined : elements.filter((_, i) => i !== at)
  },
  branches(elements, call) {
    if (call.f !== 'dequeue' || call.outcome !== 'info') return undefined
    return [elements, ...elements.map((_, at) => elements.filter((_, i) => i !== at))]
  },
  hash: (elements) =>
    elements
      .map((element) => String(canonical(element)))
      .sort()
      .join('\n'),
  structure: {kind: 'collection', order: 'bag', role},
}
