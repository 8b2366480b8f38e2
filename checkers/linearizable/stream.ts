/**
 * Checking while the history is still being written: feed ops as they happen, and hear of the first violation as soon as
 * it is certain. Memory is proportional to the window (what is open, and what was invoked since the oldest open operation
 * began), not to the history.
 *
 * An operation is looked at once its outcome is known, so the check runs behind by as long as the oldest open operation
 * has been open. `probe` looks at the rest all the same: it treats what is open as pending, which only makes a history
 * easier to explain, so a death then is a proof as well. Call it about once a second.
 *
 * The search has no beam here: a death is a proof. An object whose search grows too wide is given up, which `close` says;
 * the check of the whole record decides it. That check also explains; a breach only says what and where.
 */
import type {Key, Op, ProcessId} from '../../core/op.ts'
import {isClientOp} from '../../core/op.ts'
import {mergeValidity, type Validity} from '../../core/verdict.ts'
import {describeValue} from './canonical.ts'
import {GeneralStream} from './general-stream.ts'
import type {Call, Model} from './model.ts'
import {RegisterStream} from './register/stream.ts'
import {NEVER, type TrustFailure, trustConditions} from './trace.ts'

/** A violation that is certain. */
export interface Breach {
  readonly key: Key | undefined
  /** The completion at which it showed. */
  readonly index: number
  readonly sentence: string
}

/** An operation in the window. */
export interface Entry {
  readonly invoke: Op
  completion: Op | undefined
  outcome: 'open' | 'ok' | 'fail' | 'info'
  /** Its place in the order of events, and that of its return. */
  readonly invokeAt: number
  returnAt: number
  /** Where the engine has it; -1 if it does not. */
  slot: number
}

/** One object's engine: takes events in order. */
export interface ObjectStream {
  /** Opens an operation whose outcome is known, or that counts as pending. */
  invoke(entry: Entry): void
  /** It returns. False if nothing could follow. */
  complete(entry: Entry): boolean
  /** Whether the search became too wide. */
  readonly lost: boolean
  /** A copy to try things on; used up before the original goes on. */
  fork(): ObjectStream
}

export interface StreamOptions {
  readonly model: Model
  readonly perKey?: boolean
  readonly trustFailures?: boolean | TrustFailure
}

export interface StreamResult {
  readonly validity: Validity
  readonly objects: number
  readonly operations: number
  /** Objects that were given up. */
  readonly lost: readonly (Key | undefined)[]
  readonly breach: Breach | undefined
}

export class LinearizableStream {
  readonly #model: Model
  readonly #perKey: boolean
  readonly #trust: TrustFailure | undefined
  readonly #objects = new Map<Key | undefined, Window>()
  readonly #open = new Map<ProcessId, {window: Window; entry: Entry}>()
  #operations = 0
  #breach: Breach | undefined

  constructor({model, perKey = true, trustFailures = false}: StreamOptions) {
    this.#model = model
    this.#perKey = perKey
    this.#trust = trustFailures === true ? trustConditions : trustFailures === false ? undefined : trustFailures
  }

  /** Operations in the window, over all objects. */
  get waiting(): number {
    let waiting = 0
    for (const window of this.#objects.values()) waiting += window.waiting
    return waiting
  }

  /** Takes the next op of the record. The first violation, once it is certain; the same one from then on. */
  push(op: Op): Breach | undefined {
    if (this.#breach !== undefined || !isClientOp(op)) return this.#breach
    if (op.type === 'invoke') {
      const window = this.#windowOf(op)
      this.#open.set(op.process, {window, entry: window.invoke(op)})
      this.#operations++
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
    for (const window of this.#objects.values()) {
      if (this.#breach !== undefined) break
      this.#breach = window.probe()
    }
    return this.#breach
  }

  /** No more ops: what is open stays pending. */
  close(): StreamResult {
    const breach = this.probe()
    const lost = [...this.#objects].filter(([, window]) => window.engine.lost).map(([key]) => key)
    const validities: Validity[] = [...this.#objects].map(([, {engine}]) => (engine.lost ? 'unknown' : 'valid'))
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
          ? new RegisterStream(this.#model, structure, this.#trust)
          : new GeneralStream(this.#model, this.#trust)
      window = new Window(key, engine)
      this.#objects.set(key, window)
    }
    return window
  }
}

/** The events of one object that its engine has not taken yet. */
class Window {
  readonly key: Key | undefined
  readonly engine: ObjectStream
  /** Events in order: an entry, and whether it returns. */
  #entries: Entry[] = []
  #returns: boolean[] = []
  #head = 0
  #events = 0

  constructor(key: Key | undefined, engine: ObjectStream) {
    this.key = key
    this.engine = engine
  }

  get waiting(): number {
    return this.#entries.length - this.#head
  }

  invoke(op: Op): Entry {
    const invokeAt = this.#events++
    const entry: Entry = {invoke: op, completion: undefined, outcome: 'open', invokeAt, returnAt: NEVER, slot: -1}
    this.#enqueue(entry, false)
    return entry
  }

  complete(entry: Entry, op: Op): void {
    entry.completion = op
    entry.outcome = op.type as 'ok' | 'fail' | 'info'
    if (op.type === 'info') return
    entry.returnAt = this.#events++
    this.#enqueue(entry, true)
  }

  #enqueue(entry: Entry, returns: boolean): void {
    this.#entries.push(entry)
    this.#returns.push(returns)
  }

  /** Hands over what is certain. */
  advance(): Breach | undefined {
    for (; this.#head < this.#entries.length && !this.engine.lost; this.#head++) {
      const entry = this.#entries[this.#head]!
      if (this.#returns[this.#head]) {
        if (!this.engine.complete(entry)) return this.engine.lost ? undefined : this.#breach(entry)
      } else if (entry.outcome === 'open') break
      else this.engine.invoke(entry)
    }
    if (this.engine.lost) this.#head = this.#entries.length
    if (this.#head > 256 && 2 * this.#head > this.#entries.length) {
      this.#entries = this.#entries.slice(this.#head)
      this.#returns = this.#returns.slice(this.#head)
      this.#head = 0
    }
    return undefined
  }

  probe(): Breach | undefined {
    const certain = this.advance()
    if (certain !== undefined || this.waiting === 0 || this.engine.lost) return certain
    const trial = this.engine.fork()
    const slots = this.#entries.slice(this.#head).map((entry) => entry.slot)
    let breach: Breach | undefined
    for (let i = this.#head; i < this.#entries.length && !trial.lost; i++) {
      const entry = this.#entries[i]!
      if (!this.#returns[i]) trial.invoke(entry)
      else if (!trial.complete(entry)) {
        if (!trial.lost) breach = this.#breach(entry)
        break
      }
    }
    // The trial had its own idea of where they are.
    slots.forEach((slot, i) => {
      this.#entries[this.#head + i]!.slot = slot
    })
    return breach
  }

  #breach({invoke, completion}: Entry): Breach {
    const name = this.key === undefined ? '' : ` ${this.key}`
    const answer = completion?.value ?? null
    const what =
      invoke.f === 'read' || invoke.f === 'get'
        ? `read${name === '' ? ' ' : `${name} = `}${describeValue(answer)}`
        : `${invoke.f} ${describeValue(invoke.value ?? null)}${name === '' ? '' : ` on${name}`} answered ${describeValue(answer)}`
    return {
      key: this.key,
      index: completion?.index ?? invoke.index,
      sentence: `Process ${invoke.process}: ${what}, which no order of the operations allows`,
    }
  }
}

/** What a model sees of an entry. */
export function callOf({invoke, completion, outcome}: Entry): Call {
  const input = invoke.value ?? null
  if (outcome === 'ok') return {f: invoke.f, input, output: completion!.value ?? null, outcome}
  if (outcome === 'fail') return {f: invoke.f, input, output: undefined, outcome, error: completion!.error}
  return {f: invoke.f, input, output: undefined, outcome: 'info'}
}
