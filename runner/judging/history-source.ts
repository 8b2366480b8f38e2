/** The bytes of a history: of a file or of standard input, unzipped where they are zipped, whatever the name says. */
import {createReadStream} from 'node:fs'
import {Readable} from 'node:stream'
import {createGunzip} from 'node:zlib'
import {messageOf, UsageError} from '../../core/error.ts'

const PIECE_BYTES = 1 << 20

/** Streams it; `-` is standard input. Errors of the disk come as Node gives them, a damaged archive is a UsageError. */
export async function* openHistory(file: string): AsyncGenerator<Uint8Array, void, undefined> {
  const stream: AsyncIterable<Uint8Array> =
    file === '-' ? process.stdin : createReadStream(file, {highWaterMark: PIECE_BYTES})
  const pieces = stream[Symbol.asyncIterator]()
  try {
    const first = await pieces.next()
    if (first.done === true) return
    const rest: AsyncIterable<Uint8Array> = {[Symbol.asyncIterator]: () => pieces}
    if (first.value[0] === 0x1f && first.value[1] === 0x8b) yield* unzipped(join(first.value, rest), file)
    else yield* join(first.value, rest)
  } finally {
    await pieces.return?.()
  }
}

async function* join(first: Uint8Array, rest: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  yield first
  yield* rest
}

async function* unzipped(zipped: AsyncIterable<Uint8Array>, file: string): AsyncGenerator<Uint8Array, void, undefined> {
  const source = Readable.from(zipped, {objectMode: false})
  const text = createGunzip({chunkSize: PIECE_BYTES})
  // `pipe` hands on data, but no errors.
  source.on('error', (error) => text.destroy(error)).pipe(text)
  try {
    yield* text as AsyncIterable<Uint8Array>
  } catch (error) {
    if (!String((error as NodeJS.ErrnoException).code).startsWith('Z_')) throw error
    const name = file === '-' ? 'standard input' : file
    throw new UsageError(`${name}: its gzip data is damaged: ${messageOf(error)}`, [], error)
  } finally {
    source.destroy()
  }
}
