/** The general search, fed as the history happens. Calls are numbered as they come and forgotten when none is open. */
import {canonical} from '../canonical.ts'
import {Frontier} from '../engines/frontier.ts'
import {Machine} from '../engines/machine.ts'
import {type Call, isRead, type Model} from '../model.ts'
import type {TrustFailure} from '../trace.ts'
import {callOf, type Entry, type ObjectStream} from './object-stream.ts'

/** Configurations beyond which an object is given up, and steps that one return, or a whole trial, may take. */
const WIDEST = 20_000
const STEPS = 200_000
/** Calls that are open, pending ones mostly, beyond which it is given up. */
const OPEN = 1024
/** Calls that are numbered before looking for those that can be forgotten. */
const CALLS = 1 << 16

export class GeneralStream implements ObjectStream {
  readonly #model: Model
  readonly #trust: TrustFailure | undefined
  readonly #machine: Machine
  #calls: Call[] = []
  #numbers = new Map<string, number>()
  #frontier: Frontier
  #stepsBefore = 0
  readonly weakened = false
  lost = false

  constructor(model: Model, trust: TrustFailure | undefined) {
    this.#model = model
    this.#trust = trust
    this.#machine = new Machine(model, this.#calls)
    this.#frontier = new Frontier(this.#machine, Number.POSITIVE_INFINITY, () => this.#tooMuch(), 4 * WIDEST)
  }

  #tooMuch(): boolean {
    return this.#frontier.steps - this.#stepsBefore > STEPS
  }

  rest(): void {
    if (!this.lost) this.#forgetCalls()
  }

  fork(): ObjectStream {
    const frontier: Frontier = this.#frontier.fork(() => frontier.steps > STEPS)
    const trial: ObjectStream & {lost: boolean} = {
      lost: false,
      weakened: false,
      invoke: (entry) => this.#invoke(frontier, entry),
      complete: (entry) => {
        if (entry.slot < 0) return true
        const lives = frontier.complete(entry.slot)
        trial.lost ||= frontier.halted || frontier.count > WIDEST
        return lives || trial.lost
      },
      fork: () => this.fork(),
      rest: () => {},
    }
    return trial
  }

  invoke(entry: Entry): void {
    if (this.#calls.length >= CALLS) this.#forgetCalls()
    this.#invoke(this.#frontier, entry)
    if (this.#frontier.open > OPEN) this.lost = true
  }

  complete(entry: Entry): boolean {
    if (entry.slot < 0) return true
    this.#stepsBefore = this.#frontier.steps
    const lives = this.#frontier.complete(entry.slot)
    if (this.#frontier.halted || this.#frontier.count > WIDEST) this.lost = true
    return lives || this.lost
  }

  #invoke(frontier: Frontier, entry: Entry): void {
    entry.slot = -1
    const call = callOf(entry)
    const read = isRead(this.#model, call)
    if (call.outcome === 'info' && read) return
    if (call.outcome === 'fail') {
      const trusted = this.#trust?.({f: call.f, error: call.error}) && this.#model.observesFailure?.(call)
      if (!trusted) return
    }
    entry.slot = frontier.invoke(this.#numberOf(call), read, entry.returnAt)
  }

  #numberOf(call: Call): number {
    const key = `${call.outcome} ${call.f} ${canonical(call.input)} ${canonical(call.output)}`
    let number = this.#numbers.get(key)
    if (number === undefined) {
      number = this.#calls.length
      this.#numbers.set(key, number)
      this.#calls.push(call)
    }
    return number
  }

  #forgetCalls(): void {
    const open = [...new Set(this.#frontier.openCalls())]
    const kept = open.map((number) => this.#calls[number]!)
    const renumbered = new Map(open.map((number, i) => [number, i]))
    const keys = [...this.#numbers].filter(([, number]) => renumbered.has(number))
    this.#numbers = new Map(keys.map(([key, number]) => [key, renumbered.get(number)!]))
    this.#calls.length = 0
    this.#calls.push(...kept)
    this.#frontier.renumberCalls((call) => renumbered.get(call)!)
  }
}
