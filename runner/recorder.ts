/**
 * Writes the history while it happens. Ops of one turn of the event loop go out in one write, straight to the operating
 * system. Where turns follow each other so fast that those writes would cost the clients their time, ops of a few milliseconds
 * share one. Whatever ends us but SIGKILL loses nothing; that loses those milliseconds, and what is left is still a history:
 * everything up to a moment, in order.
 */
import {closeSync, ftruncateSync, openSync, writeSync} from 'node:fs'
import {afterWall, wallClock} from '../core/clock.ts'
import {writeHeader, writeOp} from '../core/format/jsonl.ts'
import type {Op} from '../core/op.ts'
import {diskError} from './store.ts'

/** An op before it is recorded: the recorder gives the index, to the very op. */
export type NewOp = Omit<Op, 'index'> & {index?: number}

/** Writes are this far apart at least, ms, unless this much is waiting, characters. */
const APART_MS = 5
const MOST_PENDING = 1 << 16

export class Recorder {
  readonly ops: Op[] = []
  /** Client operations so far, by what became of them. */
  readonly counts = {operations: 0, ok: 0, fail: 0, info: 0}
  /** Told of each op. */
  onRecord: ((op: Op) => void) | undefined
  readonly #file: string
  readonly #onError: (error: Error) => void
  readonly #descriptor: number
  #pending: string
  #scheduled = false
  #written = 0
  readonly #clock = wallClock()
  #flushedNs = Number.NEGATIVE_INFINITY
  readonly #atExit = () => this.flush()
  #failed = false

  /** `onError` is told once, of the first write that failed (a full disk); what was written until then stays readable. */
  constructor(file: string, meta: Readonly<Record<string, unknown>>, onError: (error: Error) => void) {
    this.#file = file
    this.#onError = onError
    this.#pending = `${writeHeader(meta)}\n`
    try {
      this.#descriptor = openSync(file, 'wx')
    } catch (error) {
      throw diskError('create', file, error)
    }
    this.flush()
    this.#flushedNs = Number.NEGATIVE_INFINITY
    process.once('exit', this.#atExit)
  }

  record(op: NewOp): Op {
    op.index = this.ops.length
    const recorded = op as Op
    this.ops.push(recorded)
    if (typeof op.process === 'number') this.counts[op.type === 'invoke' ? 'operations' : op.type]++
    this.onRecord?.(recorded)
    this.#pending += `${writeOp(recorded)}\n`
    if (!this.#scheduled) {
      this.#scheduled = true
      setImmediate(this.#afterTurn)
    }
    return recorded
  }

  readonly #afterTurn = (): void => {
    const sinceMs = (this.#clock.nowNs() - this.#flushedNs) / 1e6
    if (sinceMs >= APART_MS || this.#pending.length >= MOST_PENDING) this.flush()
    else afterWall(APART_MS - sinceMs, () => this.flush())
  }

  flush(): void {
    this.#scheduled = false
    this.#flushedNs = this.#clock.nowNs()
    if (this.#pending === '' || this.#failed) return
    const bytes = Buffer.from(this.#pending)
    this.#pending = ''
    try {
      for (let done = 0; done < bytes.length; ) done += writeSync(this.#descriptor, bytes, done)
      this.#written += bytes.length
    } catch (error) {
      this.#failed = true
      // Half a batch may have gone out: cut it off, so that the file ends with a whole line.
      ftruncateSync(this.#descriptor, this.#written)
      this.#onError(diskError('write', this.#file, error))
    }
  }

  close(): void {
    this.flush()
    process.off('exit', this.#atExit)
    closeSync(this.#descriptor)
  }
}
