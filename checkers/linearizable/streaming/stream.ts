/**
 * Checking while the history is still being written: feed ops as they happen, and hear of the first violation as soon as
 * it is certain. Memory is proportional to the window (what is open, and what was invoked since the oldest open operation
 * began), not to the history.
 *
 * An operation is looked at once its outcome is known, so the check runs behind by as long as the oldest open operation
 * has been open. `probe` looks at the rest all the same: it treats what is open as pending, which only makes a history
 * easier to explain, so a death then is a proof as well. Call it about once a second.
 *
 * The search has no beam here: a death is a proof. An object whose search grows too wide is given up, and an operation that
 * stays open while very many others come and go is taken for pending for good. Both lose sight of something, which `blind`
 * and `close` say; the check of the whole record decides. That check also explains; a breach only says what and where.
 *
 * An object that nobody has used for a while rests: only what is needed to go on with it is kept.
 */
import type {Key, Op, ProcessId} from '../../../core/op.ts'
import {isClientOp} from '../../../core/op.ts'
import {mergeValidity, type Validity} from '../../../core/verdict.ts'
import type {Breach, Watch} from '../../../core/watch.ts'
import type {Model} from '../model.ts'
import {type TrustFailure, trustConditions} from '../trace.ts'
import {GeneralStream} from './general-stream.ts'
import type {Entry} from './object-stream.ts'
import {type Patience, RegisterStream} from './register-stream.ts'
import {Window} from './window.ts'

export type {Breach} from '../../../core/watch.ts'

export interface StreamOptions {
  readonly model: Model
  readonly perKey?: boolean
  readonly trustFailures?: boolean | TrustFailure
  /** Events that may wait for one operation to end before it is taken for pending. Default 32 768. */
  readonly longestWait?: number
  /** How long a register bears with pending operations. */
  readonly patience?: Patience
  /** Operations between two looks for objects that are at rest. Default 32 768. */
  readonly lookEvery?: number
}

export interface StreamResult {
  readonly validity: Validity
  readonly objects: number
  readonly operations: number
  /** Objects that were given up, or of which something was not looked at. */
  readonly lost: readonly (Key | undefined)[]
  readonly breach: Breach | undefined
}

export class LinearizableStream implements Watch {
  readonly #model: Model
  readonly #perKey: boolean
  readonly #trust: TrustFailure | undefined
  readonly #longestWait: number
  readonly #lookEvery: number
  readonly #patience: Patience | undefined
  readonly #objects = new Map<Key | undefined, Window>()
  readonly #open = new Map<ProcessId, {window: Window; entry: Entry}>()
  #operations = 0
  #breach: Breach | undefined
  /** Objects used since the last look, and between the two looks before. */
  #used: Window[] = []
  #usedBefore: Window[] = []
  #look = 0

  constructor(options: StreamOptions) {
    const {model, perKey = true, trustFailures = false, longestWait = 1 << 15, lookEvery = 1 << 15} = options
    this.#model = model
    this.#longestWait = longestWait
    this.#lookEvery = lookEvery
    this.#patience = options.patience
    this.#perKey = perKey
    this.#trust = trustFailures === true ? trustConditions : trustFailures === false ? undefined : trustFailures
  }

  /** Operations in the window, over all objects. */
  get waiting(): number {
    let waiting = 0
    for (const window of this.#objects.values()) waiting += window.waiting
    return waiting
  }

  get blind(): string | undefined {
    const lost = this.#lost()
    if (lost.length === 0) return undefined
    const [first] = lost
    if (first === undefined && lost.length === 1) return 'it was too much to follow whole'
    const named = `${lost.slice(0, 3).join(', ')}${lost.length > 3 ? ', …' : ''}`
    return `${lost.length} of ${this.#objects.size} objects were too much to follow whole (${named})`
  }

  #lost(): (Key | undefined)[] {
    return [...this.#objects].filter(([, {blind}]) => blind).map(([key]) => key)
  }

  /** Takes the next op of the record. The first violation, once it is certain; the same one from then on. */
  push(op: Op): Breach | undefined {
    if (this.#breach !== undefined || !isClientOp(op)) return this.#breach
    if (op.type === 'invoke') {
      const window = this.#windowOf(op)
      this.#open.set(op.process, {window, entry: window.invoke(op)})
      if (++this.#operations % this.#lookEvery === 0) this.#layToRest()
      return undefined
    }
    const open = this.#open.get(op.process)
    if (open === undefined) return undefined
    this.#open.delete(op.process)
    open.window.complete(open.entry, op)
    return (this.#breach = open.window.advance())
  }

  /** Looks at what waits, with open operations as pending. */
  probe(): Breach | undefined {
    // Where nothing is open, nothing waits.
    for (const window of new Set(Array.from(this.#open.values(), (open) => open.window))) {
      if (this.#breach !== undefined) break
      this.#breach = window.probe()
    }
    return this.#breach
  }

  /** No more ops: what is open stays pending. */
  close(): StreamResult {
    const breach = this.probe()
    const lost = this.#lost()
    const validities: Validity[] = Array.from(this.#objects.values(), ({blind}) => (blind ? 'unknown' : 'valid'))
    if (breach !== undefined) validities.push('invalid')
    return {
      validity: mergeValidity(validities),
      objects: this.#objects.size,
      operations: this.#operations,
      lost,
      breach,
    }
  }

  #windowOf(op: Op): Window {
    const {partition} = this.#model
    const key = !this.#perKey
      ? undefined
      : partition === undefined
        ? op.key
        : partition({f: op.f, key: op.key, input: op.value})
    let window = this.#objects.get(key)
    if (window === undefined) {
      const {structure} = this.#model
      const engine =
        structure?.kind === 'register'
          ? new RegisterStream(this.#model, structure, this.#trust, this.#patience)
          : new GeneralStream(this.#model, this.#trust)
      window = new Window(key, engine, this.#longestWait)
      this.#objects.set(key, window)
    }
    if (window.usedAt !== this.#look) {
      window.usedAt = this.#look
      this.#used.push(window)
    }
    return window
  }

  /** What was used between the two looks before this one, but not since, rests. */
  #layToRest(): void {
    for (const window of this.#usedBefore) {
      if (window.usedAt === this.#look) continue
      if (window.waiting === 0) window.rest()
      else {
        window.usedAt = this.#look
        this.#used.push(window)
      }
    }
    this.#usedBefore = this.#used
    this.#used = []
    this.#look++
  }
}
