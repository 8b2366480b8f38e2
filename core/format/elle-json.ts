/**
 * elle-cli's histories in JSON: one array of objects with Jepsen's field names, and strings where EDN has keywords. JSON has
 * strings only for names of fields, so a map with numbers as keys comes out of it as `{"0": 10}`, as in the native format.
 */
import type {Op} from '../op.ts'
import {JsonBytes, JsonError} from './json-bytes.ts'
import {jsonOf} from './json-wrap.ts'
import {malformed} from './malformed.ts'
import {FieldError, OpFields} from './op-fields.ts'
import {Pairing} from './pairing.ts'
import type {OpReader, Source} from './reader.ts'
import {Window} from './window.ts'

/** The push parser of JSON arrays. */
export class ElleJsonReader implements OpReader {
  readonly meta = {}
  readonly torn = undefined
  readonly #window: Window
  readonly #json = new JsonBytes(true)
  readonly #fields = new OpFields(new Pairing())
  #state: 'before' | 'first' | 'op' | 'between' | 'after' = 'before'

  constructor(source: Source) {
    this.#window = new Window(source.file)
  }

  push(bytes: Uint8Array): Op[] {
    return this.#window.append(bytes) ? this.#read(true) : []
  }

  end(): Op[] {
    this.#window.join()
    const ops = this.#read(false)
    if (this.#state !== 'after') {
      throw malformed(
        this.#window.place(this.#window.bytes.length),
        'the history is cut off: its closing "]" is missing',
      )
    }
    return ops
  }

  #read(open: boolean): Op[] {
    const ops: Op[] = []
    const {bytes} = this.#window
    this.#json.reset(bytes, 0, bytes.length)
    let done = 0
    try {
      while (this.#next(ops)) done = this.#json.at
    } catch (error) {
      if (!(error instanceof JsonError)) throw error
      if (!open || error.offset < bytes.length) throw malformed(this.#window.place(error.offset), error.message)
    }
    this.#window.consume(done)
    return ops
  }

  /** Reads one op or delimiter; false at the end of the bytes. */
  #next(ops: Op[]): boolean {
    const json = this.#json
    const byte = json.peek()
    if (byte === -1) return false
    const start = json.at
    switch (this.#state) {
      case 'before':
        json.expect(0x5b, '"[": a history is an array of ops')
        this.#state = 'first'
        return true
      case 'between':
        if (byte !== 0x2c && byte !== 0x5d) json.fail('"," or "]"')
        json.at++
        this.#state = byte === 0x2c ? 'op' : 'after'
        return true
      case 'after':
        return json.fail('nothing after the history')
      default:
        if (byte === 0x5d && this.#state === 'first') {
          json.at++
          this.#state = 'after'
          return true
        }
        if (byte !== 0x7b) json.fail('"{": an op with its fields')
        ops.push(this.#op(json.object(), start))
        this.#state = 'between'
        return true
    }
  }

  #op(fields: Record<string, unknown>, start: number): Op {
    try {
      return this.#fields.op(fields, this.#window.lineAt(start))
    } catch (error) {
      if (error instanceof FieldError) throw malformed(this.#window.place(start), error.message, error.hints)
      throw error
    }
  }
}

/** One op as an object of the array, without delimiters. */
export function writeElleJsonOp(op: Op): string {
  const {index, timeNs: time, type, process, f, key, value, error, node, final, extra} = op
  return jsonOf({index, time, type, process, f, key, value, error, node, 'final?': final, ...extra})
}
