/**
 * ZooKeeper's wire format (jute), as far as it is needed here: every message is a length and a body; numbers are big
 * endian; texts, buffers and lists begin with their length. See zookeeper-jute/src/main/resources/zookeeper.jute.
 *
 * Our own, since the client that npm has knows no `sync`, and reconnects and sends on by itself.
 */

export const OP = {
  create: 1,
  delete: 2,
  getData: 4,
  setData: 5,
  getChildren: 8,
  sync: 9,
  ping: 11,
  check: 13,
  multi: 14,
  close: -11,
} as const

/** The number that a ping has in place of a request's own. */
export const PING_XID = -2
/** The number of what is no reply: something that is watched has changed. */
export const EVENT_XID = -1

export class Writer {
  readonly #parts: Buffer[] = []

  int(value: number): this {
    const part = Buffer.alloc(4)
    part.writeInt32BE(value)
    return this.#add(part)
  }

  long(value: bigint): this {
    const part = Buffer.alloc(8)
    part.writeBigInt64BE(value)
    return this.#add(part)
  }

  bool(value: boolean): this {
    return this.#add(Buffer.from([value ? 1 : 0]))
  }

  buffer(value: Buffer): this {
    return this.int(value.length).#add(value)
  }

  text(value: string): this {
    return this.buffer(Buffer.from(value))
  }

  /** The message with its length before it. */
  framed(): Buffer {
    const body = Buffer.concat(this.#parts)
    const length = Buffer.alloc(4)
    length.writeInt32BE(body.length)
    return Buffer.concat([length, body])
  }

  #add(part: Buffer): this {
    this.#parts.push(part)
    return this
  }
}

/** Reads a body. Throws RangeError where it ends too early. */
export class Reader {
  readonly #body: Buffer
  #at = 0

  constructor(body: Buffer) {
    this.#body = body
  }

  int(): number {
    const value = this.#body.readInt32BE(this.#at)
    this.#at += 4
    return value
  }

  bool(): boolean {
    return this.#body.readInt8(this.#at++) !== 0
  }

  long(): bigint {
    const value = this.#body.readBigInt64BE(this.#at)
    this.#at += 8
    return value
  }

  buffer(): Buffer {
    const length = Math.max(0, this.int())
    const value = this.#body.subarray(this.#at, this.#at + length)
    this.#at += length
    return value
  }

  text(): string {
    return this.buffer().toString()
  }

  texts(): string[] {
    return Array.from({length: Math.max(0, this.int())}, () => this.text())
  }

  /** The version of a node's data, from its `Stat`; what comes before and after it is skipped. */
  version(): number {
    this.#at += 32
    const value = this.int()
    this.#at += 32
    return value
  }
}

/** Everybody may do everything. */
export function openAcl(writer: Writer): Writer {
  return writer.int(1).int(31).text('world').text('anyone')
}

/** A transaction: sets one node on condition that another is there. Each part has a header, and one says that it is the end. */
export function checkAndSet(there: string, path: string, value: string): (writer: Writer) => void {
  const header = (writer: Writer, type: number, end = false) => writer.int(type).bool(end).int(-1)
  return (writer) => {
    header(writer, OP.check).text(there).int(-1)
    header(writer, OP.setData).text(path).text(value).int(-1)
    header(writer, -1, true)
  }
}

/** The first error among the results of a transaction, 0 where there is none. One that fails has errors for all its parts. */
export function firstErrorOf(reply: Reader): number {
  for (let first = 0; ; ) {
    const [type, end] = [reply.int(), reply.bool()]
    reply.int()
    if (end) return first
    if (type !== -1) return 0
    first ||= reply.int()
  }
}
