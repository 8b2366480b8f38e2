/**
 * A reader of EDN (Hickey: github.com/edn-format/edn) over bytes, into the values of histories:
 *
 *     nil true 3 1.5 "a"       null true 3 1.5 'a'            [1 2] (1 2)    [1, 2]
 *     9007199254740993         9007199254740993n              #{1 2}         Set {1, 2}
 *     :a                       ':a'                           {:a 1, 0 2}    {a: 1, 0: 2}
 *
 * Everything else (symbols, characters, ratios, exact decimals, tagged values, a string that would read as a keyword) is kept
 * as its own text, an `EdnLiteral`. `1.0` is the number 1: JavaScript has one kind of number. Keys of maps that are neither
 * keywords nor integers have their EDN text as their name: see `edn-text.ts`.
 * Comments, discarded forms (`#_`) and metadata are skipped.
 */

import {EdnLiteral} from '../edn-literal.ts'
import {setField} from '../own-field.ts'
import {characterOf, numberOf} from './edn-atoms.ts'
import {taggedOf} from './edn-tags.ts'
import {Interner} from './interner.ts'

/** Where the text stops being EDN, and what was expected. `atEnd`: more bytes might mend it. */
export class EdnError extends Error {
  override name = 'EdnError'
  readonly offset: number
  readonly atEnd: boolean
  constructor(offset: number, message: string, atEnd = false) {
    super(message)
    this.offset = offset
    this.atEnd = atEnd
  }
}

/** Keywords (without their colon) and field names that are written as keywords. */
const NAME = /^[A-Za-z_*!?$%&=<>+.-][\w*!?$%&=<>+.:#'/-]*$/

/** Whether `:name` is a keyword. */
export function isKeywordName(name: string): boolean {
  return NAME.test(name) && !name.endsWith(':')
}

/** Bytes that end a token: blanks, comma, quote, semicolon, backslash, brackets. */
const DELIMITER = Uint8Array.from({length: 256}, (_, byte) =>
  byte <= 0x20 || ',";\\()[]{}'.includes(String.fromCharCode(byte)) ? 1 : 0,
)

const MAX_DEPTH = 512
/** Bytes of a word that an error shows. */
const LONGEST_QUOTE = 24
const ESCAPES: Readonly<Record<string, string>> = {t: '\t', r: '\r', n: '\n', b: '\b', f: '\f', '\\': '\\', '"': '"'}

/** A cursor over a buffer. */
export class EdnBytes {
  bytes: Buffer = Buffer.alloc(0)
  at = 0
  end = 0
  /** Whether more bytes may follow what is in the buffer. */
  open = false
  #depth = 0
  readonly #keyName: (key: unknown) => string
  readonly #stringName: (key: string) => string
  readonly #interner = new Interner()
  /** Keywords met so far, colon included. */
  readonly #keywords = new Set<string>()
  readonly #names = new Map<string, string>()

  /** Two functions say which field name stands for a key of a map: for any, and for a string. */
  constructor(keyName: (key: unknown) => string, stringName: (key: string) => string) {
    this.#keyName = keyName
    this.#stringName = stringName
  }

  reset(bytes: Buffer, at = 0, end = bytes.length): void {
    this.bytes = bytes
    this.at = at
    this.end = end
    this.#depth = 0
  }

  fail(expected: string, offset = this.at): never {
    if (offset >= this.end) throw new EdnError(offset, `the text ends here; expected ${expected}`, true)
    // A bad word is quoted whole: `12abc` says more than `1`.
    let to = offset
    while (to < this.end && to < offset + LONGEST_QUOTE && DELIMITER[this.bytes[to]!] !== 1) to++
    const [character] = [...this.bytes.toString('utf8', offset, Math.min(this.end, offset + 4))]
    const found = to > offset ? this.bytes.toString('utf8', offset, to) : character
    throw new EdnError(offset, `expected ${expected}, found ${JSON.stringify(found)}`)
  }

  /** Skips blanks, commas, comments, metadata and discarded forms; the byte there, -1 at the end. */
  peek(): number {
    for (;;) {
      if (this.at >= this.end) return -1
      const byte = this.bytes[this.at]!
      if (byte <= 0x20 || byte === 0x2c) this.at++
      else if (byte === 0x3b) {
        const lineEnd = this.bytes.indexOf(0x0a, this.at)
        if (lineEnd < 0 && this.open) this.fail('the end of the comment', this.end)
        this.at = lineEnd < 0 ? this.end : lineEnd + 1
      } else if (byte === 0x5e) {
        this.#skip(1)
      } else if (byte === 0x23 && this.bytes[this.at + 1] === 0x5f && this.at + 1 < this.end) {
        this.#skip(2)
      } else return byte
    }
  }

  /** Steps over a mark of this many bytes and the form that it is about. */
  #skip(mark: number): void {
    this.#enter()
    this.at += mark
    this.value()
    this.#depth--
  }

  /** Any form. */
  value(): unknown {
    const byte = this.peek()
    switch (byte) {
      case -1:
        return this.fail('a value')
      case 0x22: {
        const text = this.#string()
        return text.startsWith(':') && isKeywordName(text.slice(1)) ? new EdnLiteral(JSON.stringify(text)) : text
      }
      case 0x5b:
        return this.#items(0x5d, '"]"')
      case 0x28:
        return this.#items(0x29, '")"')
      case 0x7b:
        return this.map()
      case 0x23:
        return this.#dispatch()
      case 0x5c:
        return this.#character()
      case 0x3a: {
        const text = this.#token()
        if (this.#keywords.has(text)) return text
        if (!isKeywordName(text.slice(1))) return new EdnLiteral(text)
        this.#keywords.add(text)
        return text
      }
      default:
        return this.#atom()
    }
  }

  #literal(start: number): EdnLiteral {
    return new EdnLiteral(this.bytes.toString('utf8', start, this.at))
  }

  #enter(): void {
    if (++this.#depth > MAX_DEPTH) throw new EdnError(this.at, `nested deeper than ${MAX_DEPTH} levels`)
  }

  #items(close: number, expected: string): unknown[] {
    this.#enter()
    this.at++
    const items: unknown[] = []
    for (let byte = this.peek(); byte !== close; byte = this.peek()) {
      if (byte === -1 || byte === 0x5d || byte === 0x29 || byte === 0x7d) this.fail(`a value or ${expected}`)
      items.push(this.value())
    }
    this.at++
    this.#depth--
    return items
  }

  /** A map as an object; see `edn-text.ts` for its field names. */
  map(): Record<string, unknown> {
    this.#enter()
    this.at++
    const fields: Record<string, unknown> = {}
    for (let byte = this.peek(); byte !== 0x7d; byte = this.peek()) {
      if (byte === -1 || byte === 0x5d || byte === 0x29) this.fail('a key or "}"')
      const keyAt = this.at
      const name = this.#key()
      const keyEnd = this.at
      if (this.peek() === 0x7d) this.fail('a value for the key before')
      const value = this.value()
      if (!setField(fields, name, value)) {
        throw new EdnError(keyAt, `the key ${this.bytes.toString('utf8', keyAt, keyEnd)} appears twice`)
      }
    }
    this.at++
    this.#depth--
    return fields
  }

  #key(): string {
    const byte = this.peek()
    const key = byte === 0x22 ? this.#string() : this.value()
    if (byte === 0x22) return this.#stringName(key as string)
    return byte === 0x3a && typeof key === 'string' ? this.#nameOf(key) : this.#keyName(key)
  }

  /** A keyword without its colon, the same string each time. */
  #nameOf(keyword: string): string {
    let name = this.#names.get(keyword)
    if (name === undefined) this.#names.set(keyword, (name = keyword.slice(1)))
    return name
  }

  #string(): string {
    const {bytes} = this
    const start = this.at + 1
    let at = start
    let escaped = false
    for (; at < this.end && bytes[at] !== 0x22; at++) {
      if (bytes[at] !== 0x5c) continue
      escaped = true
      at++
    }
    if (at >= this.end) this.fail('the closing quote of a string', this.end)
    this.at = at + 1
    const text = bytes.toString('utf8', start, at)
    return escaped ? text.replaceAll(/\\(u[0-9a-fA-F]{4}|[\s\S])/g, (_, code) => this.#unescape(code, start)) : text
  }

  #unescape(code: string, start: number): string {
    if (code.length === 5) return String.fromCharCode(Number.parseInt(code.slice(1), 16))
    if (ESCAPES[code] !== undefined) return ESCAPES[code]
    throw new EdnError(start - 1, `this string has an escape that EDN does not know: \\${code}`)
  }

  /** A run of bytes up to a delimiter. */
  #token(): string {
    const {bytes} = this
    const start = this.at
    let at = start + 1
    let hash = bytes[start]!
    let high = hash
    for (; at < this.end; at++) {
      const byte = bytes[at]!
      if (DELIMITER[byte] === 1) break
      hash = (Math.imul(hash, 31) + byte) | 0
      high |= byte
    }
    // A token that touches the end of the piece may go on in the next.
    if (at >= this.end && this.open) this.fail('the end of a word', this.end)
    this.at = at
    return this.#interner.text(bytes, start, at, hash, high)
  }

  #character(): EdnLiteral {
    const start = this.at++
    if (this.at >= this.end) this.fail('a character')
    this.#token()
    return characterOf(this.bytes.toString('utf8', start, this.at))
  }

  /** A small integer without sign, the commonest value; -1 for anything else. */
  #smallInteger(): number {
    const {bytes} = this
    let at = this.at
    let value = 0
    while (at < this.end && bytes[at]! >= 0x30 && bytes[at]! <= 0x39) value = value * 10 + (bytes[at++]! - 0x30)
    const digits = at - this.at
    if (digits === 0 || digits > 15 || at >= this.end || DELIMITER[bytes[at]!] !== 1) return -1
    if (digits > 1 && bytes[this.at] === 0x30) return -1
    this.at = at
    return value
  }

  #atom(): unknown {
    const start = this.at
    const small = this.#smallInteger()
    if (small >= 0) return small
    const first = this.bytes[start]!
    if (first === 0x5d || first === 0x29 || first === 0x7d) this.fail('a value')
    const text = this.#token()
    if (/^[+-]?\d/.test(text)) return numberOf(text) ?? this.fail('a number', start)
    if (text === 'nil') return null
    if (text === 'true' || text === 'false') return text === 'true'
    if (!/^[\p{L}*!_?$%&=<>+./|-][^@`~^]*$/u.test(text)) this.fail('a value', start)
    return new EdnLiteral(text)
  }

  /** `#{…}`, `##NaN`, and tagged values, which are kept as text. */
  #dispatch(): unknown {
    const start = this.at
    if (start + 1 >= this.end) this.fail('a set, a tag or a special number', this.end)
    const next = this.bytes[start + 1]
    if (next === 0x7b) {
      this.at++
      return new Set(this.#items(0x7d, '"}"'))
    }
    if (next === 0x23) {
      this.at++
      const text = this.#token()
      if (text === '#NaN') return Number.NaN
      if (text === '#Inf') return Number.POSITIVE_INFINITY
      if (text === '#-Inf') return Number.NEGATIVE_INFINITY
      return this.fail('##NaN, ##Inf or ##-Inf', start)
    }
    this.#enter()
    const tag = this.tag()
    const form = this.value()
    this.#depth--
    return taggedOf(tag, form) ?? this.#literal(start)
  }

  /** Steps over `#name`; the name. */
  tag(): string {
    const start = this.at
    const name = this.#token()
    if (!/^#:{0,2}[\p{L}_][^\s]*$/u.test(name)) this.fail('a tag', start)
    return name.slice(1)
  }
}
