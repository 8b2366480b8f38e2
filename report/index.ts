/**
 * The report: a run as one self-contained HTML page that works from `file://`, offers its evidence before its charts, and
 * still says the essential without JavaScript. This file is the story; the browser half is in `app/`.
 */

import type {FaultWindow} from '../core/history.ts'
import {isClientOp, type Op} from '../core/op.ts'
import {showCount} from '../core/quantities.ts'
import {consistencyOf} from '../core/verdict-detail.ts'
import {type Bundle, readBundle} from './bundle.ts'
import {marksOf} from './events.ts'
import {evidenceIndices, evidenceSpans, type Trimmed, touches, trimJudgement} from './evidence.ts'
import {faultsOf} from './faults.ts'
import type {ReportInput} from './input.ts'
import {leadershipsOf} from './leadership.ts'
import {capLog, omittedLines} from './logs.ts'
import {type Parts, page} from './page.ts'
import {PAYLOAD_FORMAT, type Payload, type PayloadLog, type Totals} from './payload.ts'
import {storiesOf} from './stories/index.ts'
import {pairLeniently, type Row, tabulate} from './tabulate.ts'
import {FULL, HARD_LIMIT_BYTES, SOFT_LIMIT_BYTES, type Thinning, thin, thinner} from './thinning.ts'

export type {Bundle} from './bundle.ts'
export type {Artefact, LogLine, NodeLog, PlanSummary, ReportInput, ResolvedOption, RunFacts} from './input.ts'

export interface RenderOptions {
  /** The browser half; read from the built package by default. */
  readonly app?: Bundle
  /** Above this, long values and logs are shortened. */
  readonly softLimitBytes?: number
  /** Above this, operations outside the evidence are left out. */
  readonly hardLimitBytes?: number
}

/**
 * The page, as text to be written to `report.html` (UTF-8). Never fails for what a history contains; throws
 * EnvironmentError when the package was not built.
 */
export function renderReport(input: ReportInput, options: RenderOptions = {}): string {
  const {app = readBundle(), softLimitBytes = SOFT_LIMIT_BYTES, hardLimitBytes = HARD_LIMIT_BYTES} = options
  const timed = withTimes(input)
  const rows = pairLeniently(timed.ops)
  const trimmed = trimJudgement(timed.judgement)
  const stories = storiesOf(trimmed.judgement, timed.judgement, rows)
  for (let thinning = FULL; ; ) {
    const parts = compose(timed, rows, {...trimmed, stories}, thinning)
    const html = page(parts, app)
    const next = thinner(thinning, Buffer.byteLength(html), longestOf(parts), softLimitBytes, hardLimitBytes)
    if (next === undefined) return html
    thinning = next
  }
}

/** What does not depend on how much is left out. */
interface Shown extends Trimmed {
  readonly stories: Payload['stories']
}

/** Everything the page carries, at this thinning. */
function compose(input: ReportInput, allRows: readonly Row[], shown: Shown, thinning: Thinning): Parts {
  const {judgement, notes, stories} = shown
  const transactional = judgement.verdicts.some((verdict) => consistencyOf(verdict) !== undefined)
  const evidence = evidenceIndices(judgement)
  const spans = evidenceSpans(allRows, evidence, thinning.marginNs)
  const rows = thin(allRows, thinning.share, evidence, spans)
  const table = tabulate(rows, thinning.textLimit)
  const logs = input.logs.map((log) => capLog(log, spans, thinning.logBytesPerNode))
  const endNs = Math.max(input.ops.at(-1)?.timeNs ?? 0, ...input.faults.map((fault) => fault.startNs))
  const payload: Payload = {
    format: PAYLOAD_FORMAT,
    run: input.run,
    judgement,
    totals: totalsOf(input, allRows, rows.length),
    table: table.facts,
    endNs,
    faults: faultsOf(input.faults, input.ops),
    nodes: nodesOf(input, table.facts.nodes),
    leaderships: leadershipsOf(input.events, input.faults, endNs),
    marks: marksOf(input.events, spans),
    plan: input.plan ?? null,
    stats: input.stats ?? {},
    notes: [
      ...(input.notes ?? []),
      ...notes,
      ...omissions(allRows.length, rows.length, thinning, logs),
      ...timeNote(input),
    ],
    stories,
    weaker: transactional ? (input.weaker ?? {}) : {},
  }
  return {payload, table, logs, evidence: rows.filter((row) => touches(evidence, row))}
}

/** Characters of the longest value, and of the longest log. */
function longestOf({table, logs}: Parts): {text: number; log: number} {
  const sizes = logs.map(({lines}) => lines.reduce((sum, line) => sum + line[1].length, 0))
  return {text: table.texts.reduce((most, text) => Math.max(most, text.length), 0), log: Math.max(0, ...sizes)}
}

function totalsOf(input: ReportInput, rows: readonly Row[], shown: number): Totals {
  let ok = 0
  let fail = 0
  for (const {completion} of rows) {
    if (completion?.type === 'ok') ok++
    else if (completion?.type === 'fail') fail++
  }
  return {
    operations: rows.length,
    ok,
    fail,
    info: rows.length - ok - fail,
    faults: input.faults.length,
    faultsVerified: input.faults.filter((fault) => fault.verified).length,
    shown,
  }
}

/** The nodes of the cluster. A log may also be a proxy's or the harness's; it names a node only if nothing else does. */
function nodesOf(input: ReportInput, clientNodes: readonly string[]): string[] {
  if (input.run.nodes !== undefined) return [...input.run.nodes]
  const seen = [...input.events.map((event) => event.node), ...clientNodes.filter((node) => node !== '')]
  const known = new Set(seen.length > 0 ? seen : input.logs.map((log) => log.node))
  // n10 belongs after n9.
  return [...known].sort((left, right) => left.localeCompare(right, 'en', {numeric: true}))
}

/** What this page leaves out, in words. */
function omissions(all: number, shown: number, thinning: Thinning, logs: readonly PayloadLog[]): string[] {
  const notes: string[] = []
  if (shown < all) {
    notes.push(
      `This page shows ${showCount(shown)} of ${showCount(all)} operations: all of the evidence and its surroundings, and an even sample of the rest. history.jsonl has every one.`,
    )
  }
  if (thinning.textLimit < FULL.textLimit) {
    notes.push(`Values longer than ${thinning.textLimit} characters are shortened to keep this page small.`)
  }
  const omitted = logs.reduce((sum, log) => sum + omittedLines(log), 0)
  if (omitted > 0) {
    notes.push(`${showCount(omitted)} log lines are left out; the files in logs/ have them.`)
  }
  return notes
}

/** Some histories carry no times. Their order is then drawn in place of the time: a millisecond per op. */
function withTimes(input: ReportInput): ReportInput {
  if (hasTimes(input.ops)) return input
  const atIndex = (index: number) => index * 1e6
  const faults = input.faults.map(
    (fault): FaultWindow => ({
      ...fault,
      askedNs: atIndex(fault.startIndex),
      startNs: atIndex(fault.startIndex),
      endNs: fault.endIndex === undefined ? Number.POSITIVE_INFINITY : atIndex(fault.endIndex),
    }),
  )
  const run = {...input.run, clock: TIMELESS}
  return {...input, run, faults, ops: input.ops.map((op) => ({...op, timeNs: atIndex(op.index)}))}
}

const TIMELESS = 'none: one millisecond per op stands for the order'

function timeNote(input: ReportInput): string[] {
  return input.run.clock === TIMELESS ? ['This history carries no times; the order of its ops is drawn instead.'] : []
}

function hasTimes(ops: readonly Op[]): boolean {
  const first = ops.find(isClientOp)
  if (first === undefined || ops.length < 3) return true
  // Readers of formats without times put the places of ops in their stead.
  return ops.some((op) => op.timeNs !== first.timeNs) && ops.some((op) => op.timeNs !== op.index)
}
