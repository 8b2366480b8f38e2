/**
 * One direction of one connection: from the wire it reads to the wire it writes, through the stages of its toxics.
 * Without toxics a chunk goes straight from the one to the other.
 */
import type {Random} from '../../../core/random.ts'
import type {End} from './end.ts'
import {type Outlet, type Setting, Stage} from './stage.ts'
import type {ToxicEntry} from './toxic-entry.ts'
import type {Wire} from './wire.ts'

/** Toxics see chunks of at most this size, as on the real server. */
const CHUNK_BYTES = 32 * 1024

export class Pipe {
  /** Bytes read from the source, and bytes handed to the sink. */
  receivedBytes = 0
  sentBytes = 0
  readonly #source: Wire
  readonly #sink: Wire
  readonly #setting: Setting
  readonly #random: Random
  readonly #stages: Stage[] = []
  readonly #outlet: Outlet
  #ended: End | undefined

  /** `toxics`: those of this direction, in order. */
  constructor(source: Wire, sink: Wire, toxics: readonly ToxicEntry[], setting: Setting, random: Random) {
    this.#source = source
    this.#sink = sink
    this.#setting = setting
    this.#random = random
    this.#outlet = {
      push: (chunk) => {
        this.sentBytes += chunk.data.length
        sink.write(chunk.data)
      },
      end: (how) => sink.end(setting.strict ? how : 'close'),
      full: () => sink.full(),
    }
    for (const entry of toxics) this.#append(entry)
    for (const stage of this.#stages) stage.start()
  }

  /** Bytes from the source, in its own memory. */
  data(data: Buffer): void {
    this.receivedBytes += data.length
    const first = this.#stages[0]
    if (first === undefined) {
      this.sentBytes += data.length
      if (this.#sink.write(data)) return
      this.#sink.borrow(this.#source.lend())
      this.#source.pause()
      return
    }
    const atNs = this.#setting.clock.nowNs()
    for (let start = 0; start < data.length; start += CHUNK_BYTES)
      first.push({data: Buffer.from(data.subarray(start, start + CHUNK_BYTES)), atNs})
    if (first.full()) this.#source.pause()
  }

  /** The source has nothing more to say. A `reset` may follow a `fin`. */
  end(how: End): void {
    this.#ended = how
    const first = this.#stages[0] ?? this.#outlet
    first.end(how)
  }

  /** The sink has room again. */
  drained(): void {
    const last = this.#stages.at(-1)
    if (last === undefined) this.#source.resume()
    else last.drained()
  }

  /** The sink is gone. */
  kill(): void {
    for (const stage of this.#stages) stage.kill()
    this.#source.resume()
  }

  /** A new toxic at the end of the chain. Its neighbour starts anew, and draws its toxicity again. */
  async add(entry: ToxicEntry): Promise<void> {
    const neighbour = this.#stages.at(-1)
    await neighbour?.interrupt()
    const stage = this.#append(entry)
    if (neighbour !== undefined) neighbour.next = stage
    // The end may have passed already, with nothing left in this direction to harm.
    else if (this.#ended !== undefined) stage.end(this.#ended)
    stage.start()
    neighbour?.start()
  }

  /** The toxic has new attributes. */
  async update(entry: ToxicEntry): Promise<void> {
    const stage = this.#stages.find((candidate) => candidate.entry === entry)
    await stage?.interrupt()
    stage?.start()
  }

  async remove(entry: ToxicEntry): Promise<void> {
    const index = this.#stages.findIndex((candidate) => candidate.entry === entry)
    const stage = this.#stages[index]
    if (stage === undefined) return
    await stage.interrupt()
    if (entry.toxic.closesWhenRemoved) stage.breakOff()
    const neighbour = this.#stages[index - 1]
    await neighbour?.interrupt()
    stage.flush()
    this.#stages.splice(this.#stages.indexOf(stage), 1)
    if (neighbour !== undefined) {
      neighbour.next = stage.next
      neighbour.start()
    }
    this.#source.resume()
  }

  #append(entry: ToxicEntry): Stage {
    const before = this.#stages.at(-1)
    const chance = this.#random.fork(entry.name)
    const stage = new Stage(entry, this.#outlet, this.#setting, chance, () => this.#drain(stage))
    if (before !== undefined) before.next = stage
    this.#stages.push(stage)
    return stage
  }

  /** A stage took a chunk: whoever feeds it may go on. */
  #drain(stage: Stage): void {
    const before = this.#stages[this.#stages.indexOf(stage) - 1]
    if (before === undefined) this.#source.resume()
    else before.drained()
  }
}
