/**
 * ZooKeeper's wire format (jute), as far as registers and sets need it: every message is a length and a body; numbers are big
 * endian; texts, buffers and lists begin with their length. See zookeeper-jute/src/main/resources/zookeeper.jute.
 *
 * Our own, since the client that npm has knows no `sync`, and reconnects and sends on by itself.
 */

export const OP = {create: 1, delete: 2, getData: 4, setData: 5, getChildren: 8, sync: 9, ping: 11, close: -11} as const

/** The number that a ping has in place of a request's own. */
export const PING_XID = -2

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
