/**
 * Jepsen's histories in EDN: one map after another, or all of them in one vector, list or set; plain maps or records with a
 * tag (`#jepsen.history.Op{…}`), whose name does not matter. Also Porcupine's key-value logs, which are such maps with `:key`.
 *
 * Keywords are written where Jepsen has them (`:type`, `:f`, named processes, the verbs of micro-operations, field names),
 * so a history that was read is written with the same meaning: see `edn-bytes.ts` for values.
 */

import type {Op} from '../op.ts'
import {EdnError, isKeywordName} from './edn-bytes.ts'
import {ednBytes, ednKey, ednOf} from './edn-text.ts'
import {malformed} from './malformed.ts'
import {FieldError, OpFields} from './op-fields.ts'
import {Pairing} from './pairing.ts'
import type {OpReader, Source} from './reader.ts'
import {Window} from './window.ts'

const OPENERS: Readonly<Record<number, number>> = {91: 0x5d, 40: 0x29}
const BRACE = 0x7b
const HASH = 0x23

/** The push parser of EDN histories. */
export class EdnReader implements OpReader {
  readonly meta = {}
  readonly torn = undefined
  readonly #window: Window
  readonly #edn = ednBytes()
  readonly #fields = new OpFields(new Pairing())
  /** The bracket that closes the collection around all ops, once it was opened; -1 after it was closed. */
  #close = 0
  #begun = false
  /** Where what is being read begins. */
  #opStart = 0

  constructor(source: Source) {
    this.#window = new Window(source.file)
  }

  push(bytes: Uint8Array): Op[] {
    return this.#window.append(bytes) ? this.#read(true) : []
  }

  end(): Op[] {
    this.#window.join()
    const ops = this.#read(false)
    if (this.#close > 0) {
      throw malformed(
        this.#window.place(this.#window.bytes.length),
        'the history is cut off: its closing bracket is missing',
      )
    }
    return ops
  }

  #read(open: boolean): Op[] {
    const ops: Op[] = []
    const edn = this.#edn
    const window = this.#window
    edn.reset(window.bytes)
    edn.open = open
    let done = 0
    try {
      while (this.#next(ops)) done = edn.at
    } catch (error) {
      if (!(error instanceof EdnError)) throw error
      if (!error.atEnd) throw malformed(window.place(error.offset), error.message)
      // Where the file ends says little: it is the beginning of what has no end that a person has to look at.
      if (!open) throw malformed(window.place(this.#opStart), `this op has no end: ${error.message}`)
    }
    window.consume(done)
    return ops
  }

  /** Reads one op or bracket; false at the end of the bytes. */
  #next(ops: Op[]): boolean {
    const edn = this.#edn
    const byte = edn.peek()
    if (byte === -1) return false
    const start = edn.at
    this.#opStart = start
    if (this.#close === -1) edn.fail('nothing after the history')
    if (byte === this.#close) {
      edn.at++
      this.#close = -1
      return true
    }
    if (!this.#begun && (OPENERS[byte] !== undefined || (byte === HASH && edn.bytes[start + 1] === BRACE))) {
      edn.at += byte === HASH ? 2 : 1
      this.#close = OPENERS[byte] ?? 0x7d
      this.#begun = true
      return true
    }
    if (byte === HASH) {
      edn.tag()
      if (edn.peek() !== BRACE) edn.fail('a map: an op with its fields')
    } else if (byte !== BRACE) edn.fail('a map, "{": an op with its fields')
    const fields = edn.map()
    this.#begun = true
    ops.push(this.#op(fields, start))
    return true
  }

  #op(fields: Record<string, unknown>, start: number): Op {
    if (fields['value'] !== undefined) fields['value'] = withVerbs(fields['value'])
    try {
      return this.#fields.op(fields, this.#window.lineAt(start))
    } catch (error) {
      if (error instanceof FieldError) throw malformed(this.#window.place(start), error.message, error.hints)
      throw error
    }
  }
}

/** Micro-operations, `[[:r x nil] [:append y 1]]`, lose the colons of their verbs. */
export function withVerbs(value: unknown): unknown {
  if (!Array.isArray(value) || value.length === 0) return value
  for (const micro of value) {
    if (!Array.isArray(micro) || typeof micro[0] !== 'string' || !micro[0].startsWith(':')) return value
  }
  return value.map(([verb, ...rest]) => [(verb as string).slice(1), ...rest])
}

/** One op as an EDN map, without a line break. */
export function writeEdnOp(op: Op): string {
  const {index, timeNs, type, process, f, value} = op
  const who = typeof process === 'number' ? process : ednName(process)
  let text = `{:index ${index}, :time ${timeNs}, :type :${type}, :process ${who}, :f ${ednName(f)}`
  if (op.key !== undefined) text += `, :key ${ednOf(op.key)}`
  text += `, :value ${ednOfValue(value)}`
  if (op.error !== undefined) text += `, :error ${ednOf(op.error)}`
  if (op.node !== undefined) text += `, :node ${ednOf(op.node)}`
  if (op.final !== undefined) text += `, :final? ${op.final}`
  for (const [name, field] of Object.entries(op.extra ?? {})) text += `, ${ednKey(name)} ${ednOf(field)}`
  return `${text}}`
}

function ednName(name: string): string {
  return isKeywordName(name) ? `:${name}` : JSON.stringify(name)
}

/** The value of an op: micro-operations get the colons of their verbs back. */
function ednOfValue(value: unknown): string {
  const micros = Array.isArray(value) && value.length > 0 && value.every(isMicro)
  if (!micros) return ednOf(value)
  return `[${(value as unknown[][]).map(([verb, ...rest]) => `[:${verb}${rest.map((item) => ` ${ednOf(item)}`).join('')}]`).join(' ')}]`
}

function isMicro(micro: unknown): boolean {
  return Array.isArray(micro) && typeof micro[0] === 'string' && isKeywordName(micro[0])
}
