/**
 * How a guided search changes the faults of a plan: earlier, later, longer, shorter, again and again, in pieces, aimed at another
 * victim, together with those of another plan, or without some kinds. What comes out is a plan that a nemesis could have drawn,
 * though perhaps from a shorter interval. The kinds of change are those of fuzzers (AFL's `havoc` and `splice`), on faults in place of bytes.
 */
import type {FaultSpec, PlannedFault} from '../../core/nemesis.ts'
import type {Random} from '../../core/random.ts'
import {LAST_STOP} from '../../nemesis/schedule.ts'

/** Shortest stretch for which a fault is worth injecting, ms. */
const SHORTEST_MS = 50

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
  /** Those of the other plan as well. */
  (faults, others) => [...faults, ...others],
  /** Earlier or later. */
  (faults, _, timeMs, random) =>
    atOne(faults, random, ({startMs, stopMs, spec}) => {
      const byMs = Math.round((random.next() - 0.5) * 0.2 * timeMs)
      return [{startMs: startMs + byMs, stopMs: stopMs + byMs, spec}]
    }),
  /** Quite another time. */
  (faults, _, timeMs, random) =>
    atOne(faults, random, (fault) => [later(fault, Math.round(0.9 * random.next() * timeMs) - fault.startMs)]),
  /** Shorter or longer, a quarter to four times. */
  (faults, _, __, random) =>
    atOne(faults, random, ({startMs, stopMs, spec}) => [
      {startMs, stopMs: startMs + Math.round((stopMs - startMs) * 4 ** (2 * random.next() - 1)), spec},
    ]),
  /** Not at all. */
  (faults, _, __, random) => atOne(faults, random, () => []),
  /** Again and again, after pauses of the same length. */
  (faults, _, timeMs, random) =>
    atOne(faults, random, (fault) => {
      const lengthMs = fault.stopMs - fault.startMs
      const stepMs = Math.round(lengthMs * (1.1 + 1.4 * random.next()))
      const count = Math.min(random.between(2, 6), Math.ceil((timeMs - fault.startMs) / stepMs))
      return Array.from({length: count}, (_, i) => later(fault, i * stepMs))
    }),
  /** Over for a moment, and then again. */
  (faults, _, __, random) =>
    atOne(faults, random, ({startMs, stopMs, spec}) => {
      const atMs = Math.round(startMs + (0.2 + 0.6 * random.next()) * (stopMs - startMs))
      const backMs = Math.round(atMs + random.next() * 0.5 * (stopMs - atMs))
      return [
        {startMs, stopMs: atMs, spec},
        {startMs: backMs, stopMs, spec},
      ]
    }),
  /** Other victims or another variant: in one case of two the leader's, where the other plan has such a one. */
  (faults, others, _, random) =>
    atOne(faults, random, (fault) => {
      const alike = others.filter(({spec}) => spec.fault === fault.spec.fault)
      const aimed = alike.filter(({spec}) => isAimed(spec))
      const from = aimed.length > 0 && random.chance(0.5) ? aimed : alike
      return [from.length === 0 ? fault : {...fault, spec: random.pick(from).spec}]
    }),
  /** Without some kinds: a fault that is always there hides what others would show (Groce et al., "Swarm Testing"). */
  (faults, _, __, random) => {
    const kinds = new Set([...new Set(faults.map(({spec}) => spec.fault))].filter(() => random.chance(0.6)))
    return kinds.size === 0 ? faults : faults.filter(({spec}) => kinds.has(spec.fault))
  },
  /** Soon after another, or while it is in force. */
  (faults, others, _, random) => {
    if (faults.length === 0 || others.length === 0) return faults
    const {startMs, stopMs} = random.pick(faults)
    const other = random.pick(others)
    const atMs = Math.round(startMs + random.next() * 1.2 * (stopMs - startMs))
    return [...faults, later(other, atMs - other.startMs)]
  },
]

function later({startMs, stopMs, spec}: PlannedFault, byMs: number): PlannedFault {
  return {startMs: startMs + byMs, stopMs: stopMs + byMs, spec}
}

/** Whether it goes for whoever leads when it strikes. */
function isAimed(spec: FaultSpec): boolean {
  return spec['victims'] === 'leader'
}

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
    const toMs = Math.min(stopMs, Math.round(timeMs * LAST_STOP))
    if (toMs - fromMs < SHORTEST_MS) continue
    freeMs.set(spec.fault, toMs + 1)
    kept.push({startMs: fromMs, stopMs: toMs, spec})
  }
  return kept.sort((left, right) => left.startMs - right.startMs)
}
