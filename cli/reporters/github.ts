/**
 * GitHub Actions: an annotation for each violation, and the verdict in the step summary. GitHub drops all but ten
 * annotations of a step in silence, and refuses summaries above a megabyte; both limits are kept.
 */
import {appendFileSync} from 'node:fs'
import type {Judgement} from '../../core/verdict.ts'
import {stoppedWords} from '../../runner/stopped.ts'
import {Style} from '../output/style.ts'
import {anomalyLines} from '../output/summary.ts'
import type {Ending, Reporter, ReporterContext} from './reporter.ts'

const ANNOTATIONS = 8
const SUMMARY_BYTES = 900_000

/** A workflow command's message and properties have characters of their own to escape. */
function message(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

function property(text: string): string {
  return message(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}

/** `::error title=raft/register%3A stale-read::…` for each anomaly, up to the limit. */
export function annotations(title: string, judgement: Judgement, reproduce: string): string[] {
  const found = judgement.verdicts.flatMap((verdict) =>
    verdict.anomalies.map(({type, sentence}) => ({level: 'error', type, sentence})),
  )
  const doubts = judgement.verdicts
    .filter((verdict) => verdict.validity === 'unknown')
    .map(({property: type, reason = 'unknown'}) => ({level: 'warning', type, sentence: reason}))
  const all = [...found, ...doubts]
  const lines = all
    .slice(0, ANNOTATIONS)
    .map(
      ({level, type, sentence}) =>
        `::${level} title=${property(`${title}: ${type}`)}::${message(`${sentence}\n${reproduce}`)}`,
    )
  if (all.length > ANNOTATIONS) lines.push(`::warning title=${property(title)}::and ${all.length - ANNOTATIONS} more`)
  return lines
}

/** Markdown for the step summary. */
export function stepSummary({result, reportFile}: Ending): string {
  const {facts, judgement, history, ended} = result
  const mark = {valid: '✅', invalid: '❌', unknown: '❓'}
  const title = `### ${judgement === undefined ? '⚠️' : mark[judgement.validity]} ${facts.target} / ${facts.workload}`
  if (judgement === undefined) return `${title}\n\n${ended?.message ?? 'The run ended early.'}\n`
  const anomaly = judgement.verdicts.flatMap(({anomalies}) => anomalies)[0]
  const story = anomaly === undefined ? [] : ['```', ...anomalyLines(anomaly, history, new Style(false)), '```', '']
  return [
    title,
    '',
    `**${judgement.sentence}**`,
    '',
    ...(facts.stopped === undefined ? [] : [`The run was ${stoppedWords(facts.stopped)}.`, '']),
    '| property | verdict | |',
    '|---|---|---|',
    ...judgement.verdicts.map(
      ({property: name, validity, summary, reason}) =>
        `| ${name} | ${mark[validity]} ${validity} | ${markdownCell(validity === 'unknown' ? (reason ?? summary) : summary)} |`,
    ),
    '',
    ...story,
    `Reproduce: \`${facts.command}\``,
    ...(reportFile === undefined ? [] : [`Report: \`${reportFile}\``]),
    '',
  ].join('\n')
}

/** Text for a cell of a table. */
export function markdownCell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ')
}

/** Appends to the step summary, if there is one; cut rather than refused. */
export function appendSummary(text: string, env: NodeJS.ProcessEnv): void {
  const file = env['GITHUB_STEP_SUMMARY']
  if (file !== undefined && file !== '') appendFileSync(file, `${text.slice(0, SUMMARY_BYTES)}\n`)
}

export function githubReporter({out, env}: ReporterContext): Reporter {
  return {
    ended(ending) {
      const {facts, judgement, ended} = ending.result
      const title = `${facts.target}/${facts.workload}`
      const lines =
        judgement === undefined
          ? [`::error title=${property(title)}::${message(ended?.message ?? 'The run ended early.')}`]
          : annotations(title, judgement, facts.command)
      if (lines.length > 0) out(`${lines.join('\n')}\n`)
      appendSummary(stepSummary(ending), env)
    },
  }
}
