/**
 * Guided search: seeds whose runs have been where no run had been before are kept, and their fault plans mutated; those that have
 * been where few have are mutated more often. The idea is that of coverage-guided fuzzing (Zalewski's AFL), with situations of the
 * cluster (`coverage.ts`) for branches of its code.
 *
 * A mutant has a name that says how to make it: `s-7~2~5` is the run of seed `s-7` with its faults changed as `s-7~2` draws it
 * from its name, and those changed again as `s-7~2~5` does. Half of them keep to the operations and the chance of their parent, and
 * go its way up to the first fault that differs; the others put its faults into a world of their own.
 *
 * Searches go by rounds. What a round tries follows from what the rounds before it have seen, so the number of threads changes
 * nothing.
 */
import {UsageError} from '../../core/error.ts'
import {createRandom, type Random} from '../../core/random.ts'
import type {RunOptions} from '../options.ts'
import {faultTimeMs, listed, type Plan, settling} from '../plan.ts'
import {drawnFaults, drawnPlan} from '../simulate.ts'
import {requestOf} from './attempt.ts'
import {Coverage} from './coverage.ts'
import {mutated} from './mutations.ts'
import {swarmed} from './swarm.ts'

/** Tries in a round. */
const ROUND = 16
/** Of the first round, before anything has been seen: the sooner there are mutants, the better. */
const FIRST = 8
/** Of a round, how many are seeds that nobody has tried: the more, the less a search gets stuck. */
const FRESH = 4
/** How many of those kept may have children: those that have been where the fewest others were. */
const MEMORY = 64
/** Of how much shorter an interval a mutant may draw the faults that it takes in, and the least that is, ms. */
const DENSER = [1, 2, 4]
const SHORTEST_INTERVAL_MS = 500
/** How often a fresh seed keeps to the given configuration; the others draw their own, as `swarm.ts` has it. */
const AS_GIVEN = 0.5
/** How often a mutant keeps to the operations and the chance of its parent. */
const SAME_WORLD = 0.5
const BETWEEN = '~'
/** Fresh seeds in a row that are passed over at most. */
const MOST_SKIPPED = 50

/** A seed that has been somewhere new. */
interface Parent {
  readonly seed: string
  readonly seen: readonly number[]
  children: number
}

export class Guide {
  readonly #base: string
  readonly #isWorthwhile: (seed: string) => boolean
  readonly #random: Random
  readonly #coverage = new Coverage()
  #kept: Parent[] = []
  #fresh = 0

  /** `isWorthwhile` says of a fresh seed whether to try it at all: one without any fault shows what a healthy cluster does. */
  constructor(base: string, isWorthwhile: (seed: string) => boolean = () => true) {
    this.#base = base
    this.#isWorthwhile = isWorthwhile
    this.#random = createRandom(base).fork('guided')
  }

  /** How many different situations have been seen. */
  get covered(): number {
    return this.#coverage.size
  }

  /** What to try next, at most so many. */
  round(most = ROUND): string[] {
    const length = Math.min(most, this.#fresh === 0 ? FIRST : ROUND)
    return Array.from({length}, (_, i) => (i < FRESH || this.#kept.length === 0 ? this.#untried() : this.#mutant()))
  }

  /** What a try has seen. To be told in the order of `round`. */
  learn(seed: string, fingerprints: Iterable<number>): void {
    const seen = [...fingerprints]
    if (this.#coverage.add(seen) === 0) return
    this.#kept.push({seed, seen, children: 0})
    if (this.#kept.length > MEMORY) {
      const least = this.#kept.reduce((left, right) => (this.#worth(right) < this.#worth(left) ? right : left))
      this.#kept = this.#kept.filter((parent) => parent !== least)
    }
  }

  #untried(): string {
    for (let skipped = 0; ; skipped++) {
      const seed = `${this.#base}-${this.#fresh++}`
      if (skipped >= MOST_SKIPPED || this.#isWorthwhile(seed)) return seed
    }
  }

  /** How promising its children are: it has been where few have, and has few children yet. */
  #worth({seen, children}: Parent): number {
    return this.#coverage.rarity(seen) / (1 + children)
  }

  #mutant(): string {
    const worths = this.#kept.map((parent) => this.#worth(parent))
    let left = this.#random.next() * worths.reduce((sum, worth) => sum + worth, 0)
    const at = worths.findIndex((worth) => (left -= worth) < 0)
    const parent = this.#kept[at < 0 ? this.#kept.length - 1 : at]!
    return `${parent.seed}${BETWEEN}${++parent.children}`
  }
}

/** The guide of a search with these options. */
export function guideOf(options: RunOptions, base: string): Guide {
  const harms = (seed: string) => drawnFaults(requestOf(configured({...options, seed}))).length > 0
  return new Guide(base, options.nemeses.length === 0 ? undefined : harms)
}

/** The options of a fresh seed. */
function configured(options: RunOptions): RunOptions {
  return createRandom(options.seed).fork('guided').chance(AS_GIVEN) ? options : swarmed(options)
}

/**
 * The options that a name stands for: those of its seed, with its faults changed where it is a mutant's. Throws UsageError for
 * runs whose operations are not known beforehand.
 */
export function guidedOptions(given: RunOptions): RunOptions {
  if (given.ratePerS === Number.POSITIVE_INFINITY && given.maxOperations === Number.POSITIVE_INFINITY) {
    throw new UsageError('--strategy guided mutates plans, and without --rate or --ops there is none before the run.')
  }
  const [seed = '', ...steps] = given.seed.split(BETWEEN)
  const options = configured({...given, seed})
  if (steps.length === 0) return options
  const timeMs = faultTimeMs({timeMs: options.timeMs, ...settling(options.target)})
  let faults = drawnFaults(requestOf(options))
  let name = seed
  let world = seed
  for (const step of steps) {
    name += BETWEEN + step
    const random = createRandom(name).fork('mutate')
    if (!random.chance(SAME_WORLD)) world = name
    const intervalMs = Math.min(
      options.intervalMs,
      Math.max(SHORTEST_INTERVAL_MS, options.intervalMs / random.pick(DENSER)),
    )
    faults = mutated(faults, drawnFaults(requestOf({...options, seed: name, intervalMs})), timeMs, random)
  }
  const origins = options.origins.map((each) => (each.name === 'seed' ? {...each, value: world} : each))
  const own = {...options, seed: world, origins}
  const changed: Plan = {...drawnPlan(requestOf(own)), faults}
  return {...own, plan: {plan: changed, operations: listed(changed.operations)}}
}
