/**
 * A witness drawn for the terminal: one line an operation, a bar on a common axis, and what is to be noticed about it.
 *
 *     #4102 p2  write 3        12.288 ├──┤ 12.310  ok
 *     #4129 p0  write 9        12.508            ├──────────▶  unknown
 *     #4130 p4  read → 3       12.511             ├──┤ 12.519  ok   ✘ no order explains this
 */
import type {FaultWindow, History} from '../../core/history.ts'
import type {Operation} from '../../core/op.ts'
import {sameValue, showValue} from '../../core/value.ts'
import type {Anomaly} from '../../core/verdict.ts'
import type {Style} from './style.ts'

/** Columns for the bars. */
const AXIS = 34
/** Operations that are drawn; a witness of more is cut, and says so. */
const DRAWN = 14
/** Characters of a value in a label. */
const LABEL = 48

/** The drawing, without indentation. Empty where the witness names no client operation. */
export function drawWitness(anomaly: Anomaly, history: History, style: Style): string[] {
  const wanted = new Set(anomaly.counterexample?.operations ?? anomaly.witness)
  const found = [...wanted].flatMap((index) => history.operationWith(index) ?? [])
  const all = [...new Map(found.map((operation) => [operation.invoke.index, operation])).values()].sort(
    (left, right) => left.invoke.index - right.invoke.index,
  )
  if (all.length === 0) return []
  const operations = drawn(all, anomaly.counterexample?.impossible)
  // A history without times has them made up from the places of its ops: the order is true, the seconds are not.
  const timed = operations.some(({invoke}) => invoke.timeNs !== invoke.index)
  const fromNs = Math.min(...operations.map(({startNs}) => startNs))
  const lastNs = Math.max(...operations.map(({startNs, endNs}) => (Number.isFinite(endNs) ? endNs : startNs)))
  const toNs = Math.max(lastNs, fromNs + 1)
  const column = (ns: number) => Math.round(((Math.min(ns, toNs) - fromNs) / (toNs - fromNs)) * (AXIS - 2))
  const rows = operations.map((operation) => ({operation, label: labelOf(operation)}))
  const width = Math.max(...rows.map(({label}) => label.length))
  const lines = rows.map(({operation, label}) => {
    const impossible = operation.invoke.index === anomaly.counterexample?.impossible
    const line = `${label.padEnd(width)}  ${bar(operation, column, timed)}  ${outcomeOf(operation)}`
    return impossible ? style.bad(`${line}   ✘ no order explains this`) : line
  })
  if (all.length > DRAWN) lines.push(style.dim(`… and ${all.length - DRAWN} more operations (--json names them all)`))
  const bands = history.faults.filter((fault) => fault.startNs < toNs && fault.endNs > fromNs)
  return [...lines, ...bands.slice(0, 3).map((fault) => style.warn(band(fault, width, column, fromNs, toNs)))]
}

/** As many as there is room for; never without the one that the story is about. */
function drawn(all: readonly Operation[], impossible: number | undefined): readonly Operation[] {
  const first = all.slice(0, DRAWN)
  const culprit = all.find(({invoke}) => invoke.index === impossible)
  return culprit === undefined || first.includes(culprit) ? first : [...first.slice(0, -1), culprit]
}

function labelOf({invoke, process, f, key, input, output, outcome}: Operation): string {
  // A read asks for nothing and is answered; a transaction is answered by itself, with its reads filled in.
  const asks = f !== 'read' && input !== null
  const asked = !asks ? '' : ` ${short(f === 'txn' && outcome === 'ok' ? output : input)}`
  const showsOutput = outcome === 'ok' && f !== 'txn' && (asks ? output !== null && !sameValue(output, input) : true)
  const answered = showsOutput && (f === 'read' || output !== null) ? ` → ${short(output)}` : ''
  return `#${invoke.index} p${process}  ${f}${key === undefined ? '' : ` ${key}`}${asked}${answered}`
}

/** A value in a label: of a long list its first elements, of anything else that is long both ends. */
function short(value: unknown): string {
  let text = showValue(value)
  for (let items = 11; items > 3 && text.length > LABEL; items--) text = showValue(value, items)
  return text.length <= LABEL ? text : `${text.slice(0, LABEL / 2)}…${text.slice(1 - LABEL / 2)}`
}

function bar({startNs, endNs, outcome}: Operation, column: (ns: number) => number, timed: boolean): string {
  const start = column(startNs)
  const open = outcome === 'info'
  const end = open ? AXIS - 1 : Math.max(column(endNs), start + 1)
  const line = `${' '.repeat(start)}├${'─'.repeat(Math.max(0, end - start - 1))}${open ? '▶' : '┤'}`
  if (!timed) return line.padEnd(AXIS)
  return `${seconds(startNs)} ${line.padEnd(AXIS)} ${open ? '      ' : seconds(endNs)}`
}

function band(fault: FaultWindow, width: number, column: (ns: number) => number, fromNs: number, toNs: number): string {
  const start = column(Math.max(fault.startNs, fromNs))
  const end = column(Math.min(fault.endNs, toNs)) + 1
  const shade = `${' '.repeat(start)}${'░'.repeat(Math.max(1, end - start))}`
  const until = Number.isFinite(fault.endNs) ? seconds(fault.endNs) : 'the end'
  const label = fault.fault.padEnd(width)
  return `${label}  ${' '.repeat(6)} ${shade.padEnd(AXIS)}  ${fault.description}  ${seconds(fault.startNs)} → ${until}`
}

function outcomeOf({outcome}: Operation): string {
  if (outcome === 'ok') return 'ok'
  return outcome === 'fail' ? 'failed' : 'unknown (may or may not have happened)'
}

function seconds(ns: number): string {
  return (ns / 1e9).toFixed(3).padStart(6)
}
