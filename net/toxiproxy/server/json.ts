/**
 * JSON as Go's encoding/json reads it from a stream: the first value counts and whatever follows is ignored. Numbers keep
 * their spelling, because `1.0` is no integer there, and errors are Go's words, because clients show them.
 */
import {badBody} from './error.ts'

/** A number as it was written. */
export class NumberText {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

export type Json = null | boolean | string | NumberText | Json[] | {[name: string]: Json}

/** The first JSON value in the text. Throws ApiError 400. */
export function firstJson(text: string): Json {
  const reader = new Reader(text)
  if (reader.peek() === undefined) throw badBody('EOF')
  return reader.value('looking for beginning of value')
}

const ESCAPES: Record<string, string> = {b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', '"': '"', '\\': '\\', '/': '/'}
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const WORDS: [string, Json][] = [
  ['true', true],
  ['false', false],
  ['null', null],
]

class Reader {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  /** The next character that is not white space. */
  peek(): string | undefined {
    while (' \t\r\n'.includes(this.#text[this.#at] ?? 'x')) this.#at++
    return this.#text[this.#at]
  }

  value(where: string): Json {
    const c = this.peek()
    if (c === '{') return this.#object()
    if (c === '[') return this.#array()
    if (c === '"') return this.#string()
    for (const [word, value] of WORDS) {
      if (c !== word[0]) continue
      for (const letter of word) this.#expect(letter, `in literal ${word} (expecting '${letter}')`)
      return value
    }
    NUMBER.lastIndex = this.#at
    const number = NUMBER.exec(this.#text)?.[0]
    if (number === undefined) throw this.#bad(where)
    this.#at += number.length
    return new NumberText(number)
  }

  #object(): Json {
    // Without a prototype, so that no field name is special.
    const object: {[name: string]: Json} = Object.create(null)
    this.#at++
    if (this.peek() === '}') {
      this.#at++
      return object
    }
    for (;;) {
      if (this.peek() !== '"') throw this.#bad('looking for beginning of object key string')
      const name = this.#string()
      this.peek()
      this.#expect(':', 'after object key')
      object[name] = this.value('looking for beginning of value')
      const c = this.peek()
      if (c !== ',' && c !== '}') throw this.#bad('after object key:value pair')
      this.#at++
      if (c === '}') return object
    }
  }

  #array(): Json {
    const array: Json[] = []
    this.#at++
    if (this.peek() === ']') {
      this.#at++
      return array
    }
    for (;;) {
      array.push(this.value('looking for beginning of value'))
      const c = this.peek()
      if (c !== ',' && c !== ']') throw this.#bad('after array element')
      this.#at++
      if (c === ']') return array
    }
  }

  #string(): string {
    let string = ''
    for (;;) {
      const c = this.#text[++this.#at]
      if (c === undefined || c < ' ') throw this.#bad('in string literal')
      if (c === '"') break
      string += c === '\\' ? this.#escape() : c
    }
    this.#at++
    return string
  }

  #escape(): string {
    const c = this.#text[++this.#at] ?? ''
    if (Object.hasOwn(ESCAPES, c)) return ESCAPES[c] as string
    if (c !== 'u') throw this.#bad('in string escape code')
    let code = 0
    for (let i = 0; i < 4; i++) {
      const digit = Number.parseInt(this.#text[++this.#at] ?? '', 16)
      if (Number.isNaN(digit)) throw this.#bad('in \\u hexadecimal character escape')
      code = code * 16 + digit
    }
    return String.fromCharCode(code)
  }

  #expect(letter: string, where: string): void {
    if (this.#text[this.#at] !== letter) throw this.#bad(where)
    this.#at++
  }

  #bad(where: string) {
    const c = this.#text[this.#at]
    return badBody(c === undefined ? 'unexpected EOF' : `invalid character '${c}' ${where}`)
  }
}
