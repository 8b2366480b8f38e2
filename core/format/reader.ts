/**
 * What every history format is to the rest: a push parser that is fed bytes in pieces and hands back the ops that are
 * complete. It keeps one piece and one line at most, so a file of any size streams through.
 */
import type {Op} from '../op.ts'

/** Named in error messages. */
export interface Source {
  readonly file: string
}

/** The unfinished end of a file whose writer was stopped in the middle of a line. */
export interface Torn {
  readonly line: number
  readonly text: string
}

/** Feed it in order; it throws UsageError with file, line and column where the text is not a history. */
export interface OpReader {
  /** The ops completed by these bytes. The reader does not keep `bytes`. */
  push(bytes: Uint8Array): Op[]
  /** No more bytes: what was still open. */
  end(): Op[]
  /** The header's fields; empty where the format has none. */
  readonly meta: Readonly<Record<string, unknown>>
  /** Set by `end` when the last line was cut off, which is tolerated. */
  readonly torn: Torn | undefined
}

/** A history as read. */
export interface ParsedHistory {
  readonly ops: Op[]
  readonly meta: Readonly<Record<string, unknown>>
  readonly torn?: Torn
}

/** Text, bytes, or bytes in pieces. */
export type Bytes = string | Uint8Array | Iterable<Uint8Array>

/** Pieces of input, whether they come at once or over time. */
export type Chunks = Iterable<Uint8Array> | AsyncIterable<Uint8Array>

/** The pieces of an input that is all there. */
export function piecesOf(input: Bytes): Iterable<Uint8Array> {
  if (typeof input === 'string') return [Buffer.from(input, 'utf8')]
  return input instanceof Uint8Array ? [input] : input
}

/** Everything a reader makes of input that is all there. */
export function readAll(reader: OpReader, pieces: Iterable<Uint8Array>): ParsedHistory {
  const ops: Op[] = []
  for (const piece of pieces) for (const op of reader.push(piece)) ops.push(op)
  for (const op of reader.end()) ops.push(op)
  return {ops, meta: reader.meta, ...(reader.torn === undefined ? {} : {torn: reader.torn})}
}

/** The ops of a stream, a batch for each piece that completed any. */
export async function* readBatches(reader: OpReader, chunks: Chunks): AsyncGenerator<Op[], void, undefined> {
  for await (const chunk of chunks) {
    const ops = reader.push(chunk)
    if (ops.length > 0) yield ops
  }
  const ops = reader.end()
  if (ops.length > 0) yield ops
}
