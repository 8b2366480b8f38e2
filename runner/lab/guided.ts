/**
 * Guided search: seeds whose runs have been where no run had been before are kept, and their fault plans mutated. The idea is
 * that of coverage-guided fuzzing (Zalewski's AFL), with situations of the cluster (`coverage.ts`) for branches of its code.
 *
 * A mutant has a name that says how to make it: `s-7~2~5` is the run of seed `s-7` with its faults changed as `s-7~2` draws it
 * from its name, and those changed again as `s-7~2~5` does. Operations and the world's own chance stay those of `s-7`, so a
 * mutant goes the way of its parent up to the first fault that differs.
 *
 * Searches go by rounds. What a round tries follows from what the rounds before it have seen, so the number of threads changes
 * nothing.
 */
import {UsageError} from '../../core/error.ts'
import type {PlannedFault} from '../../core/nemesis.ts'
import {createRandom, type Random} from '../../core/random.ts'
import type {RunOptions} from '../options.ts'
import {listed, type Plan} from '../plan.ts'
import {drawnPlan} from '../simulate.ts'
import {requestOf} from './attempt.ts'
import {Coverage} from './coverage.ts'

/** Tries in a round. */
const ROUND = 16
/** Of those, how many are seeds that nobody has tried: the more, the less a search gets stuck. */
const FRESH = 6
/** How many of those kept last are mutated. */
const MEMORY = 48
/** Shortest stretch for which a fault is worth injecting, ms. */
const SHORTEST_MS = 50
const BETWEEN = '~'

export class Guide {
  readonly #base: string
  readonly #random: Random
  readonly #coverage = new Coverage()
  readonly #kept: string[] = []
  readonly #children = new Map<string, number>()
  #fresh = 0

  constructor(base: string) {
    this.#base = base
    this.#random = createRandom(base).fork('guided')
  }

  /** How many different situations have been seen. */
  get covered(): number {
    return this.#coverage.size
  }

  /** What to try next, at most so many. */
  round(most = ROUND): string[] {
    return Array.from({length: Math.min(most, ROUND)}, (_, i) =>
      i < FRESH || this.#kept.length === 0 ? `${this.#base}-${this.#fresh++}` : this.#mutant(),
    )
  }

  /** What a try has seen. To be told in the order of `round`. */
  learn(seed: string, fingerprints: Iterable<number>): void {
    if (this.#coverage.add(fingerprints) === 0) return
    this.#kept.push(seed)
    if (this.#kept.length > MEMORY) this.#kept.shift()
  }

  #mutant(): string {
    const parent = this.#random.pick(this.#kept)
    const child = (this.#children.get(parent) ?? 0) + 1
    this.#children.set(parent, child)
    return `${parent}${BETWEEN}${child}`
  }
}

/**
 * The options that a name stands for: those of its seed, with its faults changed where it is a mutant's. Throws UsageError for
 * runs whose operations are not known beforehand.
 */
export function guidedOptions(options: RunOptions): RunOptions {
  if (options.ratePerS === Number.POSITIVE_INFINITY && options.maxOperations === Number.POSITIVE_INFINITY) {
    throw new UsageError('--strategy guided mutates plans, and without --rate or --ops there is none before the run.')
  }
  const [seed = '', ...steps] = options.seed.split(BETWEEN)
  if (steps.length === 0) return options
  const origins = options.origins.map((each) => (each.name === 'seed' ? {...each, value: seed} : each))
  const own = {...options, seed, origins}
  const plan = drawnPlan(requestOf(own))
  let {faults} = plan
  let name = seed
  for (const step of steps) {
    name += BETWEEN + step
    const random = createRandom(name).fork('mutate')
    faults = mutated(faults, drawnPlan(requestOf({...own, seed: name})).faults, own.timeMs, random)
  }
  const changed: Plan = {...plan, faults}
  return {...own, plan: {plan: changed, operations: listed(changed.operations)}}
}

/** One to three changes; `others` is another plan to take faults from. Within one kind, none overlaps another. */
export function mutated(
  faults: readonly PlannedFault[],
  others: readonly PlannedFault[],
  timeMs: number,
  random: Random,
): PlannedFault[] {
  let changed = [...faults]
  for (let changes = random.between(1, 3); changes > 0; changes--)
    changed = random.pick(CHANGES)(changed, others, timeMs, random)
  return disjoint(changed, timeMs)
}

type Change = (
  faults: PlannedFault[],
  others: readonly PlannedFault[],
  timeMs: number,
  random: Random,
) => PlannedFault[]

const CHANGES: readonly Change[] = [
  /** Another future, from some moment on. */
  (faults, others, timeMs, random) => {
    const fromMs = random.next() * timeMs
    return [...faults.filter(({startMs}) => startMs < fromMs), ...others.filter(({startMs}) => startMs >= fromMs)]
  },
  /** Earlier or later. */
  (faults, _, timeMs, random) =>
    atOne(faults, random, ({startMs, stopMs, spec}) => {
      const byMs = Math.round((random.next() - 0.5) * 0.2 * timeMs)
      return [{startMs: startMs + byMs, stopMs: stopMs + byMs, spec}]
    }),
  /** Shorter or longer, a quarter to four times. */
  (faults, _, __, random) =>
    atOne(faults, random, ({startMs, stopMs, spec}) => [
      {startMs, stopMs: startMs + Math.round((stopMs - startMs) * 4 ** (2 * random.next() - 1)), spec},
    ]),
  /** Not at all. */
  (faults, _, __, random) => atOne(faults, random, () => []),
  /** Soon after another, or while it is in force. */
  (faults, others, _, random) => {
    if (faults.length === 0 || others.length === 0) return faults
    const {startMs, stopMs} = random.pick(faults)
    const other = random.pick(others)
    const atMs = Math.round(startMs + random.next() * 1.2 * (stopMs - startMs))
    return [...faults, {startMs: atMs, stopMs: atMs + other.stopMs - other.startMs, spec: other.spec}]
  },
]

function atOne(
  faults: PlannedFault[],
  random: Random,
  change: (fault: PlannedFault) => readonly PlannedFault[],
): PlannedFault[] {
  if (faults.length === 0) return faults
  const at = random.int(faults.length)
  return faults.toSpliced(at, 1, ...change(faults[at] as PlannedFault))
}

/** By time; of two of a kind that overlap, the later one waits for the other's end or is left out. */
function disjoint(faults: readonly PlannedFault[], timeMs: number): PlannedFault[] {
  const freeMs = new Map<string, number>()
  const kept: PlannedFault[] = []
  for (const {startMs, stopMs, spec} of faults.toSorted((left, right) => left.startMs - right.startMs)) {
    const fromMs = Math.max(0, startMs, freeMs.get(spec.fault) ?? 0)
    const toMs = Math.min(stopMs, Math.round(timeMs * 0.97))
    if (toMs - fromMs < SHORTEST_MS) continue
    freeMs.set(spec.fault, toMs + 1)
    kept.push({startMs: fromMs, stopMs: toMs, spec})
  }
  return kept.sort((left, right) => left.startMs - right.startMs)
}
