/** A case as Markdown, to be pasted into an issue: what happened, the operations, why, what led to it, how to bring it back. */
import type {Payload} from '../../payload.ts'
import type {Case} from '../data/cases.ts'
import type {Table} from '../data/table.ts'
import {moment} from '../data/time.ts'
import {leadUpOf} from '../lead-up/model.ts'
import {summaryOf} from '../lead-up/summary.ts'
import {OUTCOME_WORD} from '../panel/Outcome.tsx'

const OPERATION_LIMIT = 20

export function caseMarkdown(table: Table, payload: Payload, each: Case): string {
  const {run} = payload
  const {anomaly, verdict} = each
  const leadUp = leadUpOf(table, payload, each)
  const rows = [...new Set(each.indices.flatMap((index) => table.rowOf(index) ?? []))].sort((a, b) => a - b)
  const more = rows.length - OPERATION_LIMIT
  const facts = [
    run.target ?? run.id,
    run.workload,
    run.bugs?.join(', '),
    run.seed === undefined ? '' : `seed ${run.seed}`,
  ]
  const summary = leadUp === undefined ? [] : summaryOf(table, payload, each, leadUp)
  return [
    `### ${plain(anomaly?.sentence ?? verdict.reason ?? verdict.summary)}`,
    plain([anomaly?.type ?? 'inconclusive', verdict.property, ...facts].filter(Boolean).join(' · ')),
    list(rows.slice(0, OPERATION_LIMIT).map((row) => operation(table, each, row))),
    more > 0 ? `and ${more} more operations` : '',
    titled('Why', (anomaly?.why ?? []).map(plain)),
    titled('What led to it', [
      ...summary.map(plain),
      ...(leadUp?.rows ?? []).map((row) => `${moment(row.ns)}: ${plain(row.text)}`),
    ]),
    run.reproduce === undefined ? '' : `**Reproduce**\n\n${fenced(run.reproduce)}`,
  ]
    .filter((part) => part !== '')
    .join('\n\n')
}

function operation(table: Table, {counterexample}: Case, row: number): string {
  const node = table.node(row)
  const until = table.isOpen(row) ? 'never answered' : moment(table.endNs[row]!)
  const mark = counterexample?.impossible === table.index[row] ? ' ✘ no order explains this' : ''
  return `#${table.index[row]} p${plain(table.process(row))}${node === '' ? '' : ` at ${plain(node)}`}: ${code(table.words(row, true))}, ${moment(table.startNs[row]!)} to ${until}, ${OUTCOME_WORD[table.outcome(row)]}${mark}`
}

function titled(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? '' : `**${title}**\n\n${list(lines)}`
}

function list(lines: readonly string[]): string {
  return lines.map((line) => `- ${line}`).join('\n')
}

/** What nodes and clients say is text, not markup. */
function plain(text: string): string {
  return text.replaceAll(/[\r\n]+/g, ' ').replaceAll(/[\\`*_[\]<>|~]/g, (sign) => `\\${sign}`)
}

/** A code span that no backtick within it can end. */
function code(text: string): string {
  const line = text.replaceAll(/[\r\n]+/g, ' ')
  const longest = Math.max(0, ...[...line.matchAll(/`+/g)].map(([run]) => run.length))
  const fence = '`'.repeat(longest + 1)
  return longest === 0 ? `${fence}${line}${fence}` : `${fence} ${line} ${fence}`
}

function fenced(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length))
  const fence = '`'.repeat(longest + 1)
  return `${fence}sh\n${text}\n${fence}`
}
