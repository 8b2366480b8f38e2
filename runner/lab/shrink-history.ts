/**
 * Delta debugging of a record alone, for real runs and histories from elsewhere: operations are left out for as long as the
 * rest is still impossible in the same way. Only what may go by `history-rules.ts` is left out, so nothing becomes
 * impossible that was not.
 */
import {History} from '../../core/history.ts'
import {isClientOp, type Op, type Operation} from '../../core/op.ts'
import type {Anomaly, Verdict} from '../../core/verdict.ts'
import {type Conclusion, conclusionOf, mayGo} from './history-rules.ts'
import {reduce} from './reduce.ts'

export interface HistoryShrinkOptions {
  readonly history: History
  /** What is found wrong with a history. */
  judge(history: History): Promise<readonly Verdict[]>
  /** Once tripped, the smallest history so far is the result. */
  readonly signal: AbortSignal
  onProgress(progress: {readonly history: History; readonly tried: number}): void
}

export interface SmallestHistory {
  readonly history: History
  /** What is still wrong with it. */
  readonly finding: Verdict
}

/** Undefined where no safety property is violated; the whole history where nothing is known of the checker that found it. */
export async function shrinkHistory(options: HistoryShrinkOptions): Promise<SmallestHistory | undefined> {
  const {history, judge, signal, onProgress} = options
  const broken = (await judge(history)).filter(({kind, anomalies}) => kind === 'safety' && anomalies.length > 0)
  const finding = broken.find(({checker}) => conclusionOf(checker) !== undefined) ?? broken[0]
  if (finding === undefined) return undefined
  const conclusion = conclusionOf(finding.checker)
  let best: SmallestHistory = {history, finding}
  if (conclusion === undefined) return best
  const types = new Set(finding.anomalies.map(({type}) => type))
  let tried = 0

  await keep(withoutFaults(history))
  if (conclusion === 'seen') await keep(endingAt(best.history, lastOf(best.finding.anomalies)))
  const [first] = best.finding.anomalies
  if (first?.key !== undefined) await keep(best.history.filter((op) => !isClientOp(op) || op.key === first.key))
  if (finding.checker === 'set-full') {
    const elements = () => elementsOf(best.history)
    await reduce(elements, (left) => keep(onlyElements(best.history, new Set(left))), signal)
  }
  await keepWithout(best.history.operations.filter(({outcome}) => outcome === 'fail'))
  for (let size = Number.POSITIVE_INFINITY; best.history.length < size && !signal.aborted; ) {
    size = best.history.length
    await reduce(
      () => [...best.history.operations],
      (operations) => {
        const kept = new Set(operations)
        return keepWithout(best.history.operations.filter((operation) => !kept.has(operation)))
      },
      signal,
    )
  }
  return best

  /** Keeps it if it is still impossible in one of the ways in which the whole is. */
  async function keep(smaller: History): Promise<boolean> {
    if (signal.aborted || smaller.length >= best.history.length) return false
    tried++
    const found = (await judge(smaller)).find(
      ({checker, kind, anomalies}) =>
        kind === 'safety' && checker === finding!.checker && anomalies.some(({type}) => types.has(type)),
    )
    if (found !== undefined) best = {history: smaller, finding: found}
    onProgress({history: best.history, tried})
    return found !== undefined
  }

  function keepWithout(out: readonly Operation[] | ReturnType<History['operations']['filter']>): Promise<boolean> {
    return keep(without(best.history, [...out], conclusion as Conclusion))
  }
}

/** Without those of these operations that may go. */
export function without(history: History, out: readonly Operation[], conclusion: Conclusion): History {
  const leaving = new Set(out.map(({invoke}) => invoke.index))
  const rest = [...history.operations].filter(({invoke}) => !leaving.has(invoke.index))
  const gone = new Set(
    mayGo(out, rest, conclusion).flatMap(({invoke, completion}) =>
      completion === undefined ? [invoke.index] : [invoke.index, completion.index],
    ),
  )
  return renumbered(history.ops.filter((op) => !gone.has(op.index)))
}

/** Up to this op; what is under way then stays pending. */
export function endingAt(history: History, index: number): History {
  return renumbered(history.ops.filter((op) => op.index <= index))
}

/** What was put into sets and taken out of them. */
function elementsOf(history: History): string[] {
  const puts = [...history.operations].filter(({f}) => f === 'add' || f === 'remove')
  return [...new Set(puts.map(({input}) => String(input)))]
}

/**
 * A set with these elements only: without operations on others, and with reads that do not show others. Each element of a
 * set is an object of its own (it is there or not), so this is what leaving out a key is elsewhere.
 */
export function onlyElements(history: History, elements: ReadonlySet<string>): History {
  const stays = (value: unknown) => elements.has(String(value))
  const kept = history.ops.filter((op) => !(op.f === 'add' || op.f === 'remove') || stays(op.value))
  return renumbered(
    [...kept].map((op) => (op.f === 'read' && Array.isArray(op.value) ? {...op, value: op.value.filter(stays)} : op)),
  )
}

function withoutFaults(history: History): History {
  return renumbered(history.ops.filter(isClientOp))
}

function lastOf(anomalies: readonly Anomaly[]): number {
  const ends = anomalies.map(({witness}) => witness.at(-1)).filter((index) => index !== undefined)
  return ends.length === 0 ? Number.POSITIVE_INFINITY : Math.min(...ends)
}

function renumbered(ops: Iterable<Op>): History {
  return new History([...ops].map((op, index) => ({...op, index})))
}
