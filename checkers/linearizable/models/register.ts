/**
 * Registers: the object that most stores promise per key. `read` answers the value, `write` sets it, `cas` [old, new]
 * sets it if it was old. The initial value is null.
 */
import {canonical} from '../canonical.ts'
import type {Call, Model, Structure} from '../model.ts'

const same = (left: unknown, right: unknown): boolean => left === right || canonical(left) === canonical(right)

function pairOf(call: Call): readonly [unknown, unknown] {
  return (Array.isArray(call.input) ? call.input : [undefined, undefined]) as unknown as readonly [unknown, unknown]
}

const words = {read: 'read', write: 'write', cas: undefined}

const structure: Extract<Structure, {kind: 'register'}> = {
  kind: 'register',
  produces(call) {
    if (call.outcome === 'fail') return undefined
    if (call.f === 'write') return {value: call.input}
    return call.f === 'cas' ? {value: pairOf(call)[1]} : undefined
  },
  observes(call) {
    if (call.f === 'read') return {value: call.outcome === 'fail' ? null : call.output}
    if (call.f !== 'cas') return undefined
    return call.outcome === 'fail' ? {not: pairOf(call)[0]} : {value: pairOf(call)[0]}
  },
  blind(call) {
    if (call.f !== 'cas' || call.outcome === 'fail') return undefined
    const [, to] = pairOf(call)
    return {...call, f: 'write', input: to, output: call.outcome === 'ok' ? to : undefined}
  },
  seeing: (call, value) => (call.f === 'cas' ? {...call, input: [value, pairOf(call)[1]]} : {...call, output: value}),
}

function step(state: unknown, call: Call): unknown {
  switch (call.f) {
    case 'read':
      // A trusted refusal to read says that there was nothing.
      if (call.outcome === 'info') return state
      return same(state, call.outcome === 'fail' ? null : call.output) ? state : undefined
    case 'write':
      return call.input
    default: {
      const [from, to] = pairOf(call)
      if (call.outcome === 'fail') return same(state, from) ? undefined : state
      if (call.outcome === 'ok') return same(state, from) ? to : undefined
      // Unknown: where the value differs it would change nothing, which is as if it never ran.
      return same(state, from) ? to : undefined
    }
  }
}

export const register: Model = {
  name: 'register',
  description: 'read and write one value',
  functions: ['read', 'write'],
  reads: ['read'],
  init: null,
  step,
  observesFailure: (call) => call.f === 'read',
  structure: {...structure, words},
}

export const casRegister: Model = {
  ...register,
  structure: {...structure, words: {...words, cas: 'cas'}},
  name: 'cas-register',
  description: 'read, write and compare-and-set one value',
  functions: ['read', 'write', 'cas'],
  observesFailure: (call) => call.f === 'read' || call.f === 'cas',
}
