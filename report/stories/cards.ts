/** Transactions as cards: a line per micro-operation, of which a long transaction shows those that matter. */
import type {StoryCard, StoryLine} from '../payload.ts'
import {compact} from '../values.ts'

/** A transaction as checkers give it in `Anomaly.detail`. */
export interface TransactionData {
  readonly index: number
  readonly process: number | string
  readonly type: string
  readonly value: readonly unknown[]
}

/** What is to be seen at a micro-operation. */
export interface Mark {
  readonly mark: 'wrong' | 'other'
  readonly note?: string
}

export interface Drawn {
  readonly card: StoryCard
  /** Where a micro-operation is among the lines; -1 where it is not shown. */
  lineOf(microOp: number | undefined): number
}

/** Elements of a list that are shown; of longer ones both ends. */
const ELEMENTS = 8
const TEXT_LIMIT = 64
const FULL_LIMIT = 600
/** Micro-operations that are shown of a transaction besides those that matter. */
const LINES = 8

/** Reads what a checker gave; undefined where it is no transaction. */
export function transactionData(value: unknown): TransactionData | undefined {
  const {index, process, type, value: microOps} = (value ?? {}) as Partial<TransactionData>
  if (typeof index !== 'number' || !Array.isArray(microOps)) return undefined
  return {index, process: process ?? '', type: String(type ?? 'ok'), value: microOps}
}

/** The card of a transaction. `marks` by position; `wanted` are further positions that must be seen; others up to `lines`. */
export function drawCard(
  name: string,
  {index, process, type, value}: TransactionData,
  marks: ReadonlyMap<number, Mark> = new Map(),
  wanted: readonly number[] = [],
  lines = LINES,
): Drawn {
  const shown = chosen(value.length, new Set([...marks.keys(), ...wanted]), lines)
  const drawn: StoryLine[] = []
  const places = new Map<number, number>()
  let next = 0
  for (const position of shown) {
    if (position > next) drawn.push(gap(position - next))
    places.set(position, drawn.length)
    drawn.push({...lineOf(value[position]), ...marks.get(position)})
    next = position + 1
  }
  if (value.length > next) drawn.push(gap(value.length - next))
  const outcome = type === 'fail' || type === 'info' ? type : 'ok'
  return {
    card: {name, index, process: String(process), outcome, lines: drawn},
    lineOf: (microOp) => (microOp === undefined ? -1 : (places.get(microOp) ?? -1)),
  }
}

/** The positions that matter, and the first others, up to `lines` in all; a gap is not made for a single one. */
function chosen(count: number, needed: ReadonlySet<number>, lines: number): number[] {
  const all = Array.from({length: count}, (_, position) => position)
  if (count <= lines) return all
  let spare = Math.max(0, lines - needed.size)
  const kept = all.filter((position) => needed.has(position) || spare-- > 0)
  return all.filter(
    (position) => kept.includes(position) || (kept.includes(position - 1) && kept.includes(position + 1)),
  )
}

function gap(count: number): StoryLine {
  return {text: `… ${count} more`, gap: true}
}

/** `append x 5`, `r y [1 2 3 … 30 31 32]`. */
function lineOf(microOp: unknown): StoryLine {
  const full = wordsOf(microOp, FULL_LIMIT)
  const text = wordsOf(Array.isArray(microOp) ? microOp.map(bothEnds) : microOp, TEXT_LIMIT)
  return text === full ? {text} : {text, full}
}

function wordsOf(microOp: unknown, limit: number): string {
  if (!Array.isArray(microOp)) return compact(microOp, limit)
  return microOp.map((part) => (part === ELLIPSIS ? '…' : compact(part, limit).replaceAll('"…"', '…'))).join(' ')
}

const ELLIPSIS = '…'

/** A list without its middle. */
export function bothEnds(value: unknown): unknown {
  if (!Array.isArray(value) || value.length <= ELEMENTS) return value
  return [...value.slice(0, 3), ELLIPSIS, ...value.slice(-3)]
}

/** The key of a micro-operation as text; undefined where it is none. */
export function keyOf(microOp: unknown): string | undefined {
  if (!Array.isArray(microOp) || microOp.length < 2) return undefined
  return typeof microOp[1] === 'number' ? String(microOp[1]) : compact(microOp[1], 200)
}

export function isRead(microOp: unknown): boolean {
  return Array.isArray(microOp) && microOp[0] === 'r'
}

/** Position of the first micro-operation that writes this to the key; -1 for none. */
export function writeOf(value: readonly unknown[], key: string, element: unknown): number {
  return value.findIndex(
    (each) => !isRead(each) && keyOf(each) === key && same((each as readonly unknown[])[2], element),
  )
}

/** Position of the first micro-operation that read this in the key, as its value or within it; -1 for none. */
export function readOf(value: readonly unknown[], key: string, element: unknown): number {
  return value.findIndex((each) => {
    if (!isRead(each) || keyOf(each) !== key) return false
    const seen = (each as readonly unknown[])[2]
    return same(seen, element) || (Array.isArray(seen) && seen.some((one) => same(one, element)))
  })
}

/** Whether two values read the same. */
export function same(left: unknown, right: unknown): boolean {
  return left === right || compact(left) === compact(right)
}
