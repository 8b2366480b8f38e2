/**
 * Takes apart what gets answered: into a put text (or the empty one) and the steps by which appends made it grow. Values are
 * whole texts: one that was put and also came about by appending is one value with two ways to it. Then its steps are
 * optional, and those behind it, on the way to what a get showed, required.
 */
import type {TextRole} from '../../model.ts'
import {NEVER, type Trace} from '../../trace.ts'

/** From one value to another by appending a text. */
export interface Step {
  readonly from: number
  readonly to: number
  /** Whether some get shows that it was taken. */
  required: boolean
  /** A get that shows it, and the first return of one that does. */
  readonly shownBy: number
  shownAt: number
}

/** A step with what it appends, and another step from the same value. */
interface Onward {
  readonly text: string
  readonly step: Step
  readonly also: Onward | undefined
}

/** A text that gets show behind more different texts than it was appended times. */
export interface ShownTooOften {
  readonly text: string
  /** The operations that append it. */
  readonly appends: readonly number[]
  /** Gets that show it, with what each shows it behind: one more than there are appends. */
  readonly shown: readonly {readonly get: number; readonly behind: string}[]
}

/** Why no order can be: operations that are impossible by themselves, and what shows it. */
export interface Impossible {
  readonly core: readonly number[]
  readonly tooOften?: ShownTooOften
}

export class TextReading {
  readonly #trace: Trace
  readonly #roles: readonly TextRole[]
  /** Texts that were put, with the value each is; the empty one is value 0. */
  readonly puts = new Map<string, number>([['', 0]])
  readonly #putLengths = new Set<number>([0])
  /** By value: how often it was put; the empty text is there from the beginning. */
  readonly #timesPut = new Map<number, number>([[0, 1]])
  /** Appended texts, with the operations that append each. */
  readonly appends = new Map<string, number[]>()
  readonly #appendLengths = new Set<number>()
  /** Texts that gets showed, with the value each is. */
  readonly valueOf = new Map<string, number>()
  /** By appended text: the steps that it made. */
  readonly stepsOf = new Map<string, Step[]>()
  /** By value: a step that goes on from it, mostly the only one. */
  readonly #onward: (Onward | undefined)[] = []
  /** By value: the steps that lead to it, with what they append. */
  readonly #into = new Map<number, {step: Step; text: string}[]>()
  /** How many values there are. */
  values = 1
  /** By value: the text that it is. */
  readonly texts: string[] = ['']

  constructor(trace: Trace, roles: readonly TextRole[]) {
    this.#trace = trace
    this.#roles = roles
  }

  /** Reads all gets. `unclear`, or why they are impossible, where it cannot. */
  read(): 'unclear' | Impossible | undefined {
    const {size, call, returnAt} = this.#trace
    const gets: number[] = []
    for (let i = 0; i < size; i++) {
      const {role, text} = this.#roles[call[i]!]!
      if (role === 'get') {
        if (returnAt[i] !== NEVER) gets.push(i)
      } else if (role === 'put') this.#put(text)
      else if (text === '') return 'unclear'
      else this.#append(text, i)
    }
    if (!this.#prefixFree()) return 'unclear'
    // The first return of a get that shows a text is what counts.
    gets.sort((left, right) => returnAt[left]! - returnAt[right]!)
    for (const get of gets) {
      const read = this.#readText(this.#roles[call[get]!]!.text, get)
      if (read === 'unclear') return read
      if (read === 'no way') return {core: [get]}
    }
    for (const [text, steps] of this.stepsOf) {
      const required = steps.filter((step) => step.required && !this.mayRecur(step))
      // Shown more often, behind different texts, than it was appended.
      if (required.length > this.appends.get(text)!.length) return this.#proof(text, required)
    }
    return undefined
  }

  /** Whether the text that a step goes on from may be there more than once. */
  mayRecur(step: Step): boolean {
    return this.#times(step.from) > 1
  }

  #timesKnown = new Map<number, number>()

  /** How often a value may come about, at most. Steps make texts longer, so this ends. */
  #times(value: number): number {
    let times = this.#timesKnown.get(value)
    if (times !== undefined) return times
    times = this.#timesPut.get(value) ?? 0
    for (const {step, text} of this.#into.get(value) ?? []) {
      times += Math.min(this.#times(step.from), this.appends.get(text)!.length)
    }
    this.#timesKnown.set(value, times)
    return times
  }

  #put(text: string): void {
    let value = this.puts.get(text)
    if (value === undefined) {
      value = this.#add(text)
      this.puts.set(text, value)
      this.#putLengths.add(text.length)
    }
    this.#timesPut.set(value, (this.#timesPut.get(value) ?? 0) + 1)
  }

  #add(text: string): number {
    this.texts.push(text)
    return this.values++
  }

  #append(text: string, operation: number): void {
    const made = this.appends.get(text)
    if (made === undefined) this.appends.set(text, [operation])
    else made.push(operation)
    this.#appendLengths.add(text.length)
  }

  /** Whether no appended text begins with another: then from one beginning there is one way at most. */
  #prefixFree(): boolean {
    if (this.#appendLengths.size < 2) return true
    for (const text of this.appends.keys()) {
      for (const length of this.#appendLengths) {
        if (length < text.length && this.appends.has(text.slice(0, length))) return false
      }
    }
    return true
  }

  #readText(text: string, get: number): 'unclear' | 'no way' | undefined {
    if (this.valueOf.has(text)) return undefined
    // From the longest put text that it can begin with, the steps are certain; before that they may be.
    const begins: number[] = []
    for (const length of this.#putLengths) {
      if (length === 0 || (length <= text.length && this.puts.has(text.slice(0, length)))) begins.push(length)
    }
    if (begins.length > 1) begins.sort((left, right) => right - left)
    if (begins.length === 1) return this.#readOn(text, begins[0]!, get)
    let sure: number | undefined
    for (const length of begins) {
      const ends = this.#parse(text, length)
      if (ends === undefined) continue
      if (sure === undefined) {
        sure = length
        this.valueOf.set(text, this.#follow(text, length, ends, get, true))
      } else if (ends.includes(sure)) {
        this.#follow(text, length, ends.slice(0, ends.indexOf(sure) + 1), get, false)
      } else return 'unclear'
    }
    return sure === undefined ? 'no way' : undefined
  }

  /** The text read last that can begin with one put text only: the next one mostly begins with it. */
  #last = {begin: -1, text: '', value: 0}

  /** Reads a text that can begin with one put text only, from where the last such text ended if it begins with that. */
  #readOn(text: string, begin: number, get: number): 'no way' | undefined {
    const {begin: lastBegin, text: known, value: knownValue} = this.#last
    // Steps on the way to what was shown before are known to be required, and no get shows them earlier.
    const goesOn = begin === lastBegin && text.startsWith(known)
    const at = goesOn ? known.length : begin
    const ends = this.#parse(text, at)
    if (ends === undefined) return 'no way'
    const value = this.#follow(text, at, ends, get, true, goesOn ? knownValue : undefined)
    this.valueOf.set(text, value)
    this.#last = {begin, text, value}
    return undefined
  }

  /** Where the appended texts end that `text` is made of from `at` on. */
  #parse(text: string, at: number): number[] | undefined {
    const ends: number[] = []
    while (at < text.length) {
      let end = -1
      for (const length of this.#appendLengths) {
        if (at + length <= text.length && this.appends.has(text.slice(at, at + length))) end = at + length
      }
      if (end < 0) return undefined
      ends.push(end)
      at = end
    }
    return ends
  }

  /** Takes the steps from the text's first `at` characters on, which are a value; gives the value that they lead to. */
  #follow(
    text: string,
    at: number,
    ends: readonly number[],
    get: number,
    required: boolean,
    from = this.puts.get(text.slice(0, at))!,
  ): number {
    let value = from
    for (const end of ends) {
      const piece = text.slice(at, end)
      let onward = this.#onward[value]
      while (onward !== undefined && onward.text !== piece) onward = onward.also
      let step = onward?.step
      if (step === undefined) {
        const put = this.#putLengths.has(end) ? this.puts.get(text.slice(0, end)) : undefined
        const to = put ?? this.#add(text.slice(0, end))
        step = {from: value, to, required: false, shownBy: get, shownAt: NEVER}
        this.#onward[value] = {text: piece, step, also: this.#onward[value]}
        push(this.stepsOf, piece, step)
        push(this.#into, step.to, {step, text: piece})
      }
      if (required) {
        step.required = true
        step.shownAt = Math.min(step.shownAt, this.#trace.returnAt[get]!)
      }
      value = step.to
      at = end
    }
    return value
  }

  /** Gets that show a text too often, with everything that was put or appended in what they show. */
  #proof(text: string, steps: readonly Step[]): Impossible {
    const {size, call} = this.#trace
    const appends = this.appends.get(text)!
    const shown = steps
      .slice(0, appends.length + 1)
      .map(({shownBy, from}) => ({get: shownBy, behind: this.texts[from]!}))
    const gets = new Set(shown.map(({get}) => get))
    const whole = [...gets].map((get) => this.#roles[call[get]!]!.text)
    const core = [...gets]
    for (let i = 0; i < size; i++) {
      const role = this.#roles[call[i]!]!
      if (role.role !== 'get' && whole.some((all) => all.includes(role.text))) core.push(i)
    }
    return {core, tooOften: {text, appends, shown}}
  }
}

function push<K, V>(lists: Map<K, V[]>, key: K, value: V): void {
  const list = lists.get(key)
  if (list === undefined) lists.set(key, [value])
  else list.push(value)
}
