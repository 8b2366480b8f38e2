/**
 * Which anomaly of a verdict is told first: it stands in the headline. What was promised to stay and is gone comes before what
 * was made up, that before what came twice or in the wrong order, and what is merely late or misshapen comes last.
 */
const TIERS: readonly (readonly string[])[] = [
  [
    'lost-element',
    'lost-record',
    'lost-message',
    'lost-write',
    'forgotten-decision',
    'disagreement',
    'overlapping-holders',
  ],
  ['resurrected-element', 'inconsistent-offsets', 'diverged', 'wrong-total', 'stale-token-accepted'],
  ['unexpected-element', 'unexpected-record', 'unexpected-message', 'unexpected-value', 'phantom-read'],
  ['aborted-read', 'failed-write-visible'],
  ['duplicate-element', 'duplicate-record', 'duplicate-message', 'token-reused'],
]

/** After all that have a tier of their own, as they were found. */
const LAST: readonly string[] = ['stale-read', 'too-stale', 'reply-mismatch']

const RANKS: ReadonlyMap<string, number> = new Map([
  ...TIERS.flatMap((types, rank) => types.map((type) => [type, rank] as const)),
  ...LAST.map((type, place) => [type, TIERS.length + 1 + place] as const),
])

/** The same anomalies, the most severe first; those of one rank as they were found. */
export function bySeverity<Found extends {readonly type: string}>(found: readonly Found[]): Found[] {
  const rank = ({type}: Found) => RANKS.get(type) ?? TIERS.length
  return found.toSorted((left, right) => rank(left) - rank(right))
}
