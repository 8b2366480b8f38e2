/**
 * Bytes for the page: columns as byte planes (all low bytes, then all second bytes, …) so that deflate sees runs, then
 * deflate-raw, then base64. Every current browser undoes both without a library. The shuffle is Blosc's idea (F. Alted).
 */
import {deflateRawSync} from 'node:zlib'
import {COLUMNS} from './payload.ts'
import type {Columns} from './tabulate.ts'

/** Best compression is worth its time below this size, and nearly nothing above. */
const SMALL_BYTES = 8 * 1024 * 1024

/** The table's cells as text for a data block: how many bytes each column needs, then so many planes of each. */
export function packColumns(columns: Columns): string {
  const rows = columns.index.length
  const widths = COLUMNS.map((name) => widthOf(columns[name]))
  const planes = widths.reduce((sum, width) => sum + width, 0)
  const bytes = new Uint8Array(COLUMNS.length + rows * planes)
  bytes.set(widths)
  let offset = COLUMNS.length
  for (const [at, name] of COLUMNS.entries()) {
    const cells = columns[name]
    for (let plane = 0; plane < widths[at]!; plane++) {
      for (let row = 0; row < rows; row++) bytes[offset + row] = cells[row]! >>> (8 * plane)
      offset += rows
    }
  }
  return pack(bytes)
}

/** Bytes that the largest of these takes; 0 where all are 0. */
function widthOf(cells: Uint32Array): number {
  let all = 0
  for (const cell of cells) all |= cell
  return Math.ceil((32 - Math.clz32(all)) / 8)
}

/** Texts as text for a data block: how many, the length of each in UTF-16 code units, then all of them as one. */
export function packTexts(texts: readonly string[]): string {
  const head = Buffer.alloc(4 + 4 * texts.length)
  head.writeUInt32LE(texts.length)
  for (const [at, {length}] of texts.entries()) head.writeUInt32LE(length, 4 + 4 * at)
  return pack(Buffer.concat([head, Buffer.from(texts.join(''), 'utf8')]))
}

/** Anything JSON as text for a data block. */
export function packJson(value: unknown): string {
  return pack(Buffer.from(JSON.stringify(value), 'utf8'))
}

function pack(bytes: Uint8Array): string {
  return deflateRawSync(bytes, {level: bytes.length < SMALL_BYTES ? 9 : 6}).toString('base64')
}
