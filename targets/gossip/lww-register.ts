/**
 * Last-writer-wins registers: of two writes the one with the greater stamp stays, whatever the order of arrival
 * (Johnson & Thomas 1975, RFC 677; Shapiro et al. 2011, specification 8). The origin's name breaks ties, without which two
 * nodes could each keep "the last to arrive" for ever.
 */
import type {Json} from '../../core/node.ts'
import type {Update, WriteUpdate} from './update.ts'

/** Whether this write wins over that one. */
export type Newer = (left: WriteUpdate, right: WriteUpdate) => boolean

export const newerByStamp: Newer = (left, right) => {
  if (left.wall !== right.wall) return left.wall > right.wall
  if (left.count !== right.count) return left.count > right.count
  return left.origin > right.origin
}

/** Bug `clock-wins`: the wall clock alone, in whole seconds, and in a tie whoever comes last. */
export const newerByWallClock: Newer = (left, right) => Math.floor(left.wall / 1000) >= Math.floor(right.wall / 1000)

export class LwwRegisters {
  readonly #winners = new Map<string, WriteUpdate>()
  readonly #newer: Newer

  constructor(newer: Newer) {
    this.#newer = newer
  }

  /** Takes a write in. Answers with what is superseded by now: the write before, or this one. */
  apply(update: WriteUpdate): readonly Update[] {
    const winner = this.#winners.get(update.key)
    if (winner !== undefined && !this.#newer(update, winner)) return [update]
    this.#winners.set(update.key, update)
    return winner === undefined ? [] : [winner]
  }

  /** The value, or null for a register never written. */
  read(key: string): Json {
    return this.#winners.get(key)?.value ?? null
  }
}
