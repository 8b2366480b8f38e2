/**
 * The window: the events of one object that its engine has not taken yet. An operation is handed over once its outcome is
 * known; what happened after an operation that is still open waits with it.
 */
import type {Key, Op} from '../../../core/op.ts'
import type {Breach} from '../../../core/watch.ts'
import {describeValue} from '../canonical.ts'
import {NEVER} from '../trace.ts'
import type {Entry, ObjectStream} from './object-stream.ts'

/** The events of one object that its engine has not taken yet. */
export class Window {
  readonly key: Key | undefined
  readonly engine: ObjectStream
  readonly #longestWait: number
  /** Events in order: an entry, and whether it returns. */
  #entries: Entry[] = []
  #returns: boolean[] = []
  #head = 0
  #events = 0
  /** Whether an operation was taken for pending although it may still end. */
  #weakened = false
  /** The look at which it was last used. */
  usedAt = -1

  constructor(key: Key | undefined, engine: ObjectStream, longestWait: number) {
    this.key = key
    this.engine = engine
    this.#longestWait = longestWait
  }

  get waiting(): number {
    return this.#entries.length - this.#head
  }

  /** Whether something may escape it. */
  get blind(): boolean {
    return this.#weakened || this.engine.weakened || this.engine.lost
  }

  rest(): void {
    this.#entries = []
    this.#returns = []
    this.#head = 0
    this.engine.rest()
  }

  invoke(op: Op): Entry {
    const invokeAt = this.#events++
    const entry: Entry = {invoke: op, completion: undefined, outcome: 'open', invokeAt, returnAt: NEVER, slot: -1}
    this.#enqueue(entry, false)
    return entry
  }

  complete(entry: Entry, op: Op): void {
    if (entry.outcome !== 'open') return
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
        continue
      }
      if (entry.outcome === 'open') {
        if (this.waiting <= this.#longestWait) break
        entry.outcome = 'info'
        this.#weakened = true
      }
      this.engine.invoke(entry)
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
