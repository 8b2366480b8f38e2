/**
 * A checker: a pure function from a history to a verdict. No clock, no files, no network: what limits it (time, memory)
 * is handed in as a `Budget`.
 */
import type {History} from './history.ts'
import type {Key} from './op.ts'
import type {Verdict} from './verdict.ts'

/** How much a check may cost. Checkers ask often and answer *unknown*, with how far they came, once it is exceeded. */
export interface Budget {
  /** Undefined while there is some left; otherwise what ran out, in words: "60 s of time", "2 GB of memory". */
  exceeded(): string | undefined
}

/** Thrown where there is no going on within the budget; the verdict is then *unknown*. */
export class BudgetSpent extends Error {
  override name = 'BudgetSpent'
  /** What ran out, in words. */
  readonly what: string
  constructor(what: string) {
    super(`out of ${what}`)
    this.what = what
  }
}

/** No limit. */
export const UNLIMITED: Budget = {exceeded: () => undefined}

/** Work that can be done in another thread: units and results are plain data (they are sent as `postMessage` sends). */
export interface Task<Unit, Result> {
  /** The name by which the other thread finds it. */
  readonly name: string
  /** Does one unit; `halt` tells when to end it early. */
  run(unit: Unit, halt: () => boolean): Result
}

/** Further cores. What implements it is in `runner/`; checkers only know that there may be some. */
export interface Parallel {
  /** Does the units, here and elsewhere, and gives the results in the order of the units, which are made one by one. */
  map<Unit, Result>(task: Task<Unit, Result>, units: Iterable<Unit>, budget: Budget): Promise<Result[]>
}

/** One of several independent objects that is certainly broken, while the others are still being judged. */
export interface Broken {
  readonly key: Key | undefined
  /** How many objects there are, and how many ops. */
  readonly keys: number
  readonly ops: number
}

export interface CheckOptions {
  readonly budget?: Budget
  readonly parallel?: Parallel
  /**
   * Stop at the first object that is found broken, as Porcupine does: the verdict names it alone, and how many were judged. Of
   * checkers that judge objects one by one; which object it is depends on the record only.
   */
  readonly failFast?: boolean
  /** Called once, as soon as the first broken object is known, by checkers that judge objects one by one. */
  readonly onBroken?: (broken: Broken) => void
}

/** A property that a history can be judged by. */
export interface Checker {
  /** The name under which it is listed and selected. */
  readonly name: string
  /** One line for `chaos list`. */
  readonly description: string
  check(history: History, options?: CheckOptions): Verdict | Promise<Verdict>
}
