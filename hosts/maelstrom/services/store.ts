/** What the key-value services have in common: one request against one state. */
import {type ValueKey, valueKey} from '../../../core/value.ts'
import {printJson} from '../json.ts'
import type {Body} from '../packet.ts'
import {refusal} from './service.ts'

/** A state to look things up in. Keys and values are any JSON, compared by structure: 1, 1.0 and "1" are three keys. */
export interface Lookup {
  get(key: ValueKey): unknown
}

/** What a request comes to: the answer, and the change that goes with it. */
export interface Step {
  readonly answer: Body
  readonly change?: {readonly key: ValueKey; readonly value: unknown}
}

/** `creates` says whether `cas` knows `create_if_not_exists`. */
export function perform(state: Lookup, request: Body, creates: boolean): Step {
  const key = valueKey(request['key'])
  const found = state.get(key)
  switch (request.type) {
    case 'read':
      return {answer: found === undefined ? missing() : {type: 'read_ok', value: found}}
    case 'write':
      return {answer: {type: 'write_ok'}, change: {key, value: request['value']}}
    case 'cas': {
      const {from, to} = request
      const created = {answer: {type: 'cas_ok'}, change: {key, value: to}}
      if (found === undefined)
        return creates && request['create_if_not_exists'] === true ? created : {answer: missing()}
      if (valueKey(found) === valueKey(from)) return created
      return {answer: refusal(22, `current value ${printJson(found)} is not ${printJson(from)}`)}
    }
    default:
      return {answer: refusal(10, `a key-value store understands read, write and cas, not ${request.type}`)}
  }
}

function missing(): Body {
  return refusal(20, 'key does not exist')
}
