/**
 * An op from the fields of a foreign record (an EDN map, a JSON object): names without colon, values as they were found.
 * What is missing is made up as Jepsen would: indices ascend, a missing time is the index, a missing value is null.
 */
import type {Op, OpType} from '../op.ts'
import {showValue} from '../value.ts'
import {jsonOf} from './json-wrap.ts'
import type {Pairing} from './pairing.ts'
import {Times} from './times.ts'

/** What is wrong with a record, with the hints that go with it. */
export class FieldError extends Error {
  override name = 'FieldError'
  readonly hints: readonly string[]
  constructor(message: string, hints: readonly string[] = []) {
    super(message)
    this.hints = hints
  }
}

const FIELDS = 'An op has: type (invoke, ok, fail, info), process, f, value; perhaps index, time, error, key.'

/** Makes ops of one file, in order. Throws FieldError. */
export class OpFields {
  readonly #pairing: Pairing
  readonly #times = new Times()
  #lastIndex = -1

  constructor(pairing: Pairing) {
    this.#pairing = pairing
  }

  op(fields: Record<string, unknown>, line: number): Op {
    const type = typeOf(fields['type'])
    const process = processOf(fields['process'])
    // Elle's own examples leave out the function of transactions.
    const f = word(fields['f'] ?? (isTransaction(fields['value']) ? 'txn' : undefined))
    if (f === undefined) throw new FieldError('this op has no "f" that names a function', [FIELDS])
    const index = this.#indexOf(fields['index'])
    const given = fields['time'] ?? undefined
    const time = given === undefined ? index : this.#times.of(given)
    if (time === undefined) throw new FieldError(`expected a time in ns, found ${shown(given)}`, [FIELDS])
    if (typeof process === 'number') {
      const breach = this.#pairing.see(type, process, index, line)
      if (breach !== undefined) {
        const hints = [breach.hint, 'See: chaos explain history-format']
        if (fields['process'] === undefined) hints.unshift('An op that names no process is taken for one of process 0.')
        throw new FieldError(breach.message, hints)
      }
    }
    const {key, error, node, extra} = fields
    const op: {-readonly [field in keyof Op]: Op[field]} = {
      index,
      timeNs: time,
      type,
      process,
      f,
      value: fields['value'] ?? null,
    }
    if (key !== undefined && key !== null) {
      op.key = typeof key === 'string' || typeof key === 'number' ? key : jsonOf(key)
    }
    if (error !== undefined && error !== null) op.error = error
    if (typeof node === 'string') op.node = node
    const final = fields['final?'] ?? fields['final']
    if (typeof final === 'boolean') op.final = final
    const others = Object.keys(fields).filter((name) => !KNOWN.has(name) || (name === 'node' && op.node === undefined))
    if (others.length > 0) op.extra = Object.fromEntries(others.map((name) => [name, fields[name]]))
    if (extra !== undefined) op.extra = {...op.extra, extra}
    return op
  }

  #indexOf(given: unknown): number {
    if (given === undefined || given === null) return ++this.#lastIndex
    if (typeof given !== 'number' || given < 0 || given % 1 !== 0) {
      throw new FieldError(`expected an index (0, 1, 2, …), found ${shown(given)}`, [FIELDS])
    }
    if (given <= this.#lastIndex) {
      throw new FieldError(`index ${given} comes after index ${this.#lastIndex}; indices must ascend`)
    }
    return (this.#lastIndex = given)
  }
}

const KNOWN = new Set([
  'index',
  'time',
  'type',
  'process',
  'f',
  'value',
  'key',
  'error',
  'node',
  'final?',
  'final',
  'extra',
])

function typeOf(value: unknown): OpType {
  const type = word(value)
  if (type === 'invoke' || type === 'ok' || type === 'fail' || type === 'info') return type
  const found = value === undefined ? 'none' : shown(value)
  throw new FieldError(`expected a type: invoke, ok, fail or info; found ${found}`, [FIELDS])
}

/** A list of micro-operations: `[["r", 1, null], ["append", 2, 3]]`. */
function isTransaction(value: unknown): boolean {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.every((micro) => Array.isArray(micro) && typeof micro[0] === 'string')
  )
}

/** Histories without processes, as in hand-written examples, are those of one. */
function processOf(value: unknown = 0): number | string {
  if (typeof value === 'number' && value >= 0 && value % 1 === 0) return value
  const name = word(value)
  if (name !== undefined && !isDigits(name)) return name
  throw new FieldError(`expected a process: 0, 1, 2, … for clients, a name for a nemesis; found ${shown(value)}`, [
    FIELDS,
  ])
}

/** A client that was written as text. Taken for the name of a nemesis, it would silently go unjudged. */
export function isDigits(name: string): boolean {
  return /^-?\d+$/.test(name)
}

/** A value in an error, with quotes where it is a text. */
function shown(value: unknown): string {
  if (typeof value === 'string') return value.startsWith(':') ? value : JSON.stringify(value)
  return value === null ? 'null' : showValue(value)
}

/** A name, with or without the colon of a keyword. */
function word(value: unknown): string | undefined {
  if (typeof value !== 'string' || value === '') return undefined
  return value.startsWith(':') ? value.slice(1) : value
}
