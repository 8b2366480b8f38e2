/**
 * Writes the history while it happens. Ops of one turn of the event loop go out in one write, straight to the operating
 * system: a crash of ours loses nothing that was recorded in an earlier turn.
 */
import {closeSync, ftruncateSync, openSync, writeSync} from 'node:fs'
import {writeHeader, writeOp} from '../core/format/jsonl.ts'
import type {Op} from '../core/op.ts'
import {diskError} from './store.ts'

/** An op before it is recorded: the recorder gives the index. */
export type NewOp = Omit<Op, 'index'>

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
  }

  record(op: NewOp): Op {
    const recorded: Op = {...op, index: this.ops.length}
    this.ops.push(recorded)
    if (typeof op.process === 'number') this.counts[op.type === 'invoke' ? 'operations' : op.type]++
    this.onRecord?.(recorded)
    this.#pending += `${writeOp(recorded)}\n`
    if (!this.#scheduled) {
      this.#scheduled = true
      setImmediate(() => this.flush())
    }
    return recorded
  }

  flush(): void {
    this.#scheduled = false
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
    closeSync(this.#descriptor)
  }
}
