/**
 * From one format of histories to another, a piece at a time. What is written appears under its name only when all of it is
 * there, so that a malformed input leaves nothing half done, and a file can be converted in place.
 */
import {createWriteStream, renameSync, rmSync} from 'node:fs'
import {extname} from 'node:path'
import {Readable, type Writable} from 'node:stream'
import {pipeline} from 'node:stream/promises'
import {createGzip} from 'node:zlib'
import {ChaosError, UsageError} from '../../../core/error.ts'
import {
  AnyReader,
  FORMATS,
  type FormatName,
  type HistoryWriter,
  liftKeys,
  lowerKeys,
  readBatches,
} from '../../../core/format/index.ts'
import type {Op} from '../../../core/op.ts'
import {lookUp} from '../../../core/registry.ts'
import {openHistory} from '../../../runner/judging/history-source.ts'
import {locate} from '../../../runner/judging/load.ts'
import {destinationOf, diskError} from '../../../runner/store.ts'

export interface Conversion {
  /** What `chaos check` would take; `-` for standard input. */
  readonly input: string
  /** A file, or `-` for standard output. */
  readonly output: string
  readonly from?: string
  readonly to?: string
  /** What to do about keys: see `core/format/independent.ts`. */
  readonly keys: 'keep' | 'lift' | 'lower'
}

export interface Converted {
  readonly operations: number
  /** What the new format has no place for, in words. */
  readonly left: readonly string[]
}

/** Formats that can be written, by name. */
const WRITERS: Readonly<Record<string, HistoryWriter>> = Object.fromEntries(
  Object.entries(FORMATS).flatMap(([name, format]) => ('write' in format ? [[name, format.write]] : [])),
)

const EXTENSIONS: Readonly<Record<string, FormatName>> = {
  '.jsonl': 'jsonl',
  '.ndjson': 'jsonl',
  '.json': 'json',
  '.edn': 'edn',
}

/** Text is handed on in pieces of about this many characters. */
const PIECE = 65_536

/** Throws UsageError for formats that are unknown or only read, and for a malformed history. */
export async function convertHistory({input, output, from, to, keys}: Conversion): Promise<Converted> {
  if (from !== undefined) lookUp('format', FORMATS, from)
  const name = to ?? formatOf(output)
  const writer = lookUp('format to write', WRITERS, name)
  const {file} = locate(input)
  const reader = new AnyReader({
    file: file === '-' ? 'standard input' : file,
    ...(from === undefined ? {} : {format: from as FormatName}),
  })
  let operations = 0
  async function* text(): AsyncGenerator<string, void, undefined> {
    let piece = ''
    for await (const batch of readBatches(reader, openHistory(file))) {
      for (const op of withKeys(batch, keys)) {
        piece += operations++ === 0 ? writer.header(reader.meta) : writer.separator
        piece += writer.op(op)
        if (piece.length < PIECE) continue
        yield piece
        piece = ''
      }
    }
    if (operations > 0) yield piece + writer.footer
    else yield (writer.header(reader.meta) + writer.footer).replace(/\n\n$/, '\n')
  }
  await write(text(), output, file)
  return {operations, left: leftBehind(reader, name)}
}

function withKeys(ops: Op[], keys: Conversion['keys']): Op[] {
  if (keys === 'keep') return ops
  return keys === 'lift' ? liftKeys(ops) : lowerKeys(ops)
}

function isZipped(output: string): boolean {
  return extname(output).toLowerCase() === '.gz'
}

function formatOf(output: string): string {
  const extension = extname(isZipped(output) ? output.slice(0, -'.gz'.length) : output).toLowerCase()
  if (Object.hasOwn(EXTENSIONS, extension)) return EXTENSIONS[extension] as string
  const names = Object.keys(WRITERS)
  const what = output === '-' ? 'standard output' : extension === '' ? `"${output}"` : `the extension "${extension}"`
  throw new UsageError(`Cannot tell the format to write from ${what}.`, [
    `Extensions: ${Object.keys(EXTENSIONS).join(' ')}, each with .gz behind it as well; or say --to ${names.join('|')}`,
    ...names.map((name) => `${name}: ${FORMATS[name as FormatName].description}`),
  ])
}

async function write(text: AsyncIterable<string>, output: string, input: string): Promise<void> {
  if (output === '-') {
    return pipeline(Readable.from(text), process.stdout as Writable, {end: false}).catch((error: unknown) => {
      // Whoever read it has had enough.
      if ((error as NodeJS.ErrnoException).code !== 'EPIPE') throw error
    })
  }
  const {target, replaceable} = destinationOf(output)
  const partial = replaceable ? `${target}.${process.pid}.partial` : target
  try {
    const file = createWriteStream(partial)
    await (isZipped(output) ? pipeline(Readable.from(text), createGzip(), file) : pipeline(Readable.from(text), file))
    if (replaceable) renameSync(partial, target)
  } catch (error) {
    if (replaceable) rmSync(partial, {force: true})
    const failure = error as NodeJS.ErrnoException
    if (error instanceof ChaosError || failure.syscall === undefined) throw error
    throw failure.path === input ? diskError('read', input, error) : diskError('write', output, error)
  }
}

function leftBehind({meta, torn}: AnyReader, format: string): string[] {
  const header = Object.keys(meta)
  return [
    ...(torn === undefined ? [] : [`The last line (${torn.line}) was cut off in mid-write and is left out.`]),
    ...(header.length === 0 || format === 'jsonl'
      ? []
      : [`${format} has no place for the header (${header.join(', ')}); it is left out.`]),
  ]
}
