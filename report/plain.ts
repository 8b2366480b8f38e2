/**
 * The report without JavaScript: verdict, properties, evidence and the command that brings the run back, as plain HTML.
 * It is what a mail client, a text browser or a printer shows, and what remains should the app ever fail to start.
 */
import {counted, showCount} from '../core/quantities.ts'
import type {Anomaly, Verdict} from '../core/verdict.ts'
import {escapeHtml} from './escape.ts'
import {touches} from './evidence.ts'
import type {Payload} from './payload.ts'
import {phrase} from './phrase.ts'
import type {Row} from './tabulate.ts'
import {compact} from './values.ts'

const ANOMALY_LIMIT = 5
const WITNESS_LIMIT = 20

export const VERDICT_WORD = {valid: 'PASS', invalid: 'FAIL', unknown: 'UNKNOWN'} as const
const MARK = {valid: '✔', invalid: '✘', unknown: '?'} as const

export function plainPage(payload: Payload, evidence: readonly Row[]): string {
  const {judgement, run} = payload
  const anomalies = judgement.verdicts.flatMap((verdict) => verdict.anomalies)
  return [
    `<h1><strong>${VERDICT_WORD[judgement.validity]}</strong> ${escapeHtml(judgement.sentence)}</h1>`,
    `<p>${escapeHtml(facts(payload))}</p>`,
    ...payload.notes.map((note) => `<p>Note: ${escapeHtml(note)}</p>`),
    properties(judgement.verdicts),
    ...anomalies.slice(0, ANOMALY_LIMIT).map((anomaly) => explanation(anomaly, evidence)),
    anomalies.length > ANOMALY_LIMIT ? `<p>And ${anomalies.length - ANOMALY_LIMIT} more.</p>` : '',
    command('Reproduce', run.reproduce),
    command('Check again', run.recheck),
    command('Command', run.command),
    '<noscript><p>JavaScript is off: this is the plain version of the report. With it, the page draws the timeline.</p></noscript>',
  ].join('\n')
}

/** The run in one line. */
export function facts({run, totals}: Payload): string {
  const faults = `${counted(totals.faults, 'fault')}, ${totals.faultsVerified} verified`
  return [
    run.target ?? run.id,
    run.workload,
    run.nemesis?.join(' + '),
    run.seed === undefined ? undefined : `seed ${run.seed}`,
    run.stopped,
    `${counted(totals.operations, 'operation')} (${showCount(totals.ok)} ok, ${showCount(totals.fail)} failed, ${showCount(totals.info)} unknown)`,
    totals.faults > 0 ? faults : undefined,
  ]
    .filter((fact) => fact !== undefined && fact !== '')
    .join(' · ')
}

function properties(verdicts: readonly Verdict[]): string {
  const rows = verdicts.map(
    (verdict) =>
      `<tr><td>${MARK[verdict.validity]} ${verdict.validity}</td><th scope="row">${escapeHtml(verdict.property)}</th>` +
      `<td>${escapeHtml(verdict.summary)}${verdict.reason === undefined ? '' : ` ${escapeHtml(verdict.reason)}`}</td></tr>`,
  )
  return `<h2>Properties</h2><table><tbody>${rows.join('')}</tbody></table>`
}

function explanation(anomaly: Anomaly, evidence: readonly Row[]): string {
  const indices = new Set([...anomaly.witness, ...(anomaly.counterexample?.operations ?? [])])
  const rows = evidence.filter((row) => touches(indices, row)).slice(0, WITNESS_LIMIT)
  const why = anomaly.why ?? []
  return [
    `<section><h2>${escapeHtml(anomaly.type)}</h2><p>${escapeHtml(anomaly.sentence)}</p>`,
    rows.length === 0
      ? ''
      : `<table><thead><tr><th>op</th><th>process</th><th>operation</th><th>from</th><th>to</th><th>outcome</th></tr></thead><tbody>${rows
          .map((row) => witness(row, anomaly.counterexample?.impossible))
          .join('')}</tbody></table>`,
    why.length === 0 ? '' : `<ul>${why.map((line) => `<li>${escapeHtml(line)}</li>`).join('')}</ul>`,
    '</section>',
  ].join('\n')
}

function witness({invoke, completion}: Row, impossible: number | undefined): string {
  const outcome = completion === undefined || completion.type === 'invoke' ? 'info' : completion.type
  const text = phrase(
    {
      f: invoke.f,
      key: invoke.key === undefined ? '' : String(invoke.key),
      input: invoke.value === null || invoke.value === undefined ? '' : compact(invoke.value, 120),
      output: outcome === 'ok' && completion?.value != null ? compact(completion.value, 120) : '',
      ok: outcome === 'ok',
    },
    true,
  )
  const cells = [
    `#${invoke.index}`,
    String(invoke.process),
    text,
    seconds(invoke.timeNs),
    outcome === 'info' ? '…' : seconds(completion?.timeNs ?? 0),
    outcome === 'info' ? 'unknown' : outcome,
  ]
  const mark = invoke.index === impossible ? ' ✘ no order explains this' : ''
  return `<tr>${cells.map((cell) => `<td>${escapeHtml(cell)}</td>`).join('')}<td>${mark}</td></tr>`
}

function seconds(timeNs: number): string {
  return `${(timeNs / 1e9).toFixed(3)} s`
}

function command(label: string, line: string | undefined): string {
  return line === undefined || line === '' ? '' : `<p>${label}: <code>${escapeHtml(line)}</code></p>`
}
