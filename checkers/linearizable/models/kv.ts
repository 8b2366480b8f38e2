/**
 * A key-value store of texts, key by key: `get` answers the text, `put` replaces it, `append` adds to its end. A key that
 * was never written holds the empty text. The store of MIT's distributed systems course, which Porcupine's logs record.
 */
import {shortValue} from '../canonical.ts'
import type {Model} from '../model.ts'

const textOf = (value: unknown): string => (value === null || value === undefined ? '' : String(value))

export const kv: Model<string> = {
  name: 'kv',
  description: 'get, put and append texts by key',
  functions: ['get', 'put', 'append'],
  reads: ['get'],
  init: '',
  step(text, call) {
    if (call.f === 'put') return textOf(call.input)
    if (call.f === 'append') return text + textOf(call.input)
    return call.outcome !== 'ok' || text === textOf(call.output) ? text : undefined
  },
  hash: (text) => text,
  describe: shortValue,
  structure: {
    kind: 'text',
    role: ({f, input, output}) => ({role: f as 'get' | 'put' | 'append', text: textOf(f === 'get' ? output : input)}),
  },
}
