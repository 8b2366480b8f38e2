/** A card as a table: the same cells for the terminal, the page and docs/cap.md. */
import {type Card, type PartitionRow, serving} from '../../../runner/cap/card.ts'
import type {Side, Speed} from '../../../runner/cap/figures.ts'
import {FURTHER_MS} from '../../../runner/cap/partitions.ts'

/** Session guarantees, whose names are long and come several at once. */
const SHORT: Readonly<Record<string, string>> = {
  'read-your-writes': 'RYW',
  'monotonic-reads': 'MR',
  'monotonic-writes': 'MW',
  'writes-follow-reads': 'WFR',
}
const SHORT_WORDS = Object.entries(SHORT)
  .map(([model, short]) => `${short} ${model.replaceAll('-', ' ')}`)
  .join(', ')

/** Column heads of the table of partitions; the first is what was cut. */
export const HEADS = [
  'partition',
  'cut off',
  'the rest',
  'latency',
  'strongest model',
  'stale',
  'lost',
  'failover',
  'recovery',
] as const

/** What the columns mean, a line each. */
export const LEGEND: readonly string[] = [
  'cut off, the rest: on how many of these nodes clients were served, reads and then writes, in the second half of the partition',
  'latency: the median of reads and of writes that succeeded then',
  `strongest model: what all reads support, during the partition and after it (${SHORT_WORDS})`,
  'stale: how long before the oldest read its value had been overwritten',
  'lost: acknowledged additions to sets that were gone in the end, of all that were acknowledged',
  'failover: the longest time without a successful write of anybody while the partition was in force',
  'recovery: from the healing until clients of every node were answered again',
  `after PC or PA: EC where answers take at least ${FURTHER_MS} ms longer once all nodes are ${FURTHER_MS} ms further apart, EL where they do not`,
]

export function cellsOf(row: PartitionRow): string[] {
  const {words, cut, consistency, losses} = row
  const {cutOff, rest} = cut
  const servedAt = ({nodes}: Side) =>
    nodes.length === 0
      ? '–'
      : (['reads', 'writes'] as const).map((kind) => `${serving(row, nodes, kind)}/${nodes.length}`).join(' ')
  return [
    words,
    servedAt(cutOff),
    servedAt(rest),
    latencyOf(rest.writeMs === null && rest.readMs === null ? cutOff : rest),
    modelsOf(consistency.models),
    showMs(consistency.staleMs),
    losses === undefined ? '–' : `${losses.lost} of ${losses.acknowledged}`,
    cut.failoverMs >= NEVER_MS ? 'none' : showMs(cut.failoverMs),
    cut.recoveryMs === null ? 'never' : showMs(cut.recoveryMs),
  ]
}

/** A pause as long as the partition. */
const NEVER_MS = 5500

/** `causal, convergent`, `RYW, MW, convergent`. */
export function modelsOf(models: readonly string[]): string {
  return models.map((model) => SHORT[model] ?? model).join(', ') || 'none'
}

export function latencyOf({readMs, writeMs}: Speed): string {
  return `${readMs === null ? '–' : showMs(readMs)}, ${writeMs === null ? '–' : showMs(writeMs)}`
}

export function showMs(ms: number): string {
  if (ms >= 1000) return `${(ms / 1000).toFixed(1)} s`
  return ms >= 10 ? `${Math.round(ms)} ms` : `${Number(ms.toFixed(1))} ms`
}

/** `CP`, `AP, except: one node isolated`. */
export function capOf({label}: Card): string {
  return label.except.length === 0 ? label.cap : `${label.cap}, except: ${label.except.join(', ')}`
}
