/**
 * The anomalies: their names (Adya 1999, Elle), what finding one implies, and which models forbid it.
 *
 * Cycles are named by their edges, strictest first: G0 (writes only), G1c (also reads), G-single (exactly one
 * anti-dependency), G-nonadjacent (several, no two in a row), G2 (any). `-item` says that no predicate was read. Each
 * exists again with edges of process order (`-process`) and of real time (`-realtime`).
 */
import {unknownName} from '../../core/registry.ts'
import {type Model, upwards} from './models.ts'

/** Cycles of data dependencies, in the order in which they are looked for. */
export const CYCLES = ['G0', 'G1c', 'G-single-item', 'G-nonadjacent-item', 'G2-item'] as const
export type CycleBase = (typeof CYCLES)[number]
export type Suffix = '' | '-process' | '-realtime'
export type CycleType = `${CycleBase}${Suffix}`

/** What can be found, with the name that people know it by. */
export const TITLES = {
  G0: 'write cycle',
  G1c: 'circular information flow',
  'G-single-item': 'read skew',
  'G-nonadjacent-item': 'snapshot anomaly',
  'G2-item': 'write skew',
  G1a: 'aborted read',
  G1b: 'intermediate read',
  internal: 'internal inconsistency',
  'future-read': 'read of an own later write',
  'dirty-update': 'update of aborted state',
  'lost-update': 'lost update',
  'duplicate-elements': 'duplicated element',
  'incompatible-order': 'incompatible orders',
  'cyclic-versions': 'cyclic version order',
  'thin-air-read': 'read of a value nobody wrote',
  'mismatched-reply': 'answer to another question',
} as const

export type SingleType = Exclude<keyof typeof TITLES, CycleBase>
export type AnomalyType = CycleType | SingleType

const SUFFIXES: readonly Suffix[] = ['', '-process', '-realtime']

/** Finding the first is finding the others, too. Cycles (and what they imply) repeat this with each suffix. */
const IMPLIES_CYCLE: Readonly<Record<string, readonly string[]>> = {
  G0: ['G1c'],
  G1c: ['G1'],
  'G-single-item': ['G-single', 'G-nonadjacent-item'],
  'G-single': ['G-nonadjacent', 'G-SIb'],
  'G-nonadjacent-item': ['G-nonadjacent', 'G2-item'],
  'G-nonadjacent': ['G2'],
  'G2-item': ['G2'],
  'G-SIb': ['G-SI'],
}

const IMPLIES_SINGLE: Readonly<Record<string, readonly string[]>> = {
  G1a: ['G1'],
  G1b: ['G1'],
  'incompatible-order': ['G1a'],
  'dirty-update': ['G1a'],
  'thin-air-read': ['G1a'],
  'future-read': ['G1c'],
  'lost-update': ['write-skew', 'G2-item'],
  'write-skew': ['G2'],
  'mismatched-reply': ['internal', 'G0'],
}

/** What each model forbids, besides what the weaker models that it implies forbid. */
const FORBIDS: Readonly<Partial<Record<Model, readonly string[]>>> = {
  'read-uncommitted': ['G0', 'duplicate-elements', 'cyclic-versions'],
  'read-committed': ['G1'],
  'cursor-stability': ['lost-update'],
  'consistent-view': ['G-single'],
  'forward-consistent-view': ['G-SIb'],
  'repeatable-read': ['G2-item', 'lost-update'],
  serializable: ['G2', 'internal'],
  'snapshot-isolation': ['internal', 'G-SI', 'G-nonadjacent'],
  'read-atomic': ['internal', 'future-read'],
  'causal-cerone': ['internal'],
  prefix: ['internal'],
  'parallel-snapshot-isolation': ['internal'],
  'update-atomic': ['lost-update'],
  'strong-session-read-uncommitted': ['G0-process'],
  'strong-session-read-committed': ['G1c-process'],
  'strong-session-snapshot-isolation': ['G1-process', 'G-nonadjacent-process'],
  'strong-session-serializable': ['G1-process', 'G2-process'],
  'strong-read-uncommitted': ['G0-realtime'],
  'strong-read-committed': ['G1c-realtime'],
  'strong-snapshot-isolation': ['G1-realtime', 'G-nonadjacent-realtime'],
  'strict-serializable': ['G1-realtime', 'G2-realtime'],
}

const DIRECT = new Map<string, string[]>()
for (const suffix of SUFFIXES) {
  const wider = suffix === '' ? '-process' : suffix === '-process' ? '-realtime' : undefined
  const bases = new Set([...Object.keys(IMPLIES_CYCLE), ...Object.values(IMPLIES_CYCLE).flat()])
  for (const base of bases) {
    const implied = (IMPLIES_CYCLE[base] ?? []).map((other) => other + suffix)
    if (wider !== undefined) implied.push(base + wider)
    DIRECT.set(base + suffix, implied)
  }
}
for (const [type, implied] of Object.entries(IMPLIES_SINGLE)) DIRECT.set(type, [...implied])
for (const type of Object.keys(TITLES)) if (!DIRECT.has(type)) DIRECT.set(type, [])
DIRECT.set('write-skew', ['G2'])

const closures = new Map<string, ReadonlySet<string>>()

/** An anomaly and all that it implies. */
export function impliedBy(type: string): ReadonlySet<string> {
  const known = closures.get(type)
  if (known !== undefined) return known
  const all = new Set([type])
  for (const next of all) for (const other of DIRECT.get(next) ?? []) all.add(other)
  closures.set(type, all)
  return all
}

const ruledOut = new Map<string, ReadonlySet<Model>>()

/** The models that an anomaly rules out, those that imply them included. */
export function modelsRuledOutBy(type: string): ReadonlySet<Model> {
  const known = ruledOut.get(type)
  if (known !== undefined) return known
  const shown = impliedBy(type)
  const forbidding = (Object.keys(FORBIDS) as Model[]).filter((model) =>
    FORBIDS[model]!.some((name) => shown.has(name)),
  )
  const out = upwards(forbidding)
  ruledOut.set(type, out)
  return out
}

/** The anomaly that a person named. Throws UsageError with a suggestion where there is none. */
export function anomalyNamed(name: string): string {
  if (DIRECT.has(name)) return name
  throw unknownName('anomaly', name, [...DIRECT.keys()])
}

/** `G-single-item-realtime` is `read skew (across real time)`. */
export function titleOf(type: AnomalyType): string {
  for (const suffix of ['-process', '-realtime'] as const) {
    if (!type.endsWith(suffix)) continue
    const title = TITLES[type.slice(0, -suffix.length) as CycleBase]
    return `${title} across ${suffix === '-process' ? "a process's own transactions" : 'real time'}`
  }
  return TITLES[type as keyof typeof TITLES]
}
