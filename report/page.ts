/**
 * The page itself: one file, nothing fetched, and a content security policy that would refuse to. Script and style are
 * allowed by their hash, so even a hole in the escaping could not run anything else.
 */
import {createHash} from 'node:crypto'
import type {Bundle} from './bundle.ts'
import {embedJson, escapeHtml} from './escape.ts'
import {packColumns, packJson, packTexts} from './pack.ts'
import {BLOCK, type Payload, type PayloadLog} from './payload.ts'
import {plainPage} from './plain.ts'
import type {Row, Table} from './tabulate.ts'

export interface Parts {
  readonly payload: Payload
  readonly table: Table
  readonly logs: readonly PayloadLog[]
  /** The rows of the evidence, for the plain page. */
  readonly evidence: readonly Row[]
}

export function page(parts: Parts, app: Bundle): string {
  const {payload, table, logs} = parts
  // A closing tag inside the bundle would end its element. Minifiers escape it; this makes sure.
  const script = app.script.replaceAll(/<\/(script)/gi, '<\\/$1')
  const policy = [
    "default-src 'none'",
    `script-src '${hash(script)}'`,
    `style-src '${hash(app.style)}'`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ')
  return `<!doctype html>
<html lang="en" data-verdict="${payload.judgement.validity}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="chaos">
<meta name="description" content="${escapeHtml(payload.judgement.sentence)}">
<link rel="icon" href="${icon(payload.judgement.validity)}">
<title>${escapeHtml(title(payload))}</title>
<style>${app.style}</style>
</head>
<body>
<div id="plain">${plainPage(payload, parts.evidence)}</div>
<div id="app"></div>
<script type="application/json" id="${BLOCK.meta}">${embedJson(payload)}</script>
<script>${script}</script>
<script type="application/octet-stream" id="${BLOCK.operations}">${packColumns(table.columns)}</script>
<script type="application/octet-stream" id="${BLOCK.texts}">${packTexts(table.texts)}</script>
<script type="application/octet-stream" id="${BLOCK.logs}">${packJson(logs)}</script>
</body>
</html>
`
}

function title({judgement, run}: Payload): string {
  const word = {valid: 'PASS', invalid: 'FAIL', unknown: 'UNKNOWN'}[judgement.validity]
  return [word, [run.target, run.workload].filter(Boolean).join('/') || run.id, run.seed].filter(Boolean).join(' · ')
}

function hash(text: string): string {
  return `sha256-${createHash('sha256').update(text, 'utf8').digest('base64')}`
}

/** A dot in the verdict's colour, so that a row of browser tabs can be read at a glance. */
function icon(validity: Payload['judgement']['validity']): string {
  const colour = {valid: '009e73', invalid: 'd55e00', unknown: 'e69f00'}[validity]
  const svg = `<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'><circle cx='8' cy='8' r='7' fill='#${colour}'/></svg>`
  return `data:image/svg+xml,${encodeURIComponent(svg)}`
}
