/** Undoes `pack.ts`: base64, deflate-raw, byte planes. */
import {COLUMNS, type ColumnName} from '../../payload.ts'
import {breath, inSlices} from './slices.ts'

export type Columns = Record<ColumnName, Uint32Array>

/** The bytes of a data block of the page. */
export function unpack(id: string): Promise<Uint8Array> {
  return inflate(document.getElementById(id)?.textContent ?? '')
}

/** The bytes that `pack.ts` made this text of. */
export async function inflate(text: string): Promise<Uint8Array> {
  const bytes = fromBase64(text)
  await breath()
  const stream = new Blob([bytes as BlobPart]).stream().pipeThrough(new DecompressionStream('deflate-raw'))
  return new Uint8Array(await new Response(stream).arrayBuffer())
}

/** The JSON of a data block of the page. */
export async function unpackJson<T>(id: string): Promise<T> {
  return JSON.parse(new TextDecoder().decode(await unpack(id))) as T
}

/** Puts the planes of every column together again. */
export async function unshuffle(bytes: Uint8Array, rows: number): Promise<Columns> {
  const columns = {} as Columns
  let offset = COLUMNS.length
  for (const [at, name] of COLUMNS.entries()) {
    const cells = new Uint32Array(rows)
    const width = bytes[at]!
    const planes = Array.from({length: width}, (_, plane) =>
      bytes.subarray(offset + plane * rows, offset + (plane + 1) * rows),
    )
    await inSlices(rows, (from, to) => join(cells, planes, from, to))
    offset += width * rows
    columns[name] = cells
  }
  return columns
}

function join(cells: Uint32Array, planes: readonly Uint8Array[], from: number, to: number): void {
  for (const [plane, bytes] of planes.entries()) {
    const shift = 8 * plane
    if (plane === 0) for (let row = from; row < to; row++) cells[row] = bytes[row]!
    else for (let row = from; row < to; row++) cells[row] = (cells[row]! | (bytes[row]! << shift)) >>> 0
  }
}

function fromBase64(text: string): Uint8Array {
  const native = (Uint8Array as unknown as {fromBase64?: (text: string) => Uint8Array}).fromBase64
  if (native !== undefined) return native.call(Uint8Array, text)
  const binary = atob(text)
  const bytes = new Uint8Array(binary.length)
  for (let i = 0; i < bytes.length; i++) bytes[i] = binary.charCodeAt(i)
  return bytes
}
