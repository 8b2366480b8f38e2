/**
 * Kafka's wire format, as far as logs need it: the versions of its requests before the flexible ones, which brokers up to 4.x
 * speak (KIP-896). Numbers are big endian; strings begin with two bytes of length, arrays and byte strings with four.
 *
 * Our own: kafkajs has had no release since 2023 and lets nobody choose partitions without a group, the library of Confluent
 * brings a native one that it downloads, and that of Platformatic wants a newer Node than we do. All of them send again by
 * themselves what was not answered.
 */

export class Writer {
  readonly #parts: Buffer[] = []

  byte(value: number): this {
    return this.bytes(Buffer.from([value & 0xff]))
  }

  bool(value: boolean): this {
    return this.byte(value ? 1 : 0)
  }

  short(value: number): this {
    const part = Buffer.alloc(2)
    part.writeInt16BE(value)
    return this.bytes(part)
  }

  int(value: number): this {
    const part = Buffer.alloc(4)
    part.writeInt32BE(value)
    return this.bytes(part)
  }

  long(value: bigint): this {
    const part = Buffer.alloc(8)
    part.writeBigInt64BE(value)
    return this.bytes(part)
  }

  /** Zigzag: small numbers of either sign are short. */
  varint(value: number): this {
    let rest = ((value << 1) ^ (value >> 31)) >>> 0
    for (; rest > 0x7f; rest >>>= 7) this.byte((rest & 0x7f) | 0x80)
    return this.byte(rest)
  }

  text(value: string | null): this {
    if (value === null) return this.short(-1)
    const encoded = Buffer.from(value)
    return this.short(encoded.length).bytes(encoded)
  }

  /** Bytes with their length before them. */
  buffer(value: Buffer): this {
    return this.int(value.length).bytes(value)
  }

  array<T>(values: readonly T[], each: (writer: this, value: T) => void): this {
    this.int(values.length)
    for (const value of values) each(this, value)
    return this
  }

  bytes(part: Buffer): this {
    this.#parts.push(part)
    return this
  }

  done(): Buffer {
    return Buffer.concat(this.#parts)
  }
}

/** Throws RangeError where it ends too early. */
export class Reader {
  readonly #body: Buffer
  #at = 0

  constructor(body: Buffer) {
    this.#body = body
  }

  get left(): number {
    return this.#body.length - this.#at
  }

  byte(): number {
    const value = this.#body.readInt8(this.#at)
    this.#at += 1
    return value
  }

  short(): number {
    const value = this.#body.readInt16BE(this.#at)
    this.#at += 2
    return value
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

  varint(): number {
    let value = 0
    for (let shift = 0; ; shift += 7) {
      const next = this.byte()
      value |= (next & 0x7f) << shift
      if ((next & 0x80) === 0) return (value >>> 1) ^ -(value & 1)
    }
  }

  /** Null for one that is not there. */
  text(): string | null {
    const length = this.short()
    return length < 0 ? null : this.take(length).toString()
  }

  buffer(): Buffer {
    return this.take(Math.max(0, this.int()))
  }

  array<T>(each: (reader: this) => T): T[] {
    return Array.from({length: Math.max(0, this.int())}, () => each(this))
  }

  take(length: number): Buffer {
    if (length > this.left) throw new RangeError(`${length} bytes wanted, ${this.left} left`)
    const value = this.#body.subarray(this.#at, this.#at + length)
    this.#at += length
    return value
  }
}
