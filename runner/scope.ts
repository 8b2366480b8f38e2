/**
 * Whatever a run opens, it has already promised to close. Releases run newest first, each with a deadline of its own; their
 * errors are collected and never replace the error that ended the run.
 */
import {type Clock, withDeadline} from '../core/clock.ts'
import {messageOf} from '../core/error.ts'

/** How long one release may take, ms, before the next one is begun. */
const RELEASE_LIMIT_MS = 10_000

export class Scope {
  readonly #clock: Clock
  readonly #releases: {readonly name: string; release(): Promise<unknown> | unknown}[] = []

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Promises that `release` will run. Call it before what it releases is begun, or at once after. */
  defer(name: string, release: () => Promise<unknown> | unknown): void {
    this.#releases.push({name, release})
  }

  /** Runs every release, newest first. Returns what went wrong, a line each. May be called again; then it does the rest. */
  async close(): Promise<string[]> {
    const problems: string[] = []
    for (let entry = this.#releases.pop(); entry !== undefined; entry = this.#releases.pop()) {
      const {name, release} = entry
      try {
        const late = () => new Error(`took longer than ${RELEASE_LIMIT_MS / 1000} s`)
        await withDeadline(this.#clock, Promise.resolve(release()), RELEASE_LIMIT_MS, late)
      } catch (error) {
        problems.push(`${name}: ${messageOf(error)}`)
      }
    }
    return problems
  }
}
