/**
 * What the page is showing: one object of signals, shared by every view, so that the window, the cursor and the selection
 * are the same everywhere.
 */
import {batch, effect, type Signal, signal} from '@preact/signals'
import type {Verdict} from '../../core/verdict.ts'
import {type ConsistencyDetail, consistencyOf} from '../../core/verdict-detail.ts'
import {type Case, casesOf} from './data/cases.ts'
import type {Report} from './data/load.ts'
import {search, searchInSlices} from './data/search.ts'
import {lowerBound} from './data/table.ts'
import {clampSpan, type Span} from './data/time.ts'

/** In their order, where nothing is broken. */
export const TABS = [
  'counterexample',
  'timeline',
  'transactions',
  'performance',
  'network',
  'logs',
  'environment',
] as const
export type Tab = (typeof TABS)[number]

export type Selection = {readonly kind: 'op'; readonly row: number} | {readonly kind: 'fault'; readonly at: number}

/** The moment that the logs are to show. */
export interface LogMoment {
  /** Whose log is asked for. */
  readonly node: string
  readonly ns: number
  /** What happened then. */
  readonly text: string
}

/** A table of at most so many rows is searched at every keystroke, without a pause. */
const AT_ONCE_ROWS = 100_000

export class Store {
  readonly report: Report
  readonly cases: readonly Case[]
  /** The verdicts that speak of consistency models. */
  readonly transactional: readonly {readonly verdict: Verdict; readonly consistency: ConsistencyDetail}[]
  readonly tabs: readonly Tab[]
  readonly full: Span
  readonly tab: Signal<Tab>
  /** The window of time that every chart shows. */
  readonly view: Signal<Span>
  readonly selection: Signal<Selection | undefined> = signal(undefined)
  /** Where the pointer is, on the time axis; drawn in every chart. */
  readonly cursorNs: Signal<number | undefined> = signal(undefined)
  readonly caseAt: Signal<number> = signal(0)
  readonly query: Signal<string> = signal('')
  /** Rows that the search found; undefined without a search. */
  readonly matches: Signal<Uint32Array | undefined> = signal(undefined)
  readonly logAt: Signal<LogMoment | undefined> = signal(undefined)
  readonly helpOpen: Signal<boolean> = signal(false)
  readonly propertiesOpen: Signal<boolean> = signal(false)
  /** Rows that some anomaly points at, ascending: what n and p step through. */
  readonly evidence: Uint32Array
  readonly impossible: ReadonlySet<number>
  /** Set by the search box, so that `/` can reach it. */
  focusSearch: (() => void) | undefined

  constructor(report: Report) {
    this.report = report
    this.cases = casesOf(report.payload)
    this.transactional = report.payload.judgement.verdicts.flatMap((verdict) => {
      const consistency = consistencyOf(verdict)
      return consistency === undefined ? [] : [{verdict, consistency}]
    })
    // A ladder's answer is its rungs.
    this.propertiesOpen.value = report.payload.judgement.verdicts.some(({checker}) => checker === 'ladder')
    this.tabs = tabsFor(this.cases, this.transactional.length > 0)
    this.full = fullSpan(report)
    this.tab = signal(this.firstTab)
    this.view = signal(this.full)
    effect(() => this.#search(this.query.value))
    const {table} = report
    const indices = new Set(this.cases.flatMap((each) => [...each.indices]))
    const impossible = new Set(this.cases.flatMap(({counterexample}) => counterexample?.impossible ?? []))
    this.evidence = rowsTouching(report, indices)
    this.impossible = new Set([...impossible].flatMap((index) => table.rowOf(index) ?? []))
  }

  /** What a page opens on: the worst case, else whatever comes first. */
  get firstTab(): Tab {
    return this.cases[0]?.tab ?? (this.tabs[0] as Tab)
  }

  /** Positions of the cases that a tab shows. */
  casesOf(tab: Tab): number[] {
    return this.cases.flatMap((each, at) => (each.tab === tab ? [at] : []))
  }

  /** Shows a case in its tab. */
  showCase(at: number): void {
    const each = this.cases[at]
    if (each === undefined) return
    batch(() => {
      this.caseAt.value = at
      this.tab.value = each.tab
    })
  }

  /** Shows this operation's details, and brings it into view. */
  select(row: number): void {
    const {table} = this.report
    batch(() => {
      this.selection.value = {kind: 'op', row}
      const {fromNs, toNs} = this.view.value
      const startNs = table.startNs[row]!
      if (startNs < fromNs || startNs > toNs) this.centre(startNs)
    })
  }

  /** Opens the logs at this moment, this node's first. */
  showLog(moment: LogMoment): void {
    batch(() => {
      this.logAt.value = moment
      this.selection.value = undefined
      this.tab.value = 'logs'
    })
  }

  centre(timeNs: number): void {
    const {fromNs, toNs} = this.view.value
    const half = (toNs - fromNs) / 2
    this.look({fromNs: timeNs - half, toNs: timeNs + half})
  }

  look(span: Span): void {
    this.view.value = clampSpan(span, this.full)
  }

  /** Zooms by `factor` (below 1: closer) around a moment, the middle of the window by default. */
  zoom(factor: number, aroundNs?: number): void {
    const {fromNs, toNs} = this.view.value
    const pivot = aroundNs ?? (fromNs + toNs) / 2
    this.look({fromNs: pivot - (pivot - fromNs) * factor, toNs: pivot + (toNs - pivot) * factor})
  }

  /** The timeline around these rows, with some air. */
  lookAt(rows: ArrayLike<number>): void {
    const {table} = this.report
    let fromNs = Number.POSITIVE_INFINITY
    let toNs = Number.NEGATIVE_INFINITY
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i]!
      fromNs = Math.min(fromNs, table.startNs[row]!)
      toNs = Math.max(toNs, table.isOpen(row) || table.outcome(row) === 2 ? table.startNs[row]! : table.endNs[row]!)
    }
    if (fromNs > toNs) return
    const air = Math.max((toNs - fromNs) * 0.35, 1e6)
    this.look({fromNs: fromNs - air, toNs: toNs + air})
  }

  /** Selects the next (or previous) operation of the same lane. */
  step(direction: 1 | -1): void {
    const {table} = this.report
    const row = this.#selectedRow()
    if (row === undefined) {
      this.#selectSomething()
      return
    }
    const lane = table.lanes[table.laneOf[row]!]
    const next = lane?.rows[table.place[row]! + direction]
    if (next !== undefined) this.select(next)
  }

  /** Selects the operation of the next lane that is nearest in time. */
  stepLane(direction: 1 | -1): void {
    const {table} = this.report
    const row = this.#selectedRow()
    if (row === undefined) {
      this.#selectSomething()
      return
    }
    const lane = table.lanes[table.laneOf[row]! + direction]
    if (lane === undefined || lane.rows.length === 0) return
    const place = Math.min(lowerBound(lane.rows, table.startNs, table.startNs[row]!), lane.rows.length - 1)
    this.select(lane.rows[place]!)
  }

  /** Shows the next (or previous) case of the tab; where there is none, selects the next piece of evidence. */
  stepCase(direction: 1 | -1): void {
    const cases = this.casesOf(this.tab.value)
    if (cases.length < 2) {
      this.stepEvidence(direction)
      return
    }
    const at = cases.indexOf(this.caseAt.value)
    this.selection.value = undefined
    this.showCase(cases[(Math.max(at, 0) + direction + cases.length) % cases.length]!)
  }

  /** Selects the next (or previous) piece of evidence; of the search results while there is a search. */
  stepEvidence(direction: 1 | -1): void {
    const rows = this.matches.value ?? this.evidence
    if (rows.length === 0) return
    const row = this.#selectedRow()
    const from = row ?? (direction === 1 ? -1 : Number.POSITIVE_INFINITY)
    const next = direction === 1 ? rows.find((each) => each > from) : rows.findLast((each) => each < from)
    this.select(next ?? rows[direction === 1 ? 0 : rows.length - 1]!)
  }

  #search(query: string): void {
    const {table} = this.report
    if (query.trim() === '' || table.rows <= AT_ONCE_ROWS) {
      this.matches.value = search(table, query)
      return
    }
    const isWanted = () => this.query.peek() === query
    void searchInSlices(table, query, isWanted).then((found) => {
      if (isWanted()) this.matches.value = found
    })
  }

  #selectedRow(): number | undefined {
    const selection = this.selection.value
    return selection?.kind === 'op' ? selection.row : undefined
  }

  #selectSomething(): void {
    const {table} = this.report
    const first = this.evidence[0] ?? table.startNs.findIndex((startNs) => startNs >= this.view.value.fromNs)
    if (first >= 0 && first < table.rows) this.select(first)
  }
}

/** Evidence comes before charts. */
function tabsFor(cases: readonly Case[], transactional: boolean): Tab[] {
  const broken = new Set<Tab>(cases.map(({tab}) => tab))
  const rest = TABS.filter((tab) => !broken.has(tab) && tab !== 'counterexample')
  return [...TABS.filter((tab) => broken.has(tab)), ...rest.filter((tab) => tab !== 'transactions' || transactional)]
}

function fullSpan({payload, table}: Report): Span {
  let toNs = payload.endNs
  for (let row = 0; row < table.rows; row++) if (!table.isOpen(row)) toNs = Math.max(toNs, table.endNs[row]!)
  const fromNs = Math.min(0, table.startNs[0] ?? 0)
  return {fromNs, toNs: Math.max(toNs, fromNs + 1000)}
}

/** Rows whose invocation or completion is among these indices. */
function rowsTouching({table}: Report, indices: ReadonlySet<number>): Uint32Array {
  const rows = new Set([...indices].flatMap((index) => table.rowOf(index) ?? []))
  return Uint32Array.from(rows).sort()
}
