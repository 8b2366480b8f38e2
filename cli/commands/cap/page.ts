/** CAP cards as one offline page, in the look of the index of runs. No script; its policy allows none. */
import {escapeHtml} from '../../../report/escape.ts'
import type {Card} from '../../../runner/cap/card.ts'
import {STYLE} from '../serve/style.ts'
import {capOf, cellsOf, HEADS, LEGEND, latencyOf, modelsOf} from './cells.ts'
import {origin} from './lines.ts'
import {nameOf} from './variants.ts'

const OWN = `
h2 { font-size: 1.1rem; margin: 1.5rem 0 .25rem; } h2 span { font-weight: normal; color: var(--dim); }
p { margin: .15rem 0; } .dim { color: var(--dim); } td.bad { color: var(--bad); font-weight: 600; } td.good { color: var(--good); }
td:nth-child(n+2) { white-space: nowrap; } td:nth-child(5) { white-space: normal; } table.all { width: auto; }
`

export function cardPage(cards: readonly Card[]): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>chaos: CAP cards</title>
<meta http-equiv="content-security-policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<meta name="viewport" content="width=device-width">
<link rel="icon" href="data:,">
<style>${STYLE}${OWN}</style></head><body>
<h1>CAP cards <small>what each target gives up while the network is partitioned, as measured</small></h1>
<div class="scroll"><table class="all"><thead><tr><th>target</th><th>CAP</th><th>PACELC</th><th>under every partition</th>
<th>acknowledged writes lost</th></tr></thead><tbody>
${cards.map(overview).join('\n')}
</tbody></table></div>
${cards.map(section).join('\n')}
<h2>What the columns mean</h2>
<ul>${LEGEND.map((words) => `<li>${escapeHtml(words)}</li>`).join('')}</ul>
</body></html>
`
}

function overview(card: Card): string {
  const {label} = card
  const cells = [nameOf(card), capOf(card), label.pacelc, modelsOf(label.models)]
  return `<tr>${cells.map((cell) => `<td>${escapeHtml(cell)}</td>`).join('')}<td class="${label.lost > 0 ? 'bad' : 'good'}">${label.lost}</td></tr>`
}

function section(card: Card): string {
  const rows = card.rows.map((row) => {
    const cells = cellsOf(row).map((cell, column) => {
      const bad = (HEADS[column] === 'lost' && (row.losses?.lost ?? 0) > 0) || cell === 'never'
      return `<td${bad ? ' class="bad"' : ''}>${escapeHtml(cell)}</td>`
    })
    return `<tr title="${escapeHtml(row.cut.picture)}">${cells.join('')}</tr>`
  })
  return `<section><h2>${escapeHtml(nameOf(card))} <span>${escapeHtml(`${capOf(card)} · ${card.label.pacelc}`)}</span></h2>
<p>${escapeHtml(card.label.sentence)}</p>
<p class="dim">${escapeHtml(`Healthy: ${latencyOf(card.healthy)}; nodes further apart: ${latencyOf(card.apart)}; ${origin(card)}`)}</p>
<div class="scroll"><table><thead><tr>${HEADS.map((head) => `<th>${escapeHtml(head)}</th>`).join('')}</tr></thead><tbody>
${rows.join('\n')}
</tbody></table></div>
${card.skipped.map(({partition, reason}) => `<p class="dim">${escapeHtml(`${partition}: left out, ${reason}`)}</p>`).join('')}</section>`
}
