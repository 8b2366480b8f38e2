/**
 * A checker: a pure function from a history to a verdict. No clock, no files, no network: what limits it (time, memory)
 * is handed in as a `Budget`.
 */
import type {History} from './history.ts'
import type {Verdict} from './verdict.ts'

/** How much a check may cost. Checkers ask often and answer *unknown*, with how far they came, once it is exceeded. */
export interface Budget {
  /** Undefined while there is some left; otherwise what ran out, in words: "60 s of time", "2 GB of memory". */
  exceeded(): string | undefined
}

/** No limit. */
export const UNLIMITED: Budget = {exceeded: () => undefined}

export interface CheckOptions {
  readonly budget?: Budget
}

/** A property that a history can be judged by. */
export interface Checker {
  /** The name under which it is listed and selected. */
  readonly name: string
  /** One line for `chaos list`. */
  readonly description: string
  check(history: History, options?: CheckOptions): Verdict | Promise<Verdict>
}
