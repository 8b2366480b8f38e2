/**
 * A JSON parser over bytes, because `JSON.parse` loses integers beyond 2^53, needs its input as one string, and does not
 * say where it failed. Integers beyond 2^53 become bigint.
 */

import {setField} from '../own-field.ts'
import {Interner} from './interner.ts'
import {decodeWrapped} from './json-wrap.ts'
import {wholeNumber} from './whole-number.ts'

/** Where the text stops being JSON, as a byte offset, and what was expected there. */
export class JsonError extends Error {
  override name = 'JsonError'
  readonly offset: number
  constructor(offset: number, message: string) {
    super(message)
    this.offset = offset
  }
}

const MAX_DEPTH = 512
/** Bytes of a string or word that an error shows. */
const LONGEST_QUOTE = 24

const QUOTE = 0x22
const BACKSLASH = 0x5c

/** A cursor over a buffer. `at` is where it stands; `end` is where it must stop. */
export class JsonBytes {
  bytes: Buffer = Buffer.alloc(0)
  at = 0
  end = 0
  /** Whether a line break is a blank. */
  readonly #multiline: boolean
  readonly #interner = new Interner()
  #depth = 0

  constructor(multiline: boolean) {
    this.#multiline = multiline
  }

  /** Starts on another buffer. */
  reset(bytes: Buffer, at: number, end: number): void {
    this.bytes = bytes
    this.at = at
    this.end = end
    this.#depth = 0
  }

  /** Skips blanks and returns the byte there (-1 at the end). */
  peek(): number {
    while (this.at < this.end) {
      const byte = this.bytes[this.at]!
      if (byte !== 0x20 && byte !== 0x0d && byte !== 0x09 && !(byte === 0x0a && this.#multiline)) return byte
      this.at++
    }
    return -1
  }

  fail(expected: string, offset = this.at): never {
    if (offset >= this.end) throw new JsonError(offset, `the text ends here; expected ${expected}`)
    const text = this.bytes.toString('utf8', offset, Math.min(this.end, offset + LONGEST_QUOTE))
    // A string or a word is quoted whole: "soon" says more than its first quote.
    const [found] = /^("[^"\\\n]*"|[\w.+-]+)/.exec(text) ?? [...text]
    throw new JsonError(offset, `expected ${expected}, found ${/^"./.test(found!) ? found : JSON.stringify(found)}`)
  }

  /** Steps over this byte or fails. */
  expect(byte: number, expected: string): void {
    if (this.peek() !== byte) this.fail(expected)
    this.at++
  }

  /** Any value. */
  value(): unknown {
    const byte = this.peek()
    if (byte === QUOTE) return this.string()
    if ((byte >= 0x30 && byte <= 0x39) || byte === 0x2d) return this.number()
    switch (byte) {
      case 0x5b:
        return this.#array()
      case 0x7b:
        return decodeWrapped(this.object())
      case 0x6e:
        return this.#word('null', null)
      case 0x74:
        return this.#word('true', true)
      case 0x66:
        return this.#word('false', false)
      default:
        return this.fail('a value')
    }
  }

  #word<T>(word: string, value: T): T {
    for (let i = 0; i < word.length; i++) {
      if (this.at + i >= this.end || this.bytes[this.at + i] !== word.charCodeAt(i)) this.fail('a value', this.at + i)
    }
    this.at += word.length
    return value
  }

  #array(): unknown[] {
    this.#enter()
    const items: unknown[] = []
    if (this.peek() === 0x5d) this.at++
    else {
      for (;;) {
        items.push(this.value())
        const byte = this.peek()
        if (byte !== 0x2c && byte !== 0x5d) this.fail('"," or "]"')
        this.at++
        if (byte === 0x5d) break
      }
    }
    this.#depth--
    return items
  }

  /** An object as it stands, with `{"#set": …}` and the like not yet decoded. */
  object(): Record<string, unknown> {
    this.#enter()
    const fields: Record<string, unknown> = {}
    if (this.peek() === 0x7d) this.at++
    else {
      for (;;) {
        if (this.peek() !== QUOTE) this.fail('a field name in quotes')
        const nameAt = this.at
        const name = this.string()
        this.expect(0x3a, '":"')
        if (!setField(fields, name, this.value())) {
          throw new JsonError(nameAt, `the field ${JSON.stringify(name)} appears twice`)
        }
        const byte = this.peek()
        if (byte !== 0x2c && byte !== 0x7d) this.fail('"," or "}"')
        this.at++
        if (byte === 0x7d) break
      }
    }
    this.#depth--
    return fields
  }

  /** Steps over the opening bracket. */
  #enter(): void {
    if (++this.#depth > MAX_DEPTH) throw new JsonError(this.at, `nested deeper than ${MAX_DEPTH} levels`)
    this.at++
  }

  /** A number: bigint where it is an integer that a double cannot hold exactly. */
  number(): number | bigint {
    const {bytes, end} = this
    const start = this.at
    let at = start
    const negative = bytes[at] === 0x2d
    if (negative) at++
    const first = at
    let value = 0
    let byte = at < end ? bytes[at]! : 0
    while (byte >= 0x30 && byte <= 0x39) {
      value = value * 10 + (byte - 0x30)
      byte = ++at < end ? bytes[at]! : 0
    }
    const digits = at - first
    if (digits === 0) this.fail('a digit', at)
    if (digits > 1 && bytes[first] === 0x30) this.fail('no leading zero', first)
    if (byte === 0x2e || byte === 0x65 || byte === 0x45) return this.#fraction(start, at)
    this.at = at
    if (digits <= 15) return negative ? 0 - value : value
    return wholeNumber(bytes.toString('latin1', start, at))
  }

  #fraction(start: number, at: number): number {
    const {bytes, end} = this
    const digitsFrom = (from: number): number => {
      let to = from
      while (to < end && bytes[to]! >= 0x30 && bytes[to]! <= 0x39) to++
      if (to === from) this.fail('a digit', to)
      return to
    }
    if (bytes[at] === 0x2e) at = digitsFrom(at + 1)
    if (at < end && (bytes[at] === 0x65 || bytes[at] === 0x45)) {
      at++
      if (at < end && (bytes[at] === 0x2b || bytes[at] === 0x2d)) at++
      at = digitsFrom(at)
    }
    this.at = at
    return Number(bytes.toString('latin1', start, at))
  }

  /** A string; `at` is on its opening quote. */
  string(): string {
    const {bytes, end} = this
    const start = this.at + 1
    let at = start
    let hash = 0
    let high = 0
    for (; at < end; at++) {
      const byte = bytes[at]!
      if (byte === QUOTE) break
      if (byte === BACKSLASH || byte < 0x20) return this.#escaped(start, at)
      high |= byte
      hash = (Math.imul(hash, 31) + byte) | 0
    }
    if (at >= end) this.fail('the closing quote of a string', end)
    this.at = at + 1
    return this.#interner.text(bytes, start, at, hash, high)
  }

  /** The slow path: a string with escapes. `at` is on the first of them. */
  #escaped(start: number, at: number): string {
    const {bytes, end} = this
    for (; at < end && bytes[at] !== QUOTE; at++) {
      const byte = bytes[at]!
      if (byte < 0x20) this.fail('no control character in a string', at)
      if (byte !== BACKSLASH) continue
      at++
      if (bytes[at] !== 0x75) {
        if (at >= end || !'"\\/bfnrt'.includes(String.fromCharCode(bytes[at]!))) this.fail('an escape', at)
        continue
      }
      const hex = bytes.toString('latin1', at + 1, Math.min(end, at + 5))
      if (!/^[0-9a-f]{4}$/i.test(hex)) this.fail('four hexadecimal digits', at + 5 > end ? end : at + 1)
      at += 4
    }
    if (at >= end) this.fail('the closing quote of a string', end)
    this.at = at + 1
    return JSON.parse(`"${bytes.toString('utf8', start, at)}"`) as string
  }
}
