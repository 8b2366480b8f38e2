/**
 * Operation values as the page knows them. Small integers travel inside the column; everything else is text in a shared
 * dictionary, written the way a person would: `[1 2 3]`, `{from: 1, to: 2}`, `r x [1 2] · append y 3`.
 */

/** Integers of at most 30 bits are kept in the cell itself. */
const SMALL = 2 ** 29

/**
 * A cell: 0 is null, odd is a small integer (zigzag), even is 2 × (1 + position in the dictionary).
 */
export function encodeValue(value: unknown, texts: Dictionary, limit: number): number {
  if (value === null || value === undefined) return 0
  if (typeof value === 'number' && Number.isInteger(value) && value > -SMALL && value < SMALL) {
    return zigzag(value) * 2 + 1
  }
  return (texts.position(compact(value, limit)) + 1) * 2
}

/** The text of a cell; empty for null. The inverse of `encodeValue`. */
export function decodeValue(cell: number, texts: {at(position: number): string | undefined}): string {
  if (cell === 0) return ''
  if (cell % 2 === 1) return String(unzigzag((cell - 1) / 2))
  return texts.at(cell / 2 - 1) ?? ''
}

/** Maps …, -2, -1, 0, 1, 2, … to 3, 1, 0, 2, 4, … so that small magnitudes are small. */
export function zigzag(value: number): number {
  return value < 0 ? -value * 2 - 1 : value * 2
}

export function unzigzag(value: number): number {
  return value % 2 === 1 ? -(value + 1) / 2 : value / 2
}

/** Distinct texts, numbered in the order of their first use. */
export class Dictionary {
  readonly texts: string[] = []
  readonly #positions = new Map<string, number>()

  position(text: string): number {
    let position = this.#positions.get(text)
    if (position === undefined) {
      position = this.texts.length
      this.texts.push(text)
      this.#positions.set(text, position)
    }
    return position
  }
}

/** A value in words, at most about `limit` characters. */
export function compact(value: unknown, limit = 2000): string {
  const pen: Pen = {text: '', limit}
  write(value, pen, 0)
  return pen.text.length > limit ? `${pen.text.slice(0, limit)}…` : pen.text
}

/** The text so far; writing stops soon after the limit, so that a huge list costs no more than a short one. */
interface Pen {
  text: string
  readonly limit: number
}

function write(value: unknown, pen: Pen, depth: number): void {
  if (pen.text.length > pen.limit) return
  if (value === null || value === undefined) pen.text += 'nil'
  else if (typeof value === 'string') pen.text += /^[\w.:@/-]+$/.test(value) ? value : JSON.stringify(value)
  else if (Array.isArray(value)) writeArray(value, pen, depth)
  else if (value instanceof Set) writeArray([...value], pen, depth)
  else if (typeof value === 'object') writeObject(value, pen, depth)
  else pen.text += String(value)
}

function writeArray(items: readonly unknown[], pen: Pen, depth: number): void {
  if (depth === 0 && items.length > 0 && items.every(isMicroOp)) {
    for (const [position, item] of items.entries()) {
      if (position > 0) pen.text += ' · '
      writeList(item as readonly unknown[], pen, 1)
      if (pen.text.length > pen.limit) return
    }
    return
  }
  pen.text += '['
  writeList(items, pen, depth + 1)
  pen.text += ']'
}

function writeList(items: readonly unknown[], pen: Pen, depth: number): void {
  for (const [position, item] of items.entries()) {
    if (position > 0) pen.text += ' '
    write(item, pen, depth)
    if (pen.text.length > pen.limit) return
  }
}

function writeObject(value: object, pen: Pen, depth: number): void {
  const entries = value instanceof Map ? [...value.entries()] : Object.entries(value)
  pen.text += '{'
  for (const [position, [name, item]] of entries.entries()) {
    pen.text += `${position > 0 ? ', ' : ''}${String(name)}: `
    write(item, pen, depth + 1)
    if (pen.text.length > pen.limit) return
  }
  pen.text += '}'
}

/** `['r', 'x', null]`, `['append', 'y', 3]`: a step of a transaction, in Jepsen's notation. */
function isMicroOp(item: unknown): boolean {
  return Array.isArray(item) && item.length >= 2 && item.length <= 3 && typeof item[0] === 'string'
}
