/**
 * Thresholds: demands on figures, written as `ok_rate>0.95`, `p99(read)<200ms`, `recovery<10s`. Each is a liveness property:
 * safety may hold while one fails (exit 5). A figure that cannot be had (nothing succeeded, no fault) leaves it unknown.
 * With a function in brackets only its operations count; final reads never do.
 *
 * Proves: the figure of this record, no more. Cannot see: what another run, or a longer one, would have shown.
 */
import type {Checker} from '../../core/checker.ts'
import {UsageError} from '../../core/error.ts'
import type {History} from '../../core/history.ts'
import {messagesIn} from '../../core/messages.ts'
import type {Operation} from '../../core/op.ts'
import {counted, percent} from '../../core/quantities.ts'
import {closest} from '../../core/registry.ts'
import type {Sequence} from '../../core/sequence.ts'
import {verdictOf} from '../findings/finding.ts'
import {jepsenQuantile, stableLatencies} from '../sets/stable-latencies.ts'
import {askedOfAll, longestMs, outagesOf, shareOf} from './availability.ts'
import {Latencies, roundMs} from './latency.ts'
import {recoveriesOf, slowest} from './recovery.ts'

/** What kind of number a figure is: decides its units. */
type Unit = 'share' | 'ms' | 'per s' | 'count'

interface Metric {
  readonly unit: Unit
  readonly description: string
  /** NaN where the history does not tell. `operations` are those of the named function, or all. */
  measure(history: History, operations: Sequence<Operation>): number
}

const METRICS: Readonly<Record<string, Metric>> = {
  ok_rate: {
    unit: 'share',
    description: 'share of operations that succeeded',
    measure: (_, operations) => shareOf(operations).okRate,
  },
  rate: {
    unit: 'per s',
    description: 'successful operations per second',
    measure: (history, operations) => (shareOf(operations).ok / history.endNs) * 1e9,
  },
  ops: {unit: 'count', description: 'operations', measure: (_, operations) => operations.length},
  mean: {
    unit: 'ms',
    description: 'mean latency',
    measure: (_, operations) => Latencies.of(operations).meanMs,
  },
  max: {
    unit: 'ms',
    description: 'greatest latency',
    measure: (_, operations) => Latencies.of(operations).maxMs,
  },
  recovery: {
    unit: 'ms',
    description: 'slowest recovery after a fault',
    measure: (history) => slowest(recoveriesOf(history)) ?? Number.NaN,
  },
  msgs_per_op: {
    unit: 'count',
    description: 'messages between nodes for each operation',
    measure: (history) => (messagesIn(history.nemesisOps)?.servers.sent ?? Number.NaN) / history.operationCount,
  },
  outage: {
    unit: 'ms',
    description: 'longest stretch without any success',
    measure: (_, operations) =>
      operations.length === 0 ? Number.NaN : longestMs(outagesOf(askedOfAll(operations), 0)),
  },
}

const COMPARISONS = {
  '<': (value: number, limit: number) => value < limit,
  '<=': (value: number, limit: number) => value <= limit,
  '>': (value: number, limit: number) => value > limit,
  '>=': (value: number, limit: number) => value >= limit,
} as const

/** A demand, parsed. */
export interface Threshold {
  /** As it was typed, blanks removed. */
  readonly text: string
  /** `p99`, `ok_rate`, … */
  readonly metric: string
  /** Only operations of this function. */
  readonly f?: string
  readonly comparison: keyof typeof COMPARISONS
  /** In ms, a share from 0 to 1, per second, or a count. */
  readonly limit: number
}

const FORMS = [
  'Accepted: METRIC OP NUMBER, or METRIC(FUNCTION) OP NUMBER; OP is <, <=, > or >=.',
  'Latencies: p50, p90, p99, p99.9 (any percentile), mean, max, in us, ms or s: p99(read)<200ms',
  'Times: recovery, outage: recovery<10s',
  'Of sets and broadcasts: stable_p50, stable_p99, stable_max: stable_max<2s; of Maelstrom: msgs_per_op<30',
  'Shares and rates: ok_rate>0.95 or ok_rate>95%, rate>100, ops>=1000',
]

/** Parses a threshold. Throws UsageError that lists what is accepted. */
export function parseThreshold(text: string): Threshold {
  const compact = text.replaceAll(/\s+/g, '')
  const match = /^([a-z_]+[\d.]*)(?:\(([\w:-]+)\))?(<=|>=|<|>)(\d+(?:\.\d+)?)(\D*)$/i.exec(compact)
  if (match === null) throw new UsageError(`Not a threshold: "${text}".`, FORMS)
  const [, metric, f, comparison, number, unit] = match as unknown as [
    string,
    string,
    string?,
    string?,
    string?,
    string?,
  ]
  const {unit: expected} = metricOf(metric, text)
  return {
    text: compact,
    metric,
    ...(f === undefined ? {} : {f}),
    comparison: comparison as keyof typeof COMPARISONS,
    limit: limitOf(Number(number), unit ?? '', expected, text),
  }
}

function metricOf(name: string, text: string): Metric {
  if (Object.hasOwn(METRICS, name)) return METRICS[name] as Metric
  const stable = /^stable_(?:p(\d+(?:\.\d+)?)|max)$/.exec(name)
  if (stable !== null) {
    return {
      unit: 'ms',
      description: `time until ${stable[1] === undefined ? 'all' : `${stable[1]} % of`} elements were in every read`,
      measure: (history) =>
        jepsenQuantile(stableLatencies(history).latenciesMs, stable[1] === undefined ? 1 : Number(stable[1]) / 100),
    }
  }
  const share = /^p(\d+(?:\.\d+)?)$/.exec(name)
  if (share !== null && Number(share[1]) > 0 && Number(share[1]) <= 100) {
    return {
      unit: 'ms',
      description: `latency that ${share[1]} % of operations stay within`,
      measure: (_, operations) => Latencies.of(operations).quantileMs(Number(share[1]) / 100),
    }
  }
  const guess = closest(name, [...Object.keys(METRICS), 'p50', 'p99'])
  const hint = guess === undefined ? '' : ` Did you mean "${guess}"?`
  throw new UsageError(`Unknown metric "${name}" in threshold "${text}".${hint}`, FORMS)
}

const MS_OF: Readonly<Record<string, number>> = {us: 1e-3, ms: 1, s: 1e3, m: 60e3, min: 60e3}

function limitOf(number: number, unit: string, expected: Unit, text: string): number {
  if (expected === 'ms') {
    if (Object.hasOwn(MS_OF, unit)) return number * (MS_OF[unit] as number)
    throw new UsageError(`Threshold "${text}" needs a unit of time: us, ms, s or m. Got "${unit}".`, FORMS)
  }
  const accepted = expected === 'share' ? ['', '%'] : expected === 'per s' ? ['', '/s'] : ['']
  if (!accepted.includes(unit)) throw new UsageError(`Threshold "${text}" cannot have the unit "${unit}".`, FORMS)
  const limit = unit === '%' ? number / 100 : number
  if (expected === 'share' && limit > 1) throw new UsageError(`A share is at most 1 (or 100 %): "${text}".`, FORMS)
  return limit
}

/** A checker for one threshold. Final reads are not counted: they come after everything healed. */
export function threshold(demand: string | Threshold): Checker {
  const parsed = typeof demand === 'string' ? parseThreshold(demand) : demand
  const metric = metricOf(parsed.metric, parsed.text)
  const {f, comparison, limit, text} = parsed
  return {
    name: `threshold ${text}`,
    description: `${metric.description}${f === undefined ? '' : ` (${f} only)`} ${comparison} ${shown(limit, metric.unit)}`,
    check(history) {
      const operations = history.operations.filter(
        (operation) => !operation.final && (f === undefined || operation.f === f),
      )
      const value = metric.measure(history, operations)
      const holds = COMPARISONS[comparison](value, limit)
      const found = shown(value, metric.unit)
      const sentence = `The ${metric.description}${f === undefined ? '' : ` (${f} only)`} is ${found}, but ${text} was demanded.`
      return verdictOf({
        checker: `threshold ${text}`,
        property: text,
        kind: 'liveness',
        summary: Number.isNaN(value) ? counted(operations.length, 'operation') : found,
        anomalies: Number.isNaN(value) || holds ? [] : [{type: 'threshold', sentence, witness: []}],
        reason: Number.isNaN(value) ? `${text}: ${reasonOf(history, f, operations)}` : undefined,
        ...(Number.isNaN(value) ? {} : {measures: {[`${parsed.metric}${suffixOf(metric.unit)}`]: value, limit}}),
      })
    },
  }
}

function reasonOf(history: History, f: string | undefined, operations: Sequence<Operation>): string {
  const what = f === undefined ? 'operation' : f
  if (operations.length === 0) return `there was no ${what}.`
  if (operations.every(({outcome}) => outcome !== 'ok')) return `no ${what} succeeded.`
  return history.faults.length === 0 ? 'there was no fault to recover from.' : 'no undisturbed recovery was seen.'
}

function suffixOf(unit: Unit): string {
  return unit === 'ms' ? 'Ms' : unit === 'per s' ? 'PerS' : ''
}

function shown(value: number, unit: Unit): string {
  if (unit === 'share') return percent(value)
  if (unit === 'ms') return value >= 10_000 ? `${roundMs(value / 1000)}s` : `${roundMs(value)}ms`
  return `${Number(value.toPrecision(4))}${unit === 'per s' ? '/s' : ''}`
}
