/**
 * Turns a history into the page's operation table: one row per client operation, columns of 32-bit numbers, values and
 * errors in a dictionary of texts.
 *
 * Pairing is the history's own (the next op of the same process completes an invocation), but lenient: a report must be
 * possible for a history that the checkers refused, so what breaks the rule becomes an operation that never completed.
 */
import {isClientOp, type Op, type OpType} from '../core/op.ts'
import {COLUMNS, type ColumnName, FINAL, OPEN, OUTCOME, type TableFacts} from './payload.ts'
import {Dictionary, encodeValue, zigzag} from './values.ts'

export type Columns = Record<ColumnName, Uint32Array>

export interface Table {
  readonly facts: TableFacts
  readonly columns: Columns
  readonly texts: readonly string[]
}

/** An invocation with its completion, if it has one. */
export interface Row {
  readonly invoke: Op
  readonly completion: Op | undefined
}

/** The client operations of a history, by time of invocation. */
export function pairLeniently(ops: readonly Op[]): Row[] {
  const rows: {invoke: Op; completion: Op | undefined}[] = []
  const open = new Map<Op['process'], {invoke: Op; completion: Op | undefined}>()
  for (const op of ops) {
    if (!isClientOp(op)) continue
    if (op.type === 'invoke') {
      const row = {invoke: op, completion: undefined}
      open.set(op.process, row)
      rows.push(row)
      continue
    }
    const row = open.get(op.process)
    if (row === undefined) continue
    row.completion = op
    open.delete(op.process)
  }
  return rows.sort((left, right) => left.invoke.timeNs - right.invoke.timeNs || left.invoke.index - right.invoke.index)
}

/** The table of these rows. `textLimit` is the most characters that one value may take. */
export function tabulate(rows: readonly Row[], textLimit: number): Table {
  const columns = Object.fromEntries(COLUMNS.map((name) => [name, new Uint32Array(rows.length)])) as Columns
  const texts = new Dictionary()
  const processes = new Dictionary()
  const keys = new Dictionary()
  const functions = new Dictionary()
  const nodes = new Dictionary()
  const processIds: (number | string)[] = []
  keys.position('')
  nodes.position('')

  const baseNs = rows[0]?.invoke.timeNs ?? 0
  const unitNs = unitFor(rows)
  const ticks = (timeNs: number) => Math.round((timeNs - baseNs) / unitNs)
  let lastIndex = 0
  let lastStart = 0
  for (const [at, {invoke, completion}] of rows.entries()) {
    const start = ticks(invoke.timeNs)
    const outcome = outcomeOf(completion?.type)
    const process = processes.position(String(invoke.process))
    processIds[process] ??= invoke.process
    const node = completion?.node ?? invoke.node ?? ''
    const error = completion?.error
    columns.index[at] = zigzag(invoke.index - lastIndex)
    columns.completion[at] = completion === undefined ? 0 : completion.index - invoke.index
    columns.start[at] = start - lastStart
    columns.duration[at] = completion === undefined ? OPEN : Math.max(0, ticks(completion.timeNs) - start)
    columns.process[at] = process
    columns.key[at] = invoke.key === undefined ? 0 : keys.position(String(invoke.key))
    columns.f[at] = functions.position(invoke.f)
    columns.node[at] = nodes.position(node)
    columns.outcome[at] = outcome + (invoke.final === true ? FINAL : 0)
    columns.input[at] = encodeValue(invoke.value, texts, textLimit)
    columns.output[at] = outcome === OUTCOME.ok ? encodeValue(completion?.value, texts, textLimit) : 0
    columns.error[at] = error === undefined || error === null ? 0 : texts.position(errorText(error, textLimit)) + 1
    lastIndex = invoke.index
    lastStart = start
  }
  return {
    facts: {
      rows: rows.length,
      baseNs,
      unitNs,
      processes: processIds,
      keys: keys.texts,
      functions: functions.texts,
      nodes: nodes.texts,
    },
    columns,
    texts: texts.texts,
  }
}

/** Nanoseconds while the whole run fits 32 bits of them; else the finest unit in which every gap and duration fits. */
function unitFor(rows: readonly Row[]): number {
  let longestNs = 0
  let endNs = 0
  let lastNs = rows[0]?.invoke.timeNs ?? 0
  for (const {invoke, completion} of rows) {
    const durationNs = completion === undefined ? 0 : completion.timeNs - invoke.timeNs
    longestNs = Math.max(longestNs, durationNs, invoke.timeNs - lastNs)
    endNs = Math.max(endNs, invoke.timeNs)
    lastNs = invoke.timeNs
  }
  // Nanoseconds cost two more bytes per time that do not compress, and nobody sees them in a run of minutes.
  if (Math.max(longestNs, endNs - (rows[0]?.invoke.timeNs ?? 0)) < OPEN) return 1
  for (const unitNs of [1e3, 1e6]) if (longestNs / unitNs < OPEN) return unitNs
  return 1e9
}

function outcomeOf(type: OpType | undefined): number {
  return type === 'ok' || type === 'fail' ? OUTCOME[type] : OUTCOME.info
}

function errorText(error: unknown, limit: number): string {
  if (typeof error === 'string') return error.length > limit ? `${error.slice(0, limit)}…` : error
  if (error instanceof Error) return error.message
  return (JSON.stringify(error, (_, value) => (typeof value === 'bigint' ? String(value) : value)) ?? '').slice(
    0,
    limit,
  )
}
