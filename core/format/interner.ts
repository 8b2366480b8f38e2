/**
 * Short strings of a history repeat a lot (functions, keys, nodes, field names); decoding each anew would take most of the
 * time. A direct-mapped table remembers the last string of each hash.
 */

const SLOTS = 4096
/** Longer strings are hardly ever repeated. */
const LONGEST = 24

interface Interned {
  readonly bytes: Uint8Array
  readonly text: string
}

export class Interner {
  readonly #slots = new Array<Interned | undefined>(SLOTS).fill(undefined)

  /** The string at [start, end). `hash` is any hash of those bytes, `high` their bitwise or: below 0x80 for plain ASCII. */
  text(bytes: Buffer, start: number, end: number, hash: number, high: number): string {
    const length = end - start
    if (length > LONGEST) return bytes.toString(high < 0x80 ? 'latin1' : 'utf8', start, end)
    const slot = (hash ^ (hash >>> 12)) & (SLOTS - 1)
    const known = this.#slots[slot]
    if (known !== undefined && known.bytes.length === length) {
      let i = 0
      while (i < length && known.bytes[i] === bytes[start + i]) i++
      if (i === length) return known.text
    }
    const text = bytes.toString(high < 0x80 ? 'latin1' : 'utf8', start, end)
    this.#slots[slot] = {bytes: Uint8Array.prototype.slice.call(bytes, start, end), text}
    return text
  }
}
