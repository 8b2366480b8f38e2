/**
 * A stage is one toxic at work in one direction of one connection: a queue, the toxic's run, and the next in line. It
 * implements the `Stub` the toxics are written against, and lets the chain be rearranged while bytes are on their way.
 *
 * Everything but waiting is synchronous, so between two events of the network a chain is always in one piece: no byte is
 * lost or overtaken when toxics come and go.
 */
import type {Cancel, Clock} from '../../../core/clock.ts'
import type {Random} from '../../../core/random.ts'
import {noop} from '../toxics/noop.ts'
import {type Chunk, END, INTERRUPT, SILENCE, type Stub, type Toxic} from '../toxics/toxic.ts'
import type {End} from './end.ts'
import type {ToxicEntry} from './toxic-entry.ts'

/** Whatever stands next in line: a further stage, or the receiver's socket. */
export interface Outlet {
  /** Takes a chunk, always; `full()` says whether the giver ought to wait before the next. */
  push(chunk: Chunk): void
  /** Nothing follows. */
  end(how: End): void
  full(): boolean
}

/** Node's timers hold at most 2^31-1 ms; longer waits are made of several. */
const LONGEST_TIMER_MS = 2 ** 30

/** What the stages of a server have in common. */
export interface Setting {
  readonly clock: Clock
  /** Ends of connections are passed on as they are (`end.ts`). */
  readonly strict: boolean
}

export class Stage implements Outlet, Stub {
  readonly entry: ToxicEntry
  readonly strict: boolean
  readonly memory: Record<string, number> = {}
  random: Random
  next: Outlet
  readonly #clock: Clock
  readonly #chance: Random
  /** Called when this stage can take chunks again. */
  readonly #onDrain: () => void
  #queue: Chunk[] = []
  #taken = 0
  /** How the input ended, once it has. */
  #ended: End | undefined
  #endRead = false
  #closed = false
  #interrupted = false
  #killed = false
  #starts = 0
  #toxic: Toxic = noop
  #running: Promise<void> | undefined
  /** Wakes whatever the run is waiting for: a chunk, room in the next stage, or a timer. */
  #wakeReader: (() => void) | undefined
  #wakeWriter: (() => void) | undefined
  #wakeSleeper: ((slept: boolean) => void) | undefined

  constructor(entry: ToxicEntry, next: Outlet, setting: Setting, chance: Random, onDrain: () => void) {
    this.entry = entry
    this.next = next
    this.strict = setting.strict
    this.#clock = setting.clock
    this.#chance = chance
    this.random = chance
    this.#onDrain = onDrain
  }

  /** Draws whether the toxic hits this connection, and sets it to work. */
  start(): void {
    if (this.#closed) return
    this.#interrupted = false
    this.random = this.#chance.fork(`start ${this.#starts++}`)
    const hit = this.random.chance(this.entry.toxicity)
    this.#toxic = hit ? this.entry.toxic : noop
    this.#running = this.#toxic.run(this, this.entry.attributes)
  }

  /** Stops the toxic where it is; what it held has been handed on when this resolves. */
  async interrupt(): Promise<void> {
    this.#interrupted = true
    this.#wakeReader?.()
    this.#wakeWriter?.()
    this.#wakeSleeper?.(false)
    await this.#running
    this.#running = undefined
  }

  /** The connection is gone: whatever still runs may stop, even what no one may interrupt. */
  kill(): void {
    this.#killed = true
    this.#closed = true
    this.#queue = []
    this.#taken = 0
    void this.interrupt()
  }

  /** After an interrupt, when the stage leaves the chain: everything that still waits goes to the next. */
  flush(): void {
    if (this.#closed) return
    for (; this.#taken < this.#queue.length; this.#taken++) this.next.push(this.#queue[this.#taken] as Chunk)
    this.#queue = []
    this.#taken = 0
    if (this.#ended !== undefined) this.#close(this.#ended)
  }

  /** After an interrupt: closes the connection behind it, which the toxic has made a hole in. */
  breakOff(): void {
    this.#close('reset')
  }

  // As the outlet of the stage before:

  push(chunk: Chunk): void {
    // Behind a closed output bytes go nowhere; taking them keeps the sender's close visible.
    if (this.#closed) return
    this.#queue.push(chunk)
    this.#wakeReader?.()
  }

  end(how: End): void {
    this.#ended = how
    if (this.#closed) this.next.end(how)
    this.#wakeReader?.()
  }

  full(): boolean {
    return this.#queue.length - this.#taken >= (this.entry.toxic.holds ?? 1)
  }

  /** The next in line has room again. */
  drained(): void {
    this.#wakeWriter?.()
  }

  // As the stub of the toxic:

  async read(): Promise<Chunk | typeof END | typeof INTERRUPT> {
    for (;;) {
      const ready = this.#poll()
      if (ready !== undefined) return ready
      await new Promise<void>((resolve) => {
        this.#wakeReader = resolve
      })
      this.#wakeReader = undefined
    }
  }

  async readWithin(limitMs: number): Promise<Chunk | typeof END | typeof INTERRUPT | typeof SILENCE> {
    const ready = this.#poll()
    if (ready !== undefined) return ready
    let cancel: Cancel = () => {}
    await new Promise<void>((resolve) => {
      this.#wakeReader = resolve
      cancel = this.#clock.after(Math.min(Math.ceil(limitMs), LONGEST_TIMER_MS), resolve)
    })
    this.#wakeReader = undefined
    cancel()
    return this.#poll() ?? SILENCE
  }

  async write(chunk: Chunk): Promise<void> {
    this.next.push(chunk)
    while (this.next.full() && !this.#interrupted) {
      await new Promise<void>((resolve) => {
        this.#wakeWriter = resolve
      })
      this.#wakeWriter = undefined
    }
  }

  async sleep(delayMs: number): Promise<boolean> {
    return this.#sleep(delayMs, () => this.#interrupted)
  }

  async sleepThrough(delayMs: number): Promise<void> {
    await this.#sleep(delayMs, () => this.#killed)
  }

  close(): void {
    if (this.#toxic.breaks) this.#close('reset')
    else this.#close(this.#endRead ? (this.#ended as End) : 'close')
  }

  nowNs(): number {
    return this.#clock.nowNs()
  }

  #close(how: End): void {
    if (this.#closed) return
    this.#closed = true
    this.#queue = []
    this.#taken = 0
    this.next.end(how)
    this.#onDrain()
  }

  #poll(): Chunk | typeof END | typeof INTERRUPT | undefined {
    if (this.#interrupted) return INTERRUPT
    if (this.#taken < this.#queue.length) {
      const chunk = this.#queue[this.#taken++] as Chunk
      if (this.#taken === this.#queue.length) {
        this.#queue = []
        this.#taken = 0
      }
      this.#onDrain()
      return chunk
    }
    if (this.#ended === undefined) return undefined
    this.#endRead = true
    return END
  }

  async #sleep(delayMs: number, stopped: () => boolean): Promise<boolean> {
    const untilNs = this.#clock.nowNs() + delayMs * 1e6
    for (;;) {
      if (stopped()) return false
      const leftMs = (untilNs - this.#clock.nowNs()) / 1e6
      if (!(leftMs > 0)) return true
      let cancel: Cancel = () => {}
      await new Promise<void>((resolve) => {
        this.#wakeSleeper = () => {
          if (stopped()) resolve()
        }
        cancel = this.#clock.after(Math.min(Math.ceil(leftMs), LONGEST_TIMER_MS), resolve)
      })
      this.#wakeSleeper = undefined
      cancel()
    }
  }
}
