/**
 * Where two runs part: the first entry of their plans that differs, the first operation, what became of properties, and how
 * fast they were. `chaos compare` sets settings and figures side by side; this says from where on two runs are two runs.
 */
import {existsSync} from 'node:fs'
import {join} from 'node:path'
import {Latencies} from '../../../checkers/liveness/latency.ts'
import {writeOp} from '../../../core/format/index.ts'
import type {History} from '../../../core/history.ts'
import {isClientOp, type Op} from '../../../core/op.ts'
import {load} from '../../../runner/judging/load.ts'
import type {Plan} from '../../../runner/plan.ts'
import {parsePlan} from '../../../runner/plan-file.ts'
import {readText} from '../../../runner/store.ts'
import {type Comparison, compareRuns} from '../compare/comparison.ts'

type Pair<T> = readonly [before: T, after: T]

/** The first difference of two lists; null where there is none. */
export interface Parting {
  /** Entries before it, which are equal. */
  readonly equal: number
  /** The entries that differ, as JSON; null where a list has ended. */
  readonly entries: Pair<string | null>
}

export interface Difference {
  readonly schema: 'chaos.difference/1'
  readonly comparison: Comparison
  /** Absent where one of them has no plan. */
  readonly plan?: {readonly faults: Parting | null; readonly operations: Parting | null}
  /** Of all ops with their times. */
  readonly history: Parting | null
  /** Of what clients asked and were told, whenever that was; the same as `history` where that differs in more than time. */
  readonly operations: Parting | null
  readonly latencyMs: Readonly<Record<string, Pair<number | null>>>
}

/** Throws UsageError for what is no judged run. */
export async function differenceOf(before: string, after: string): Promise<Difference> {
  const comparison = compareRuns(before, after)
  const [left, right] = await Promise.all([load(before), load(after)])
  const plans = [left, right].map(({directory}) => planOf(directory as string))
  const [first, second] = plans
  return {
    schema: 'chaos.difference/1',
    comparison,
    ...(first === undefined || second === undefined
      ? {}
      : {
          plan: {
            faults: partingOf(first.faults, second.faults, JSON.stringify),
            operations: partingOf(first.operations, second.operations, JSON.stringify),
          },
        }),
    history: partingOf([...left.history.ops], [...right.history.ops], writeOp),
    operations: partingOf(told(left.history), told(right.history), (text) => text),
    latencyMs: latencies(left.history, right.history),
  }
}

function planOf(directory: string): Plan | undefined {
  const file = join(directory, 'plan.json')
  return existsSync(file) ? parsePlan(readText(file), file) : undefined
}

/** Ops of clients without their times, places and nodes' names for them. */
function told(history: History): string[] {
  return [...history.ops].filter(isClientOp).map((op: Op) => writeOp({...op, index: 0, timeNs: 0}))
}

/** Where two lists part. */
export function partingOf<T>(left: readonly T[], right: readonly T[], text: (item: T) => string): Parting | null {
  const say = (item: T | undefined) => (item === undefined ? null : text(item))
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const entries = [say(left[i]), say(right[i])] as const
    if (entries[0] !== entries[1]) return {equal: i, entries}
  }
  return null
}

/** Of operations that succeeded, final reads among them, as the run itself tells them; ms. */
function latencies(left: History, right: History): Record<string, Pair<number | null>> {
  const [first, second] = [left, right].map(quantilesOf)
  return Object.fromEntries(
    Object.keys(first as object).map((name) => [name, [first![name] ?? null, second![name] ?? null] as const]),
  )
}

function quantilesOf(history: History): Record<string, number | null> {
  const all = Latencies.of(history.operations)
  const known = (ms: number) => (Number.isNaN(ms) ? null : ms)
  return Object.fromEntries([50, 90, 99, 100].map((percent) => [`p${percent}`, known(all.quantileMs(percent / 100))]))
}
