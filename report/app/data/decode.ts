/** Undoes `pack.ts`: base64, deflate-raw, byte planes. */
import {COLUMNS, type ColumnName} from '../../payload.ts'

export type Columns = Record<ColumnName, Uint32Array>

/** The bytes of a data block of the page. */
export function unpack(id: string): Promise<Uint8Array> {
  return inflate(document.getElementById(id)?.textContent ?? '')
}

/** The bytes that `pack.ts` made this text of. */
export async function inflate(text: string): Promise<Uint8Array> {
  const stream = new Blob([fromBase64(text) as BlobPart]).stream().pipeThrough(new DecompressionStream('deflate-raw'))
  return new Uint8Array(await new Response(stream).arrayBuffer())
}

/** The JSON of a data block of the page. */
export async function unpackJson<T>(id: string): Promise<T> {
  return JSON.parse(new TextDecoder().decode(await unpack(id))) as T
}

/** Puts the planes of every column together again. */
export function unshuffle(bytes: Uint8Array, rows: number): Columns {
  const columns = {} as Columns
  let offset = 0
  for (const name of COLUMNS) {
    const cells = new Uint32Array(rows)
    for (let shift = 0; shift < 32; shift += 8) {
      for (let row = 0; row < rows; row++) cells[row] = cells[row]! | (bytes[offset + row]! << shift)
      offset += rows
    }
    columns[name] = cells
  }
  return columns
}

function fromBase64(text: string): Uint8Array {
  const native = (Uint8Array as unknown as {fromBase64?: (text: string) => Uint8Array}).fromBase64
  if (native !== undefined) return native.call(Uint8Array, text)
  const binary = atob(text)
  const bytes = new Uint8Array(binary.length)
  for (let i = 0; i < bytes.length; i++) bytes[i] = binary.charCodeAt(i)
  return bytes
}
