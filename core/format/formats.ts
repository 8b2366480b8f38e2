/** The history formats by name, and which one a file is in, told from its first bytes. One line per format. */
import {UsageError} from '../error.ts'
import type {Op} from '../op.ts'
import {EdnReader, writeEdnOp} from './edn.ts'
import {ElleJsonReader, writeElleJsonOp} from './elle-json.ts'
import {JepsenLogReader} from './jepsen-log.ts'
import {JsonlReader, writeHeader, writeOp} from './jsonl.ts'
import {
  type Bytes,
  type Chunks,
  type OpReader,
  type ParsedHistory,
  piecesOf,
  readAll,
  readBatches,
  type Source,
} from './reader.ts'

/** How to write a history: `header`, then the ops with `separator` between them, then `footer`. */
export interface HistoryWriter {
  readonly extension: string
  header(meta: Readonly<Record<string, unknown>>): string
  op(op: Op): string
  readonly separator: string
  readonly footer: string
}

export interface HistoryFormat {
  /** One line for help and errors. */
  readonly description: string
  /** Whether text that begins so is in this format. */
  matches(head: string): boolean
  read(source: Source): OpReader
  readonly write?: HistoryWriter
}

/** By name, in the order in which they are tried. */
export const FORMATS = {
  jsonl: {
    description: 'JSON Lines, one op a line: what chaos writes',
    matches: (head) => /^\s*\{\s*("|\}|$)/.test(head),
    read: (source) => new JsonlReader(source),
    write: {
      extension: 'jsonl',
      header: (meta) => `${writeHeader(meta)}\n`,
      op: writeOp,
      separator: '\n',
      footer: '\n',
    },
  },
  json: {
    description: 'a JSON array of ops, as elle-cli takes it',
    matches: (head) => /^\s*\[\s*(\{\s*"|\]\s*$)/.test(head),
    read: (source) => new ElleJsonReader(source),
    write: {extension: 'json', header: () => '[\n', op: writeElleJsonOp, separator: ',\n', footer: '\n]\n'},
  },
  edn: {
    description: "Jepsen's history.edn, or Porcupine's key-value logs: maps in EDN, tagged or not",
    matches: (head) => /^[\s,]*([{[(;]|#[^\s"])/.test(head),
    read: (source) => new EdnReader(source),
    write: {extension: 'edn', header: () => '', op: writeEdnOp, separator: '\n', footer: '\n'},
  },
  log: {
    description: "Jepsen's history.txt or console log, such as Porcupine's etcd logs",
    matches: (head) => /(^|\s)(\d+|:[\w-]+)\t:(invoke|ok|fail|info)\t/.test(head) || /^(INFO|WARN) /.test(head),
    read: (source) => new JepsenLogReader(source),
  },
} as const satisfies Readonly<Record<string, HistoryFormat>>

export type FormatName = keyof typeof FORMATS

/** The format of text that begins like this. Throws UsageError where it is none. */
export function detectFormat(head: string, source: Source): FormatName {
  const text = head.replace(/^\uFEFF/, '')
  if (text.trim() === '') return formatByName(source.file)
  for (const name of Object.keys(FORMATS) as FormatName[]) if (FORMATS[name].matches(text)) return name
  const [line] = text.split(/\r?\n/, 1) as [string]
  throw new UsageError(`${source.file}:1:1  this is no history: ${JSON.stringify(line.slice(0, 60))}`, described())
}

/** What a file's name says where its content says nothing. */
function formatByName(file: string): FormatName {
  const [, ending = ''] = /\.(\w+)(?:\.gz)?$/.exec(file) ?? []
  return Object.hasOwn(FORMATS, ending) ? (ending as FormatName) : 'jsonl'
}

function described(): string[] {
  return Object.entries(FORMATS).map(([name, {description}]) => `${name}: ${description}`)
}

/** Names what editors and shells of other systems, and slips of the hand, put where a history was meant. */
function refuseOtherThanText(bytes: Uint8Array, {file}: Source): void {
  const [first = -1, second = -1] = bytes
  const marked = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)
  if (marked || (first === 0 && second > 0) || (first > 0 && second === 0)) {
    throw new UsageError(`${file}:1:1  this is UTF-16; a history is UTF-8`, [
      `iconv -f UTF-16${marked ? '' : first === 0 ? 'BE' : 'LE'} -t UTF-8 ${file} | chaos check -`,
    ])
  }
  if (!bytes.includes(0)) return
  const begin = Array.from(bytes.subarray(0, 8), (byte) => byte.toString(16).padStart(2, '0')).join(' ')
  throw new UsageError(`${file}:1:1  this is no text: it begins with the bytes ${begin}`, described())
}

export interface ReadOptions extends Source {
  /** Told from the content when absent. */
  readonly format?: FormatName
}

/** A reader that looks at the first bytes before it decides what it is. */
export class AnyReader implements OpReader {
  #reader: OpReader | undefined
  #head: Buffer = Buffer.alloc(0)
  readonly #source: Source
  /** The format, once it is known. */
  format: FormatName | undefined

  constructor(options: ReadOptions) {
    this.#source = {file: options.file}
    if (options.format !== undefined) this.#choose(options.format)
  }

  get meta(): OpReader['meta'] {
    return this.#reader?.meta ?? {}
  }

  get torn(): OpReader['torn'] {
    return this.#reader?.torn
  }

  push(bytes: Uint8Array): Op[] {
    if (this.#reader !== undefined) return this.#reader.push(bytes)
    const head = this.#head.length === 0 ? bytes : Buffer.concat([this.#head, bytes])
    this.#head = Buffer.from(head.subarray(0, Math.min(head.length, ENOUGH)))
    if (head.length < ENOUGH) return []
    return this.#decide(head)
  }

  end(): Op[] {
    const ops = this.#reader === undefined ? this.#decide(this.#head) : []
    return [...ops, ...(this.#reader as unknown as OpReader).end()]
  }

  #decide(bytes: Uint8Array): Op[] {
    const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, ENOUGH)).toString('utf8')
    refuseOtherThanText(bytes.subarray(0, ENOUGH), this.#source)
    const mark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0
    return this.#choose(detectFormat(head, this.#source)).push(bytes.subarray(mark))
  }

  #choose(format: FormatName): OpReader {
    this.format = format
    return (this.#reader = FORMATS[format].read(this.#source))
  }
}

/** Bytes that always suffice to tell the format. */
const ENOUGH = 4096

/** A history that is all there, in any format. Throws UsageError with file, line and column. */
export function parseHistory(input: Bytes, options: ReadOptions): ParsedHistory & {readonly format: FormatName} {
  const reader = new AnyReader(options)
  const parsed = readAll(reader, piecesOf(input))
  return {...parsed, format: reader.format as FormatName}
}

/** The ops of a history of any size, in any format, as they come. Throws UsageError with file, line and column. */
export async function* parseOps(chunks: Chunks, options: ReadOptions): AsyncGenerator<Op, void, undefined> {
  for await (const ops of readBatches(new AnyReader(options), chunks)) yield* ops
}

/** A whole stream, in any format. */
export async function readHistory(
  chunks: Chunks,
  options: ReadOptions,
): Promise<ParsedHistory & {readonly format: FormatName}> {
  const reader = new AnyReader(options)
  const ops: Op[] = []
  for await (const batch of readBatches(reader, chunks)) for (const op of batch) ops.push(op)
  const {meta, torn} = reader
  return {ops, meta, ...(torn === undefined ? {} : {torn}), format: reader.format as FormatName}
}

/** A whole history as text, in pieces. Throws UsageError for a format that is only read. */
export function* writeHistory(
  ops: Iterable<Op>,
  format: FormatName,
  meta: Readonly<Record<string, unknown>> = {},
): Generator<string, void, undefined> {
  const {write} = FORMATS[format] as HistoryFormat
  if (write === undefined) {
    const writable = Object.entries(FORMATS).flatMap(([name, entry]) => ('write' in entry ? [name] : []))
    throw new UsageError(`Histories cannot be written as "${format}".`, [`Formats: ${writable.join(', ')}`])
  }
  let text = write.header(meta)
  let first = true
  for (const op of ops) {
    text += first ? write.op(op) : `${write.separator}${write.op(op)}`
    first = false
    if (text.length < 65_536) continue
    yield text
    text = ''
  }
  yield first ? (text + write.footer).replace(/\n\n$/, '\n') : text + write.footer
}
