/**
 * The ops of a history in about a dozen bytes each instead of some two hundred: columns of numbers, and the values as bytes.
 * It is filled once, in order, and then read like an array; each op is made when it is asked for and is a new object each
 * time. What comes out is equal to what went in.
 *
 * Ops are kept in chunks. The last one has wide columns; when it is full they are made as narrow as their numbers allow
 * (`column.ts`), so nothing is ever copied twice and 20 000 000 ops take some 250 MB.
 */
import type {Key, Op, OpType, ProcessId} from '../op.ts'
import {LazySequence, Picked, Positions, type Sequence} from '../sequence.ts'
import {type Column, narrowed, type WideColumn, wideColumn} from './column.ts'
import {Names} from './names.ts'
import {RepeatedValues} from './repeated-values.ts'
import {Values} from './values.ts'

const SHIFT = 13
/** Ops per chunk. */
export const CHUNK = 1 << SHIFT
const MASK = CHUNK - 1

const TYPES: readonly OpType[] = ['invoke', 'ok', 'fail', 'info']
const TYPE_CODES: Readonly<Record<OpType, number>> = {invoke: 0, ok: 1, fail: 2, info: 3}
// Beside the type in `kind`.
const TYPE = 3
const FINAL = 4
const NOT_FINAL = 8
const HAS_ERROR = 16
const HAS_EXTRA = 32

// Codes of values that are not small whole numbers; anything lower is where the value begins in the chunk's bytes.
const NULL = -1
const UNDEFINED = -2
const TRUE = -3
const FALSE = -4
const FIRST_BYTE = -5
/** Values, keys and processes below this are their own codes. */
const SMALL = 1 << 30

/** How many ops are made between two looks. */
const LOOK_EVERY = 1 << 12

/** One chunk. Codes of keys, processes, functions and nodes: see `Names`. */
interface Chunk {
  /** The index, less the position in the store: the same number for ops that come one after another. */
  ahead: Column
  timeNs: Column
  kind: Column
  process: Column
  f: Column
  key: Column
  value: Column
  node: Column
  /** Where error and extra begin in the bytes, as a list; 0 where there are none. */
  rest: Column
  bytes: Buffer
}

const COLUMNS = ['ahead', 'timeNs', 'kind', 'process', 'f', 'key', 'value', 'node', 'rest'] as const

/** What the columns hold that hold more than small codes. */
const HOLDS: Readonly<Record<string, 'any' | 'whole'>> = {ahead: 'any', timeNs: 'any', value: 'whole', rest: 'whole'}

type WideChunk = Record<(typeof COLUMNS)[number], WideColumn>

/** What a scan shows of each op. It is the same object each time: what is wanted of it must be taken out at once. */
export interface ScannedOp {
  readonly index: number
  readonly timeNs: number
  readonly type: OpType
  readonly process: ProcessId
  readonly f: string
  readonly key?: Key | undefined
  readonly value: unknown
  readonly error?: unknown
  readonly extra?: Readonly<Record<string, unknown>> | undefined
}

export class OpStore extends LazySequence<Op> {
  length = 0
  /** How many of them are invocations of clients. */
  invocations = 0
  readonly #chunks: Chunk[] = []
  readonly #open: WideChunk = wideChunk()
  readonly #values = new Values()
  readonly #repeated = new RepeatedValues(this.#values)
  readonly #names = new Names<ProcessId>()
  readonly #functions = new Names<string>()
  readonly #nodes = new Names<string>()
  readonly #keys = new Names<Key>()
  readonly #others = new Positions(4)
  readonly #clientFunctions = new Set<string>()
  readonly #look: () => void
  #made = 0
  /** The chunk that is still being filled, as it is. */
  #unfinished: Chunk | undefined

  /**
   * `look` is called now and then, by whatever way the ops are read: where one reads millions of ops, one often remembers
   * something of each. What it throws ends the reading.
   */
  constructor(look: () => void = () => {}) {
    super()
    this.#look = look
  }

  /** Adds an op. It is not kept. */
  push(op: Op): void {
    const i = this.length & MASK
    if (i === 0 && this.length > 0) this.#seal()
    const to = this.#open
    const {type, process, key, value, error, node, final, extra} = op
    let kind = TYPE_CODES[type]
    if (final !== undefined) kind |= final ? FINAL : NOT_FINAL
    to.ahead.items[i] = op.index - this.length
    to.timeNs.items[i] = op.timeNs
    to.process.items[i] = isSmall(process) ? process : this.#names.codeOf(process)
    to.f.items[i] = this.#functions.codeOf(op.f)
    to.key.items[i] = key === undefined ? NULL : isSmall(key) ? key : this.#keys.codeOf(key) - 1
    to.value.items[i] = this.#codeOf(value)
    to.node.items[i] = node === undefined ? 0 : this.#nodes.codeOf(node)
    let rest = 0
    if (error !== undefined || extra !== undefined) {
      if (error !== undefined) kind |= HAS_ERROR
      if (extra !== undefined) kind |= HAS_EXTRA
      rest = 1 + this.#repeated.write([error, extra])
    }
    to.rest.items[i] = rest
    to.kind.items[i] = kind
    if (typeof process !== 'number') this.#others.push(this.length)
    else if (type === 'invoke') {
      this.invocations++
      this.#clientFunctions.add(op.f)
    }
    this.length++
    this.#unfinished = undefined
  }

  /** Throws where one of them does; the ops before it are in. */
  pushAll(ops: readonly Op[]): void {
    for (let i = 0; i < ops.length; i++) this.push(ops[i]!)
  }

  #codeOf(value: unknown): number {
    if (isSmall(value)) return value
    if (value === null) return NULL
    if (value === undefined) return UNDEFINED
    if (typeof value === 'boolean') return value ? TRUE : FALSE
    return FIRST_BYTE - this.#repeated.write(value)
  }

  /** Makes the full chunk small and begins the next one. */
  #seal(): void {
    this.#chunks.push(this.#narrowed(CHUNK))
    this.#values.length = 0
    this.#repeated.clear()
  }

  #narrowed(length: number): Chunk {
    const open = this.#open
    const used = this.#values.length
    const bytes = Buffer.from(new SharedArrayBuffer(used))
    this.#values.bytes.copy(bytes, 0, 0, used)
    const columns = Object.fromEntries(COLUMNS.map((name) => [name, narrowed(open[name], length)]))
    return {...(columns as Record<(typeof COLUMNS)[number], Column>), bytes}
  }

  /** The chunk of a position. The one that is still open is looked at as it is. */
  #chunkOf(position: number): Chunk {
    const number = position >> SHIFT
    if (number < this.#chunks.length) return this.#chunks[number]!
    return (this.#unfinished ??= {...this.#open, bytes: this.#values.bytes})
  }

  make(position: number): Op {
    if ((++this.#made & (LOOK_EVERY - 1)) === 0) this.#look()
    const chunk = this.#chunkOf(position)
    const i = position & MASK
    const kind = at(chunk.kind, i)
    const index = at(chunk.ahead, i) + position
    const timeNs = at(chunk.timeNs, i)
    const type = TYPES[kind & TYPE]!
    const process = this.#processOf(chunk, i)
    const f = this.#functions.nameOf(at(chunk.f, i))
    const key = this.#keyOf(chunk, i)
    const value = this.#valueOf(chunk, i)
    // In the order in which the readers set them.
    const op: {-readonly [field in keyof Op]: Op[field]} =
      key === undefined ? {index, timeNs, type, process, f, value} : {index, timeNs, type, process, f, key, value}
    const [error, extra] = (kind & (HAS_ERROR | HAS_EXTRA)) === 0 ? NO_REST : this.#restOf(chunk, i)
    if ((kind & HAS_ERROR) !== 0) op.error = error
    const node = at(chunk.node, i)
    if (node < 0) op.node = this.#nodes.nameOf(node)
    if ((kind & (FINAL | NOT_FINAL)) !== 0) op.final = (kind & FINAL) !== 0
    if ((kind & HAS_EXTRA) !== 0) op.extra = extra as Readonly<Record<string, unknown>>
    return op
  }

  /** Shows all ops, in order, without making any. */
  scan(see: (op: ScannedOp, position: number) => void): void {
    const scanned = new Scan(this.#access)
    for (let first = 0; first < this.length; first += CHUNK) {
      this.#look()
      const chunk = this.#chunkOf(first)
      const end = Math.min(CHUNK, this.length - first)
      scanned.chunk = chunk
      const {kind, process, f, key} = chunk
      for (let i = 0; i < end; i++) {
        const processCode = process.base + process.items[i]!
        const keyCode = key.base + key.items[i]!
        scanned.i = i
        scanned.position = first + i
        scanned.type = TYPES[(kind.base + kind.items[i]!) & TYPE]!
        scanned.process = processCode >= 0 ? processCode : this.#names.nameOf(processCode)
        scanned.f = this.#functions.nameOf(f.base + f.items[i]!)
        scanned.key = keyCode >= 0 ? keyCode : keyCode === NULL ? undefined : this.#keys.nameOf(keyCode + 1)
        see(scanned, first + i)
      }
    }
  }

  /** How a scan comes by what it does not look up for everybody. */
  readonly #access = {
    value: (chunk: Chunk, i: number): unknown => this.#valueOf(chunk, i),
    error: (chunk: Chunk, i: number): unknown =>
      (at(chunk.kind, i) & HAS_ERROR) === 0 ? undefined : this.#restOf(chunk, i)[0],
    extra: (chunk: Chunk, i: number): Op['extra'] =>
      (at(chunk.kind, i) & HAS_EXTRA) === 0 ? undefined : (this.#restOf(chunk, i)[1] as Op['extra']),
  }

  /** A store of the same ops, each changed. This one is empty afterwards: there is never room for two. */
  rewrite(change: (op: Op) => Op): OpStore {
    const changed = new OpStore(this.#look)
    const {length} = this
    for (let position = 0; position < length; position++) {
      changed.push(change(this.make(position)))
      if ((position & MASK) === MASK) this.#chunks[position >> SHIFT] = GONE
    }
    this.length = 0
    return changed
  }

  /** Those that are of no client. */
  get nemesisOps(): Sequence<Op> {
    return new Picked(this, this.#others.view())
  }

  /** The functions that clients invoked, by first appearance. */
  get functions(): ReadonlySet<string> {
    return this.#clientFunctions
  }

  typeAt(position: number): OpType {
    return TYPES[at(this.#chunkOf(position).kind, position & MASK) & TYPE]!
  }

  keyAt(position: number): Key | undefined {
    return this.#keyOf(this.#chunkOf(position), position & MASK)
  }

  processAt(position: number): ProcessId {
    return this.#processOf(this.#chunkOf(position), position & MASK)
  }

  timeNsAt(position: number): number {
    return at(this.#chunkOf(position).timeNs, position & MASK)
  }

  #processOf(chunk: Chunk, i: number): ProcessId {
    const code = at(chunk.process, i)
    return code >= 0 ? code : this.#names.nameOf(code)
  }

  #keyOf(chunk: Chunk, i: number): Key | undefined {
    const code = at(chunk.key, i)
    return code >= 0 ? code : code === NULL ? undefined : this.#keys.nameOf(code + 1)
  }

  #valueOf(chunk: Chunk, i: number): unknown {
    const code = at(chunk.value, i)
    if (code >= 0) return code
    switch (code) {
      case NULL:
        return null
      case UNDEFINED:
        return undefined
      case TRUE:
        return true
      case FALSE:
        return false
      default:
        return this.#values.read(chunk.bytes, FIRST_BYTE - code)
    }
  }

  #restOf(chunk: Chunk, i: number): readonly unknown[] {
    return this.#values.read(chunk.bytes, at(chunk.rest, i) - 1) as unknown[]
  }
}

/** In the place of a chunk that is not needed any more. */
const GONE = {} as Chunk
const NO_REST: readonly unknown[] = []

function at({base, items}: Column, i: number): number {
  return base + items[i]!
}

/** Whether this is its own code. Zero with a sign is not. */
function isSmall(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value < SMALL && (value | 0) === value && !Object.is(value, -0)
}

function wideChunk(): WideChunk {
  return Object.fromEntries(COLUMNS.map((name) => [name, wideColumn(CHUNK, HOLDS[name] ?? 'int32')])) as WideChunk
}

interface Access {
  value(chunk: Chunk, i: number): unknown
  error(chunk: Chunk, i: number): unknown
  extra(chunk: Chunk, i: number): Op['extra']
}

class Scan implements ScannedOp {
  chunk!: Chunk
  i = 0
  position = 0
  type: OpType = 'invoke'
  process: ProcessId = 0
  f = ''
  key: Key | undefined
  readonly #access: Access

  constructor(access: Access) {
    this.#access = access
  }

  get index(): number {
    return at(this.chunk.ahead, this.i) + this.position
  }

  get timeNs(): number {
    return at(this.chunk.timeNs, this.i)
  }

  get value(): unknown {
    return this.#access.value(this.chunk, this.i)
  }

  get error(): unknown {
    return this.#access.error(this.chunk, this.i)
  }

  get extra(): Op['extra'] {
    return this.#access.extra(this.chunk, this.i)
  }
}
