/**
 * Values of a history as bytes, so that millions of them need no objects: whatever the readers make, and any other value too.
 * Small integers and short lists take a byte of overhead or none; strings and shapes of objects that repeat are written
 * once; what has no form of its own (an instance of somebody's class) is kept beside, as it is. Reading gives back an
 * equal value.
 */

import {EdnLiteral} from '../edn-literal.ts'
import {setField} from '../own-field.ts'

// The first byte of a value. Below TAGS it is the value: a small whole number.
const TAGS = 0xa0
const NULL = 0xa0
const UNDEFINED = 0xa1
const TRUE = 0xa2
const FALSE = 0xa3
const UINT16 = 0xa4
const UINT32 = 0xa5
const DOUBLE = 0xa6
const BIGINT = 0xa7
const LATIN1 = 0xa8
const UTF16 = 0xa9
const WORD = 0xaa
const LIST = 0xab
const SET = 0xac
const OBJECT = 0xad
const EDN = 0xae
const FIELDS = 0xaf
const BESIDE = 0xb0
/** From here on: lists of 0 to 31 items. */
const SHORT_LIST = 0xc0
/** From here on: the words with the numbers 0 to 31. */
const FIRST_WORD = 0xe0

/** Longer strings hardly repeat. */
const LONGEST_WORD = 32
/** Beyond so many, strings are no words but one of a kind. */
const MOST_WORDS = 1 << 16
/** Beyond so many, objects have their names written out: names that are data, such as a map from elements to counts. */
const MOST_SHAPES = 1 << 12

/** Writes and reads values; both ends must share one, which knows the words and shapes. */
export class Values {
  /** What was written. */
  bytes: Buffer = Buffer.allocUnsafeSlow(1 << 16)
  /** How many bytes of it count. */
  length = 0
  readonly #words: string[] = []
  readonly #wordNumbers = new Map<string, number>()
  readonly #shapes: (readonly string[])[] = []
  readonly #shapeNumbers = new Map<string, number>()
  readonly #beside: unknown[] = []
  /** The last shape met: objects of a kind come in a row. */
  #lastNames: readonly string[] = []
  #lastShape = -1
  // Where `read` stands.
  #from: Buffer = this.bytes
  #at = 0

  write(value: unknown): void {
    if (this.length + 16 > this.bytes.length) this.#grow(16)
    switch (typeof value) {
      case 'number':
        this.#number(value)
        break
      case 'string':
        this.#string(value)
        break
      case 'boolean':
        this.bytes[this.length++] = value ? TRUE : FALSE
        break
      case 'undefined':
        this.bytes[this.length++] = UNDEFINED
        break
      case 'bigint':
        this.bytes[this.length++] = BIGINT
        this.#text(value.toString(), 'latin1')
        break
      default:
        if (value === null) this.bytes[this.length++] = NULL
        else this.#composite(value as object)
    }
  }

  #number(value: number): void {
    const {bytes} = this
    if (value >= 0 && value <= 0xffffffff && Math.floor(value) === value && !Object.is(value, -0)) {
      if (value < TAGS) bytes[this.length++] = value
      else if (value <= 0xffff) {
        bytes[this.length] = UINT16
        bytes[this.length + 1] = value
        bytes[this.length + 2] = value >>> 8
        this.length += 3
      } else {
        bytes[this.length] = UINT32
        this.length = bytes.writeUInt32LE(value, this.length + 1)
      }
      return
    }
    bytes[this.length] = DOUBLE
    this.length = bytes.writeDoubleLE(value, this.length + 1)
  }

  #string(value: string): void {
    let number = this.#wordNumbers.get(value)
    if (number === undefined && value.length <= LONGEST_WORD && this.#words.length < MOST_WORDS) {
      number = this.#words.length
      this.#words.push(value)
      this.#wordNumbers.set(value, number)
    }
    if (number === undefined) {
      const wide = WIDE.test(value)
      this.bytes[this.length++] = wide ? UTF16 : LATIN1
      this.#text(value, wide ? 'utf16le' : 'latin1')
    } else if (number < 0x100 - FIRST_WORD) this.bytes[this.length++] = FIRST_WORD + number
    else this.#tagged(WORD, number)
  }

  #text(text: string, encoding: 'latin1' | 'utf16le'): void {
    const size = encoding === 'latin1' ? text.length : 2 * text.length
    this.#grow(size + 16)
    this.#varint(size)
    this.bytes.write(text, this.length, encoding)
    this.length += size
  }

  #composite(value: object): void {
    if (Array.isArray(value)) {
      if (value.length < FIRST_WORD - SHORT_LIST) this.bytes[this.length++] = SHORT_LIST + value.length
      else this.#tagged(LIST, value.length)
      for (let i = 0; i < value.length; i++) this.write(value[i])
      return
    }
    const prototype: unknown = Object.getPrototypeOf(value)
    if (prototype === Object.prototype) {
      const fields = value as Record<string, unknown>
      const names = Object.keys(fields)
      const shape = this.#shapeOf(names)
      if (shape >= 0) this.#tagged(OBJECT, shape)
      else this.#tagged(FIELDS, names.length)
      for (const name of names) {
        if (shape < 0) this.write(name)
        this.write(fields[name])
      }
    } else if (prototype === Set.prototype) {
      const items = value as Set<unknown>
      this.#tagged(SET, items.size)
      for (const item of items) this.write(item)
    } else if (prototype === EdnLiteral.prototype) {
      this.bytes[this.length++] = EDN
      this.write((value as EdnLiteral).edn)
    } else {
      this.#tagged(BESIDE, this.#beside.length)
      this.#beside.push(value)
    }
  }

  /** The number of these names; -1 where there are too many such. */
  #shapeOf(names: readonly string[]): number {
    const last = this.#lastNames
    if (this.#lastShape >= 0 && last.length === names.length && names.every((name, i) => name === last[i])) {
      return this.#lastShape
    }
    const text = JSON.stringify(names)
    let number = this.#shapeNumbers.get(text)
    if (number === undefined) {
      if (this.#shapes.length === MOST_SHAPES) return -1
      number = this.#shapes.length
      this.#shapes.push(names)
      this.#shapeNumbers.set(text, number)
    }
    this.#lastNames = names
    return (this.#lastShape = number)
  }

  #tagged(tag: number, number: number): void {
    this.bytes[this.length++] = tag
    this.#varint(number)
  }

  #varint(number: number): void {
    let rest = number
    for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) this.bytes[this.length++] = (rest & 0x7f) | 0x80
    this.bytes[this.length++] = rest
  }

  #grow(room: number): void {
    if (this.length + room <= this.bytes.length) return
    const wider = Buffer.allocUnsafeSlow(Math.max(2 * this.bytes.length, this.length + room))
    this.bytes.copy(wider, 0, 0, this.length)
    this.bytes = wider
  }

  /** The value that begins at this byte of what was written, or of a copy of it. */
  read(from: Buffer, at: number): unknown {
    this.#from = from
    this.#at = at
    return this.#next()
  }

  #next(): unknown {
    const tag = this.#from[this.#at++]!
    if (tag < TAGS) return tag
    if (tag >= FIRST_WORD) return this.#words[tag - FIRST_WORD]
    if (tag >= SHORT_LIST) return this.#list(tag - SHORT_LIST)
    switch (tag) {
      case NULL:
        return null
      case UNDEFINED:
        return undefined
      case TRUE:
        return true
      case FALSE:
        return false
      case UINT16:
        this.#at += 2
        return this.#from[this.#at - 2]! | (this.#from[this.#at - 1]! << 8)
      case UINT32:
        this.#at += 4
        return this.#from.readUInt32LE(this.#at - 4)
      case DOUBLE:
        this.#at += 8
        return this.#from.readDoubleLE(this.#at - 8)
      case BIGINT:
        return BigInt(this.#textOf('latin1'))
      case LATIN1:
        return this.#textOf('latin1')
      case UTF16:
        return this.#textOf('utf16le')
      case WORD:
        return this.#words[this.#number32()]
      case LIST:
        return this.#list(this.#number32())
      case SET:
        return new Set(this.#list(this.#number32()))
      case OBJECT:
        return this.#object(this.#shapes[this.#number32()]!)
      case FIELDS:
        return this.#fields(this.#number32())
      case EDN:
        return new EdnLiteral(this.#next() as string)
      default:
        return this.#beside[this.#number32()]
    }
  }

  #list(size: number): unknown[] {
    const items = new Array<unknown>(size)
    const from = this.#from
    for (let i = 0; i < size; i++) {
      // Mostly small numbers, told here.
      const tag = from[this.#at]!
      if (tag < TAGS) {
        this.#at++
        items[i] = tag
      } else if (tag === UINT16) {
        items[i] = from[this.#at + 1]! | (from[this.#at + 2]! << 8)
        this.#at += 3
      } else items[i] = this.#next()
    }
    return items
  }

  #object(names: readonly string[]): Record<string, unknown> {
    const fields: Record<string, unknown> = {}
    for (const name of names) setField(fields, name, this.#next())
    return fields
  }

  #fields(size: number): Record<string, unknown> {
    const fields: Record<string, unknown> = {}
    for (let i = 0; i < size; i++) {
      const name = this.#next() as string
      setField(fields, name, this.#next())
    }
    return fields
  }

  #textOf(encoding: 'latin1' | 'utf16le'): string {
    const size = this.#number32()
    this.#at += size
    return this.#from.toString(encoding, this.#at - size, this.#at)
  }

  #number32(): number {
    let number = 0
    for (let scale = 1; ; scale *= 0x80) {
      const byte = this.#from[this.#at++]!
      number += (byte & 0x7f) * scale
      if (byte < 0x80) return number
    }
  }
}

const WIDE = /[^\u0000-\u00ff]/
