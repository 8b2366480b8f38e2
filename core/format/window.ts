/**
 * The part of a file that a reader still needs: what was not yet consumed of the bytes that came in, and where in the file
 * it stands. For formats whose records may span lines and pieces.
 */
import type {Place} from './malformed.ts'

const NEWLINE = 0x0a

export class Window {
  bytes: Buffer = Buffer.alloc(0)
  readonly #file: string
  /** Line of the first byte of `bytes`, and how many UTF-16 units of that line came before it. */
  #line = 1
  #skipped = 0
  /** Nothing was complete at this size; worth another look only when there is much more. */
  #stuckAt = 0

  constructor(file: string) {
    this.#file = file
  }

  /** Pieces that were not worth looking at yet. */
  #waiting: Buffer[] = []
  #waitingBytes = 0

  /** Adds a piece. False where it is not worth looking yet: a huge record is still growing. */
  append(piece: Uint8Array): boolean {
    this.#waiting.push(Buffer.from(piece))
    this.#waitingBytes += piece.length
    if (this.bytes.length + this.#waitingBytes < this.#stuckAt * 1.5) return false
    this.join()
    return true
  }

  /** Makes `bytes` whole. */
  join(): void {
    if (this.#waiting.length === 0) return
    this.bytes = Buffer.concat([this.bytes, ...this.#waiting])
    this.#waiting = []
    this.#waitingBytes = 0
  }

  /** Drops what was consumed and keeps the rest in a copy of its own. */
  consume(length: number): void {
    this.#stuckAt = length === 0 ? this.bytes.length : 0
    const {line, column} = this.#count(length)
    this.#line = line
    this.#skipped = column - 1
    this.bytes = Buffer.from(this.bytes.subarray(length))
  }

  /** Line of an offset in `bytes`. */
  lineAt(offset: number): number {
    return this.#count(offset).line
  }

  /** Where an offset in `bytes` is in the file. */
  place(offset: number): Place {
    const {line, column, start} = this.#count(offset)
    const end = this.bytes.indexOf(NEWLINE, offset)
    const text = this.bytes.toString('utf8', start, end < 0 ? this.bytes.length : end).replace(/\r$/, '')
    return {file: this.#file, line, column, text, skipped: start === 0 ? this.#skipped : 0}
  }

  // Offsets are asked for in ascending order, so the count goes on from the last one.
  #lastBytes: Buffer | undefined
  #lastOffset = 0
  #lastLine = 0
  #lastStart = 0

  #count(offset: number): {line: number; column: number; start: number} {
    if (this.#lastBytes !== this.bytes || offset < this.#lastOffset) {
      this.#lastBytes = this.bytes
      this.#lastOffset = 0
      this.#lastLine = this.#line
      this.#lastStart = 0
    }
    for (;;) {
      const at = this.bytes.indexOf(NEWLINE, this.#lastOffset)
      if (at < 0 || at >= offset) break
      this.#lastLine++
      this.#lastStart = this.#lastOffset = at + 1
    }
    this.#lastOffset = Math.max(this.#lastOffset, this.#lastStart)
    const start = this.#lastStart
    const before = start === 0 ? this.#skipped : 0
    const column = before + this.bytes.toString('utf8', start, offset).length + 1
    return {line: this.#lastLine, column, start}
  }
}
