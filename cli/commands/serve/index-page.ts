/**
 * The page of `chaos serve`: every run in a table with filters, and how each target and workload fared over time. Plain HTML
 * and SVG; the form asks the server again, so it needs no script, and its policy allows none.
 */
import {existsSync} from 'node:fs'
import {join} from 'node:path'
import {counted, showDuration} from '../../../core/quantities.ts'
import {escapeHtml} from '../../../report/escape.ts'
import type {RunState, RunSummary} from '../../../runner/runs.ts'
import {STYLE} from './style.ts'
import {cellOf, trendsOf} from './trends.ts'

/** What the form asks for; an empty text stands for everything. */
export interface Filter {
  /** Part of the name, the sentence, the faults or the seed. */
  readonly text: string
  readonly state: string
  /** `raft/register` */
  readonly cell: string
}

const MARKS: Readonly<Record<RunState, string>> = {
  valid: '✔ pass',
  invalid: '✘ fail',
  unknown: '? unknown',
  running: '… running',
  interrupted: '‖ interrupted',
  'ended early': '! ended early',
  damaged: '! damaged',
}

const COLUMNS = ['verdict', 'target / workload', 'faults', 'seed', 'started (UTC)', 'what was found', 'files'] as const

/** Rows of the table that are shown; the filters narrow the rest. */
const ROWS = 500
const REFRESH_S = 3

export function indexPage(runs: readonly RunSummary[], filter: Filter): string {
  const found = runs.filter((run) => fits(run, filter))
  const going = runs.some(({state}) => state === 'running')
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>chaos: ${counted(runs.length, 'run')}</title>
<meta http-equiv="content-security-policy" content="default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; img-src data:">
<meta name="viewport" content="width=device-width">
<link rel="icon" href="data:,">
${going ? `<meta http-equiv="refresh" content="${REFRESH_S}">` : ''}
<style>${STYLE}</style></head><body>
<h1>chaos <small>${found.length === runs.length ? counted(runs.length, 'run') : `${found.length} of ${counted(runs.length, 'run')}`}</small></h1>
${formOf(runs, filter)}
${trendsOf(found)}
<div class="scroll"><table id="runs"><thead><tr>${COLUMNS.map((name) => `<th>${name}</th>`).join('')}</tr></thead><tbody>
${found.slice(0, ROWS).map(rowOf).join('\n')}
</tbody></table></div>
${found.length > ROWS ? `<p>and ${found.length - ROWS} more: narrow the filters</p>` : ''}
${runs.length === 0 ? '<p>No runs yet: <code>chaos run</code></p>' : ''}
</body></html>
`
}

function fits(run: RunSummary, {text, state, cell}: Filter): boolean {
  const {name, sentence, facts} = run
  const words = [name, sentence, facts?.faults.join(','), facts?.seed, facts?.bugs.join(',')].join(' ').toLowerCase()
  return (
    words.includes(text.toLowerCase()) && (state === '' || run.state === state) && (cell === '' || cellOf(run) === cell)
  )
}

function formOf(runs: readonly RunSummary[], {text, state, cell}: Filter): string {
  const options = (values: readonly string[], chosen: string, all: string) =>
    ['', ...values]
      .map((value) => {
        const selected = value === chosen ? ' selected' : ''
        return `<option value="${escapeHtml(value)}"${selected}>${escapeHtml(value === '' ? all : value)}</option>`
      })
      .join('')
  const states = [...new Set(runs.map((run) => run.state))].sort()
  const cells = [...new Set(runs.map(cellOf))].sort()
  return `<form method="get" action="/">
<label>Search <input type="search" name="text" value="${escapeHtml(text)}" placeholder="name, fault, seed, sentence"></label>
<label>Verdict <select name="state">${options(states, state, 'every verdict')}</select></label>
<label>Target <select name="cell">${options(cells, cell, 'every target')}</select></label>
<button>Filter</button> <a href="/">all</a></form>`
}

function rowOf(run: RunSummary): string {
  const {name, path, state, sentence, facts} = run
  const link = (file: string, text: string) =>
    `<a href="/runs/${encodeURIComponent(name)}/${file}">${escapeHtml(text)}</a>`
  const verdict = state === 'running' || state === 'damaged' ? MARKS[state] : link('report.html', MARKS[state])
  const took = facts === undefined ? '' : ` · ${showDuration(facts.timeMs)}`
  const bugs =
    facts === undefined || facts.bugs.length === 0 ? '' : ` <em>bug ${escapeHtml(facts.bugs.join(', '))}</em>`
  // Those that there are: a run that was interrupted has no verdict.
  const files = ['history.jsonl', 'run.json', 'plan.json', 'verdict.json'].filter((file) =>
    existsSync(join(path, file)),
  )
  const cells = [
    verdict,
    `${escapeHtml(cellOf(run))}${bugs}`,
    escapeHtml(facts?.faults.join(', ') ?? ''),
    facts === undefined ? '' : `<code>${escapeHtml(facts.seed)}</code>`,
    `${escapeHtml((facts?.startedAt ?? '').slice(0, 19).replace('T', ' '))}${took}`,
    escapeHtml(sentence),
    files.map((file) => link(file, file.split('.')[0] as string)).join(' '),
  ]
  // On a narrow screen, where there are no columns, each cell has its own heading.
  const row = cells.map((cell, i) => {
    const kind = i === 0 ? ` class="${state.replace(' ', '-')}"` : ''
    return cell === '' ? '<td class="empty"></td>' : `<td data-name="${COLUMNS[i]}"${kind}>${cell}</td>`
  })
  return `<tr>${row.join('')}</tr>`
}
