/**
 * Small columns without a buffer each. To make a buffer costs more than to fill a small one, and a history of a hundred
 * operations needs fifty columns: so they are cut from larger pieces, which go when the last column of theirs has gone.
 *
 * For columns that stay in this thread: what sends one to another sends its whole piece.
 */

/** Bytes of a piece, and of the largest column that is cut from one. */
const PIECE_BYTES = 1 << 16
const LARGEST_BYTES = 1 << 12

let piece = new ArrayBuffer(PIECE_BYTES)
let used = 0

/** Where so many bytes, a multiple of 4, begin in the present piece. */
function cut(bytes: number): number {
  if (used + bytes > PIECE_BYTES) {
    piece = new ArrayBuffer(PIECE_BYTES)
    used = 0
  }
  const at = used
  used += bytes
  return at
}

/** 32-bit integers, all zero. */
export function scratch32(length: number): Int32Array {
  if (4 * length > LARGEST_BYTES) return new Int32Array(length)
  const at = cut(4 * length)
  return new Int32Array(piece, at, length)
}

/** Bytes, all zero. */
export function scratch8(length: number): Uint8Array {
  if (length > LARGEST_BYTES) return new Uint8Array(length)
  const at = cut((length + 3) & ~3)
  return new Uint8Array(piece, at, length)
}
