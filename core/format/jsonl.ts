/**
 * The native history: JSON Lines. First a header, `{"format":"chaos.history/1", …}`, then one op a line with Jepsen's
 * field names, in Jepsen's order of events:
 *
 *     {"index":521,"time":12511000000,"type":"ok","process":7,"f":"read","key":"x3","value":3,"node":"n1"}
 *
 * `time` is in ns since the start. `key`, `error`, `node` and `final` are optional, any further field is kept. A last line
 * that was cut off (the writer was killed) is tolerated and reported; anything else that is not an op is an error.
 */
import type {Op} from '../op.ts'
import {setField} from '../own-field.ts'
import {JsonBytes, JsonError} from './json-bytes.ts'
import {jsonOf} from './json-wrap.ts'
import {malformed, type Place} from './malformed.ts'
import {isDigits} from './op-fields.ts'
import {Pairing} from './pairing.ts'
import {type Bytes, type OpReader, type ParsedHistory, piecesOf, readAll, type Source, type Torn} from './reader.ts'
import {Times} from './times.ts'

/** The version that this code writes, and the only one that it reads. */
export const HISTORY_FORMAT = 'chaos.history/1'

/** The first line of a file, without its line break. */
export function writeHeader(meta: Readonly<Record<string, unknown>> = {}): string {
  return jsonOf({format: HISTORY_FORMAT, ...meta})
}

/** One op as a line, without its line break. */
export function writeOp(op: Op): string {
  let line = `{"index":${op.index},"time":${op.timeNs},"type":"${op.type}","process":${
    typeof op.process === 'number' ? op.process : JSON.stringify(op.process)
  },"f":${jsonOf(op.f)}`
  if (op.key !== undefined) line += `,"key":${jsonOf(op.key)}`
  line += `,"value":${jsonOf(op.value)}`
  if (op.error !== undefined) line += `,"error":${jsonOf(op.error)}`
  if (op.node !== undefined) line += `,"node":${jsonOf(op.node)}`
  if (op.final !== undefined) line += `,"final":${op.final}`
  if (op.extra !== undefined) {
    for (const name of Object.keys(op.extra)) line += `,${JSON.stringify(name)}:${jsonOf(op.extra[name])}`
  }
  return `${line}}`
}

/** Reads a whole native history. Throws UsageError with file, line and column. */
export function parseHistory(input: Bytes, source: Source): ParsedHistory {
  return readAll(new JsonlReader(source), piecesOf(input))
}

const NEWLINE = 0x0a
const FIELDS =
  'An op has: index, time, type (invoke, ok, fail, info), process, f, value; perhaps key, error, node, final.'

/** The push parser of the native format. */
export class JsonlReader implements OpReader {
  meta: Readonly<Record<string, unknown>> = {}
  torn: Torn | undefined
  readonly #file: string
  readonly #json = new JsonBytes(false)
  readonly #pairing = new Pairing()
  /** Bytes of a line whose end has not come yet. */
  #rest: Buffer[] = []
  #line = 1
  #lineStart = 0
  #first = true
  readonly #times = new Times()
  #lastIndex = -1

  constructor(source: Source) {
    this.#file = source.file
  }

  push(bytes: Uint8Array): Op[] {
    let piece = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
    const lastBreak = piece.lastIndexOf(NEWLINE)
    if (lastBreak < 0) {
      this.#rest.push(Buffer.from(piece))
      return []
    }
    let end = lastBreak + 1
    const rest = Buffer.from(piece.subarray(end))
    if (this.#rest.length > 0) {
      piece = Buffer.concat([...this.#rest, piece.subarray(0, end)])
      end = piece.length
    }
    this.#rest = rest.length === 0 ? [] : [rest]
    return this.#lines(piece, end)
  }

  end(): Op[] {
    const rest = Buffer.concat(this.#rest)
    this.#rest = []
    if (rest.length === 0) return []
    if (rest.every((byte) => byte === 0)) {
      // Some file systems leave zeros where a write was under way when the power went.
      this.torn = {line: this.#line, text: ''}
      return []
    }
    try {
      return this.#lines(rest, rest.length)
    } catch (error) {
      // Only a line that stops short can be the last breath of a killed writer; a lone one must at least look like ours.
      const text = rest.toString('utf8')
      if (!(error instanceof CutOff) || (this.#first && !text.startsWith('{"'))) {
        throw error instanceof CutOff ? error.malformed : error
      }
      this.torn = {line: this.#line, text}
      return []
    }
  }

  /** Whole lines (the last one perhaps without its break). */
  #lines(bytes: Buffer, end: number): Op[] {
    const ops: Op[] = []
    const json = this.#json
    json.reset(bytes, 0, end)
    while (json.at < end) {
      this.#lineStart = json.at
      if (this.#blanks() === NEWLINE) {
        json.at++
        this.#line++
        continue
      }
      if (json.at >= end) break
      try {
        if (this.#first) this.#header(ops)
        else ops.push(this.#op())
        const after = this.#blanks()
        if (after !== NEWLINE && after !== -1) json.fail('the end of the line')
      } catch (error) {
        if (!(error instanceof JsonError)) throw error
        this.#refuse(error, end)
      }
      json.at++
      this.#line++
    }
    return ops
  }

  /** Skips blanks within the line. */
  #blanks(): number {
    const json = this.#json
    while (json.at < json.end) {
      const byte = json.bytes[json.at]!
      if (byte !== 0x20 && byte !== 0x0d && byte !== 0x09) return byte
      json.at++
    }
    return -1
  }

  #refuse(error: JsonError, end: number): never {
    const place = this.#place(error.offset, end)
    const failure = malformed(place, error.message, [FIELDS])
    throw error.offset >= end && this.#json.bytes[end - 1] !== NEWLINE ? new CutOff(failure) : failure
  }

  #place(offset: number, end: number): Place {
    const {bytes} = this.#json
    const lineEnd = bytes.indexOf(NEWLINE, this.#lineStart)
    const stop = lineEnd < 0 || lineEnd > end ? end : lineEnd
    const text = bytes.toString('utf8', this.#lineStart, stop).replace(/\r$/, '')
    const column = bytes.toString('utf8', this.#lineStart, Math.min(offset, stop)).length + 1
    return {file: this.#file, line: this.#line, column, text}
  }

  /** The first line: a header, or already an op of a file without one. */
  #header(ops: Op[]): void {
    const json = this.#json
    const start = json.at
    if (json.bytes[start] !== 0x7b) json.fail('"{": a history has one JSON object a line')
    const fields = json.object()
    this.#first = false
    if (fields['format'] === undefined) {
      json.at = start
      ops.push(this.#op())
      return
    }
    if (fields['format'] !== HISTORY_FORMAT) {
      throw new JsonError(start, `this is ${JSON.stringify(fields['format'])}; expected "${HISTORY_FORMAT}"`)
    }
    const {format: _, ...meta} = fields
    this.meta = meta
  }

  #op(): Op {
    const json = this.#json
    const start = json.at
    let index = -1
    let timeNs: number | undefined
    let type: Op['type'] | undefined
    let process: number | string | undefined
    let processAt = 0
    let f: string | undefined
    let key: unknown
    let value: unknown
    let error: unknown
    let node: unknown
    let final: unknown
    let extra: Record<string, unknown> | undefined
    if (json.bytes[start] !== 0x7b) json.fail('"{": a history has one JSON object a line')
    json.at++
    if (this.#blanks() === 0x7d) throw new JsonError(start, 'this object has no "type"')
    for (;;) {
      if (this.#blanks() !== 0x22) json.fail('a field name in quotes')
      const nameAt = json.at
      const name = json.string()
      if (json.bytes[json.at] === 0x3a && json.at < json.end) json.at++
      else {
        if (this.#blanks() !== 0x3a) json.fail('":"')
        json.at++
      }
      this.#blanks()
      const valueAt = json.at
      let twice = false
      switch (name) {
        case 'index': {
          twice = index !== -1
          const given = json.value()
          if (typeof given !== 'number' || given < 0 || given % 1 !== 0) json.fail('an index: 0, 1, 2, …', valueAt)
          index = given as number
          break
        }
        case 'time': {
          twice = timeNs !== undefined
          timeNs = this.#times.of(json.value())
          if (timeNs === undefined) json.fail('a time in ns', valueAt)
          break
        }
        case 'type':
          twice = type !== undefined
          type = typeOf(json.value())
          if (type === undefined) json.fail('"invoke", "ok", "fail" or "info"', valueAt)
          break
        case 'process': {
          twice = process !== undefined
          const given = json.value()
          const good =
            typeof given === 'number' ? given >= 0 && given % 1 === 0 : typeof given === 'string' && !isDigits(given)
          if (!good) json.fail('a process: 0, 1, 2, … for clients, a name for a nemesis', valueAt)
          process = given as number | string
          processAt = valueAt
          break
        }
        case 'f': {
          twice = f !== undefined
          const given = json.value()
          if (typeof given !== 'string') json.fail('the name of a function in quotes', valueAt)
          f = given as string
          break
        }
        case 'key':
          twice = key !== undefined
          key = json.value() ?? undefined
          if (typeof key === 'bigint') key = String(key)
          if (key !== undefined && typeof key !== 'string' && typeof key !== 'number') {
            json.fail('a key: a string or a number', valueAt)
          }
          break
        case 'value':
          twice = value !== undefined
          value = json.value()
          break
        case 'error':
          twice = error !== undefined
          error = json.value() ?? undefined
          break
        case 'node':
          twice = node !== undefined
          node = json.value() ?? undefined
          if (node !== undefined && typeof node !== 'string') json.fail('the name of a node in quotes', valueAt)
          break
        case 'final':
          twice = final !== undefined
          final = json.value() ?? undefined
          if (final !== undefined && typeof final !== 'boolean') json.fail('true or false', valueAt)
          break
        default:
          twice = !setField((extra ??= {}), name, json.value())
      }
      if (twice) throw new JsonError(nameAt, `the field ${JSON.stringify(name)} appears twice`)
      const byte = this.#blanks()
      if (byte !== 0x2c && byte !== 0x7d) json.fail('"," or "}"')
      json.at++
      if (byte === 0x7d) break
    }
    if (type === undefined) throw new JsonError(start, 'this op has no "type"')
    if (process === undefined) throw new JsonError(start, 'this op has no "process"')
    if (f === undefined) throw new JsonError(start, 'this op has no "f"')
    if (index === -1) index = this.#lastIndex + 1
    else if (index <= this.#lastIndex) {
      throw new JsonError(start, `index ${index} comes after index ${this.#lastIndex}; indices must ascend`)
    }
    this.#lastIndex = index
    timeNs ??= index
    if (typeof process === 'number') this.#pair(type, process, index, processAt)
    if (value === undefined) value = null
    // Ops are made by few literals in one order of fields, so that the engine gives them few shapes.
    const op: {-readonly [field in keyof Op]: Op[field]} =
      key === undefined
        ? {index, timeNs, type, process, f, value}
        : {index, timeNs, type, process, f, key: key as string | number, value}
    if (error !== undefined) op.error = error
    if (node !== undefined) op.node = node as string
    if (final !== undefined) op.final = final as boolean
    if (extra !== undefined) op.extra = extra
    return op
  }

  #pair(type: Op['type'], process: number, index: number, at: number): void {
    const breach = this.#pairing.see(type, process, index, this.#line)
    if (breach === undefined) return
    const place = this.#place(at, this.#json.end)
    throw malformed(place, breach.message, [breach.hint, 'See: chaos explain history-format'])
  }
}

function typeOf(value: unknown): Op['type'] | undefined {
  return value === 'invoke' || value === 'ok' || value === 'fail' || value === 'info' ? value : undefined
}

/** A line that is right as far as it goes, but stops short. */
class CutOff extends Error {
  readonly malformed: Error
  constructor(failure: Error) {
    super(failure.message)
    this.malformed = failure
  }
}
