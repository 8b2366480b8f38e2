/**
 * Seeded chance. One seed decides a whole run; `fork(name)` gives every consumer a stream of its own, so that
 * removing one consumer (one fault, one node) never shifts what the others draw.
 *
 * The generator is sfc32 (Chris Doty-Humphrey, PractRand): 128 bits of state, period about 2^127, a few additions per
 * draw. Names are folded into the state with the 32-bit finaliser of MurmurHash3 (Austin Appleby).
 */

/** A deterministic source of chance. Equal seeds and equal calls give equal results on every platform. */
export interface Random {
  /** A float in [0, 1) with 53 random bits. */
  next(): number
  /** An unsigned 32-bit integer. */
  uint32(): number
  /** An integer in [0, below). `below` must be a positive integer of at most 2^53. */
  int(below: number): number
  /** An integer in [low, high], both included. */
  between(low: number, high: number): number
  /** True with this probability; 0 never, 1 always. */
  chance(probability: number): boolean
  /** One of the items. Throws RangeError on an empty list. */
  pick<T>(items: readonly T[]): T
  /** A new array with the same items in random order. */
  shuffle<T>(items: readonly T[]): T[]
  /** An exponentially distributed float with this mean, in the mean's unit. */
  exponential(mean: number): number
  /** An independent stream named `name`. Forking does not advance this stream. */
  fork(name: string): Random
}

/** Folds a string into 128 bits of state. */
function hash128(text: string): [number, number, number, number] {
  let a = 0x9e3779b9
  let b = 0x243f6a88
  let c = 0xb7e15162
  let d = 0xdeadbeef ^ text.length
  for (let i = 0; i < text.length; i++) {
    const k = text.charCodeAt(i)
    a = mix(b ^ Math.imul(a ^ k, 0x85ebca6b))
    b = mix(c ^ Math.imul(b ^ k, 0xc2b2ae35))
    c = mix(d ^ Math.imul(c ^ k, 0x27d4eb2f))
    d = mix(a ^ Math.imul(d ^ k, 0x165667b1))
  }
  return [mix(a ^ d), mix(b ^ a), mix(c ^ b), mix(d ^ c)]
}

function mix(h: number): number {
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return h ^ (h >>> 16)
}

/** What every stream makes of its 32-bit draws. */
abstract class Stream implements Random {
  abstract uint32(): number
  abstract fork(name: string): Random

  next(): number {
    const high = this.uint32() >>> 5
    const low = this.uint32() >>> 6
    return (high * 67108864 + low) / 9007199254740992
  }

  int(below: number): number {
    if (!(below >= 1)) throw new RangeError(`random.int wants a positive bound, got ${below}`)
    return Math.floor(this.next() * below)
  }

  between(low: number, high: number): number {
    return low + this.int(high - low + 1)
  }

  chance(probability: number): boolean {
    return this.next() < probability
  }

  pick<T>(items: readonly T[]): T {
    if (items.length === 0) throw new RangeError('random.pick wants at least one item')
    return items[this.int(items.length)] as T
  }

  shuffle<T>(items: readonly T[]): T[] {
    const result = items.slice()
    for (let i = result.length - 1; i > 0; i--) {
      const j = this.int(i + 1)
      const held = result[i] as T
      result[i] = result[j] as T
      result[j] = held
    }
    return result
  }

  exponential(mean: number): number {
    return -Math.log(1 - this.next()) * mean
  }
}

class Sfc32 extends Stream {
  readonly #path: string
  #a: number
  #b: number
  #c: number
  #counter: number

  constructor(path: string) {
    super()
    this.#path = path
    const [a, b, c, d] = hash128(path)
    this.#a = a
    this.#b = b
    this.#c = c
    this.#counter = d
    for (let i = 0; i < 12; i++) this.uint32()
  }

  uint32(): number {
    const result = (this.#a + this.#b + this.#counter) | 0
    this.#counter = (this.#counter + 1) | 0
    this.#a = this.#b ^ (this.#b >>> 9)
    this.#b = (this.#c + (this.#c << 3)) | 0
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + result
    this.#c |= 0
    return result >>> 0
  }

  fork(name: string): Random {
    return new Sfc32(`${this.#path}/${name}`)
  }
}

/** How long a draw of `HeldRandom` holds, ns: several messages of one exchange fall into it, and an election does not. */
const HELD_NS = 200e6

/**
 * Draws that hold for a while: what is drawn depends on nothing but the seed, the span of time that it is drawn in, and how many draws
 * came before it in the same instant. Whoever drew more or less before has changed nothing, and whoever draws a little earlier or
 * later draws the same. A counter in place of a state, after Salmon et al., "Parallel random numbers: as easy as 1, 2, 3"
 * (SC 2011).
 */
class HeldRandom extends Stream {
  readonly #source: Random
  readonly #nowNs: () => number
  readonly #a: number
  readonly #b: number
  readonly #phaseNs: number
  #timeNs = -1
  #drawn = 0

  constructor(source: Random, nowNs: () => number) {
    super()
    this.#source = source
    this.#nowNs = nowNs
    const own = source.fork('held')
    this.#a = own.uint32()
    this.#b = own.uint32()
    this.#phaseNs = own.next() * HELD_NS
  }

  uint32(): number {
    const nowNs = this.#nowNs()
    if (nowNs !== this.#timeNs) {
      this.#timeNs = nowNs
      this.#drawn = 0
    }
    const span = Math.floor((nowNs + this.#phaseNs) / HELD_NS)
    const within = mix(this.#b ^ Math.imul(++this.#drawn, 0x9e3779b9))
    return mix(mix(this.#a ^ span) + within) >>> 0
  }

  fork(name: string): Random {
    return new HeldRandom(this.#source.fork(name), this.#nowNs)
  }
}

/** The root stream of a run. A seed is any text or number; `8f3a` and `8F3A` are different seeds. */
export function createRandom(seed: string | number): Random {
  return new Sfc32(String(seed))
}

/** A stream whose draws hold for a while, and so do those of all its forks: see `HeldRandom`. `random` is its seed, and stays where it is. */
export function heldRandom(random: Random, nowNs: () => number): Random {
  return new HeldRandom(random, nowNs)
}
