/**
 * A cycle in words, as Elle tells it (Kingsbury & Alvaro 2020, §6): let these be the transactions; then each must precede
 * the next, because …; however, the last must precede the first: a contradiction. And the same as data.
 */

import type {Analysis} from './analysis.ts'
import {type CycleType, titleOf} from './anomalies.ts'
import type {Cycle} from './cycle.ts'
import type {Describe} from './describe.ts'
import {PROCESS, REALTIME} from './edges.ts'
import type {Finding} from './findings.ts'
import type {Step} from './path-finder.ts'
import type {Reason} from './reason.ts'
import {NONE, type Transactions} from './transactions.ts'

/** A cycle of more transactions is told by its beginning and its end. Nobody reads more, and a report must stay small. */
const SHOWN_STEPS = 24

/** One step of a cycle, JSON-able: `from` must precede `to`. Micro-operations are counted from 0. */
export interface ExplainedStep {
  /** `T1`, `T2`, … as in `ExplainedCycle.transactions`. */
  readonly from: string
  readonly to: string
  readonly type: 'ww' | 'wr' | 'rw' | 'process' | 'realtime'
  readonly key?: unknown
  /** The version written or read; null for the initial one. Of a list: its last element. */
  readonly value?: unknown
  /** The version that replaced it, for ww and rw. */
  readonly nextValue?: unknown
  readonly fromMicroOp?: number
  readonly toMicroOp?: number
  /** How the order of the two versions is known, where a read does not show it. */
  readonly via?: readonly string[]
  /** The op of a read that shows the order of two appends. */
  readonly shownBy?: number
  /** `T2 observed T1's append of 1 to y` */
  readonly because: string
}

/** `Anomaly.detail` of a cycle. */
export interface ExplainedCycle {
  readonly transactions: readonly {readonly name: string; readonly transaction: unknown}[]
  readonly steps: readonly ExplainedStep[]
  /** How many steps of a long cycle are left out in the middle. */
  readonly omitted?: number
}

export function explainCycle(
  type: CycleType,
  cycle: Cycle,
  analysis: Analysis,
  describe: Describe,
): Omit<Finding, 'type'> {
  const all = cycle.steps.map((step) => step.from)
  const names = new Map(all.map((t, i) => [t, `T${i + 1}`]))
  const nameOf = (t: number) => names.get(t)
  const shown = bothEnds(cycle.steps)
  const omitted = cycle.steps.length - shown.length
  // The first step left out leads on from a transaction that is not: it is named, too.
  const transactions = [...new Set(shown.flatMap(({from, to}) => [from, to]))]
  const reasons = shown.map(({from, to, kind}) => reasonOf(analysis, from, to, kind))
  const steps = shown.map(({from, to}, i) => stepOf(reasons[i]!, from, to, nameOf, describe))
  const lines = transactions.map((t, i) => `${i === 0 ? 'Let' : 'and'} ${nameOf(t)!} = ${describe.transaction(t)}`)
  steps.forEach((step, i) => {
    const isLast = i === steps.length - 1
    const head = isLast ? 'However, ' : i === 0 ? 'Then ' : 'and '
    if (omitted > 0 && i === SHOWN_STEPS / 2) lines.push(`… and so on for ${omitted} more …`)
    lines.push(`${head}${step.from} < ${step.to}, because ${step.because}${isLast ? ': a contradiction!' : ''}`)
  })
  const keys = new Set(steps.map((step) => step.key).filter((key) => key !== undefined))
  const firstKey = reasons.find(hasKey)?.key
  return {
    ...(keys.size === 1 && firstKey !== undefined && omitted === 0 ? {key: firstKey} : {}),
    transactions: [...new Set([...transactions, ...reasons.flatMap(shownBy)])],
    sentence: sentenceOf(type, all, describe),
    why: lines,
    detail: {
      transactions: transactions.map((t) => ({name: nameOf(t)!, transaction: describe.transactionData(t)})),
      steps,
      ...(omitted > 0 ? {omitted} : {}),
    } satisfies ExplainedCycle,
  }
}

function bothEnds(steps: readonly Step[]): readonly Step[] {
  if (steps.length <= SHOWN_STEPS + 4) return steps
  return [...steps.slice(0, SHOWN_STEPS / 2), ...steps.slice(-SHOWN_STEPS / 2)]
}

function sentenceOf(type: CycleType, transactions: readonly number[], describe: Describe): string {
  const names = transactions.map((t) => describe.name(t))
  const shown = names.length > 5 ? [...names.slice(0, 4), `${names.length - 4} more`] : names
  const list = `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`
  const circle = names.length === 2 ? 'must each precede the other' : 'must precede each other in a circle'
  return `${type} (${titleOf(type)}): transactions ${list} ${circle}.`
}

function shownBy(reason: Reason): number[] {
  return 'shownBy' in reason && reason.shownBy !== undefined ? [reason.shownBy] : []
}

function hasKey(reason: Reason): reason is Extract<Reason, {key: number}> {
  return 'key' in reason
}

function reasonOf(analysis: Analysis, from: number, to: number, kind: number): Reason {
  if (kind === PROCESS) return {kind: 'process'}
  if (kind === REALTIME) return {kind: 'realtime'}
  const reason = analysis.reason(from, to, kind)
  if (reason === undefined) throw new Error(`no reason for the edge of kind ${kind} from ${from} to ${to}`)
  return reason
}

function stepOf(
  reason: Reason,
  from: number,
  to: number,
  nameOf: (transaction: number) => string | undefined,
  describe: Describe,
): ExplainedStep {
  const base = {from: nameOf(from)!, to: nameOf(to)!, type: reason.kind}
  const {transactions} = describe
  if (reason.kind === 'process') {
    const completed = completionOf(transactions, from)
    return {
      ...base,
      because: `process ${transactions.process[from]} was through with ${base.from}${completed} before it began ${base.to} (#${describe.index(to)})`,
    }
  }
  if (reason.kind === 'realtime') {
    const completed = completionOf(transactions, from)
    return {
      ...base,
      because: `${base.from} had completed${completed} before ${base.to} was invoked (#${describe.index(to)})`,
    }
  }
  const data = {
    key: describe.key(reason.key),
    value: describe.valueData(reason.version),
    ...(reason.kind === 'wr' ? {} : {nextValue: describe.valueData(reason.next)}),
    fromMicroOp: reason.fromMop - transactions.firstMop[from]!,
    toMicroOp: reason.toMop - transactions.firstMop[to]!,
    ...('via' in reason ? {via: reason.via} : {}),
    ...('shownBy' in reason && reason.shownBy !== undefined ? {shownBy: describe.index(reason.shownBy)} : {}),
  }
  const isList = transactions.workload === 'list-append'
  const because = isList
    ? listReason(reason, base.from, base.to, nameOf, describe)
    : registerReason(reason, base.from, base.to, describe)
  return {...base, ...data, because}
}

/** ` (#7)`: where in the record it completed. */
function completionOf({completeIndex}: Transactions, transaction: number): string {
  return completeIndex[transaction] === NONE ? '' : ` (#${completeIndex[transaction]})`
}

type DataReason = Exclude<Reason, {kind: 'process'} | {kind: 'realtime'}>

function listReason(
  reason: DataReason,
  from: string,
  to: string,
  nameOf: (transaction: number) => string | undefined,
  describe: Describe,
): string {
  const key = describe.key(reason.key)
  const value = describe.value(reason.version)
  if (reason.kind === 'wr') return `${to} observed ${from}'s append of ${value} to ${key}`
  const next = describe.value(reason.next)
  if (reason.kind === 'ww') {
    const {shownBy} = reason
    const evidence =
      shownBy === undefined
        ? ` (no read shows ${next}: it came last)`
        : `, as ${nameOf(shownBy) ?? describe.name(shownBy)} read`
    return `${to} appended ${next} after ${from} appended ${value} to ${key}${evidence}`
  }
  return `${from} observed ${key} = ${describe.read(reason.fromMop)}, without ${to}'s append of ${next}`
}

function registerReason(reason: DataReason, from: string, to: string, describe: Describe): string {
  const key = describe.key(reason.key)
  const value = describe.value(reason.version)
  if (reason.kind === 'wr') return `${to} read ${key} = ${value}, which ${from} wrote`
  const next = describe.value(reason.next)
  const via = reason.via === undefined ? '' : ` (by ${reason.via.join(', ')})`
  if (reason.kind === 'ww') return `${to} overwrote ${key} = ${value}, which ${from} wrote, with ${next}${via}`
  return `${from} read ${key} = ${value}, which ${to} overwrote with ${next}${via}`
}
