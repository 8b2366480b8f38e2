/**
 * What led to a violation, from the record alone: the operations that prove it, the faults in force, what the nodes said
 * of elections and of each other, and which acknowledged writes could not reach the node that answered. Messages of
 * clients are known from operations; messages between nodes only where an event names them; nothing is guessed.
 */
import {OUTCOME, type Payload, type PayloadFault} from '../../payload.ts'
import type {Case} from '../data/cases.ts'
import {faultWords} from '../data/faults.ts'
import type {Table} from '../data/table.ts'
import {duration, moment} from '../data/time.ts'
import {eventRows} from './event-rows.ts'
import {missedRows} from './missed.ts'
import type {Arrow, Lane, Row} from './row.ts'
import {stopsMessages, stopsSomebody} from './states.ts'

export interface LeadUp {
  readonly lanes: readonly Lane[]
  readonly rows: readonly Row[]
  /** Rows left out for want of room. */
  readonly omitted: number
}

/** Of a large witness the operation that proves it and those before it. */
const OPERATION_LIMIT = 8
const FAULT_LIMIT = 6
const ROW_LIMIT = 34
const LANE_LIMIT = 14
const WORDS_LIMIT = 110

/** Undefined where nothing is known but the operations themselves: then the other drawing says it all. */
export function leadUpOf(table: Table, payload: Payload, each: Case): LeadUp | undefined {
  if (each.anomaly === undefined) return undefined
  const index = each.counterexample?.impossible
  const impossible = index === undefined ? undefined : table.rowOf(index)
  const focal = focalRows(table, each, impossible)
  if (focal.length === 0 || focal.every((row) => table.node(row) === '')) return undefined
  const endOf = (row: number) => (isUnanswered(table, row) ? table.startNs[row]! : table.endNs[row]!)
  const toNs = impossible === undefined ? Math.max(...focal.map(endOf)) : endOf(impossible)
  const startNs = Math.min(...focal.map((row) => table.startNs[row]!))
  const faults = faultsWithin(payload.faults, startNs, toNs)
  const fromNs = Math.min(startNs, ...faults.filter(stopsSomebody).map((fault) => fault.askedNs))
  // What stopped a node meanwhile belongs to it too, but does not reach back further.
  const within = faultsWithin(payload.faults, fromNs, toNs)
  const others = [...within.flatMap((fault) => faultRows(fault, toNs)), ...eventRows(payload, fromNs, toNs)]
  const operations = focal.flatMap((row) => operationRows(table, row, others, impossible))
  const missed = impossible === undefined ? [] : missedRows(table, payload, focal, impossible)
  const all = [...others, ...operations, ...missed].sort((left, right) => left.ns - right.ns)
  const rows = heaviest(all, ROW_LIMIT)
  return {lanes: lanesOf(table, payload, focal, rows), rows, omitted: all.length - rows.length}
}

function focalRows(table: Table, each: Case, impossible: number | undefined): number[] {
  const rows = new Set(each.indices.flatMap((index) => table.rowOf(index) ?? []))
  if (impossible !== undefined) rows.add(impossible)
  const sorted = [...rows].sort((left, right) => left - right)
  const before = sorted.filter((row) => row !== impossible).slice(-OPERATION_LIMIT + 1)
  return sorted.filter((row) => row === impossible || before.includes(row))
}

function isUnanswered(table: Table, row: number): boolean {
  return table.isOpen(row) || table.outcome(row) === OUTCOME.info
}

/** Faults in force between these moments: those that stop messages first, then the latest. */
function faultsWithin(faults: readonly PayloadFault[], fromNs: number, toNs: number): PayloadFault[] {
  return faults
    .filter((fault) => fault.askedNs <= toNs && (fault.endNs ?? Number.POSITIVE_INFINITY) >= fromNs)
    .sort((left, right) => Number(stopsMessages(right)) - Number(stopsMessages(left)) || right.startNs - left.startNs)
    .slice(0, FAULT_LIMIT)
}

/** When it was asked for, and when its end was. */
function faultRows(fault: PayloadFault, toNs: number): Row[] {
  const words = faultWords(fault)
  const {askedNs, startNs, healingNs, endNs, victims} = fault
  const base = {kind: 'fault', arrows: [], nodes: victims, weight: 8} as const
  const since = startNs - askedNs < 1e6 ? '' : `, in force from ${moment(startNs)} at the latest`
  const seen = fault.verified ? since : ', not seen to take effect'
  const begins: Row = {...base, ns: askedNs, text: `${words} begins${seen}`}
  if (healingNs === null || healingNs > toNs) return [begins]
  const until = endNs === null || endNs - healingNs < 1e6 ? '' : `, gone by ${moment(endNs)}`
  return [begins, {...base, ns: healingNs, text: `${words} is undone${until}`}]
}

/** Long values are cut; the panel has them whole. */
function wordsOf(table: Table, row: number): string {
  const words = table.words(row, true)
  return words.length > WORDS_LIMIT ? `${words.slice(0, WORDS_LIMIT - 1)}…` : words
}

/** One row where nothing else happened between request and answer, else one each. */
function operationRows(table: Table, row: number, others: readonly Row[], impossible: number | undefined): Row[] {
  const node = table.node(row)
  const client = `p${table.process(row)}`
  const [startNs, endNs] = [table.startNs[row]!, table.endNs[row]!]
  const name = `#${table.index[row]}`
  const wrong = row === impossible
  const base = {kind: 'operation', nodes: node === '' ? [] : [node], weight: wrong ? 10 : 9, wrong} as const
  const asks: Arrow[] = node === '' ? [] : [{from: client, to: node, kind: 'request'}]
  const answers: Arrow[] = node === '' ? [] : [{from: node, to: client, kind: 'reply'}]
  if (isUnanswered(table, row)) {
    const error = table.error(row)
    const text = `${name} ${wordsOf(table, row)}: no answer${error === '' ? '' : ` (${error})`}, it may take effect or not`
    return [{...base, ns: startNs, text, arrows: asks}]
  }
  const failed = table.outcome(row) === OUTCOME.fail ? `: failed ${table.error(row)}` : ''
  const text = `${name} ${wordsOf(table, row)}${failed}`
  if (!others.some(({ns}) => ns > startNs && ns < endNs)) {
    return [{...base, ns: endNs, text: `${text}, ${duration(endNs - startNs)}`, arrows: [...asks, ...answers]}]
  }
  return [
    {
      ...base,
      ns: startNs,
      text: `${name} ${table.f(row)} ${table.key(row)} asked`,
      arrows: asks,
      weight: 7,
      wrong: false,
    },
    {...base, ns: endNs, text: `${text}, answered after ${duration(endNs - startNs)}`, arrows: answers},
  ]
}

/** The rows that say most, still in the order of time; of equals the later ones, which are nearer to the violation. */
function heaviest(rows: readonly Row[], limit: number): Row[] {
  const byWeight = [...rows.keys()].sort((left, right) => rows[right]!.weight - rows[left]!.weight || right - left)
  const kept = new Set(byWeight.slice(0, limit))
  return rows.filter((_, at) => kept.has(at))
}

/** Clients of the operations, then every node while there is room, else those that take part. */
function lanesOf(table: Table, {nodes}: Payload, focal: readonly number[], rows: readonly Row[]): Lane[] {
  const byNumber = (left: string, right: string) => left.localeCompare(right, 'en', {numeric: true})
  const clients = [...new Set(focal.map((row) => `p${table.process(row)}`))].sort(byNumber)
  const active = new Set(rows.flatMap((row) => [...row.nodes, ...row.arrows.flatMap(({from, to}) => [from, to])]))
  const known = new Set([...nodes, ...focal.map((row) => table.node(row)).filter((node) => node !== '')])
  const all = [...known].sort(byNumber)
  const shown = clients.length + all.length <= LANE_LIMIT ? all : all.filter((node) => active.has(node))
  return [
    ...clients.map((name): Lane => ({name, kind: 'client'})),
    ...shown.map((name): Lane => ({name, kind: 'node'})),
  ]
}
