/**
 * The reporter for people: one line a phase while the run goes on, then the verdict with its story. On a terminal the
 * present phase is drawn over in place; elsewhere a heartbeat line comes every fifteen seconds.
 */

import {counted, showCount, showDuration} from '../../core/quantities.ts'
import type {RunFacts} from '../../runner/facts.ts'
import type {Phase, Progress} from '../../runner/observer.ts'
import {TARGETS} from '../../targets/index.ts'
import {programLine} from '../output/program.ts'
import {summaryLines} from '../output/summary.ts'
import type {Ending, Reporter, ReporterContext} from './reporter.ts'

const PHASES: Record<Phase, string> = {
  start: 'cluster up',
  drive: 'clients and faults',
  heal: 'healed',
  check: 'checked',
}
const SPINNER = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏']
const HEARTBEAT_MS = 15_000
const ERASE_LINE = '\r\u001b[2K'

/** Progress alone, on standard error, beside a document on standard output. */
export function progressReporter(context: ReporterContext): Reporter {
  const {ended: _, ...progress} = listReporter({...context, out: () => {}})
  return {...progress, ended: () => context.live && context.err(ERASE_LINE)}
}

export function listReporter(context: ReporterContext): Reporter {
  const {style, live, err, out} = context
  let frame = 0
  let lastBeatMs = 0
  let drawn = false

  const erase = () => {
    if (drawn) err(ERASE_LINE)
    drawn = false
  }
  const draw = (text: string) => {
    if (!live) return
    const spinner = style.accent(SPINNER[frame++ % SPINNER.length] as string)
    err(`${ERASE_LINE}  ${spinner} ${text.slice(0, Math.max(20, context.columns - 6))}`)
    drawn = true
  }
  const line = (text: string) => {
    erase()
    err(`${text}\n`)
  }

  return {
    started(facts) {
      line(`${style.bold(`chaos ${facts.versions['chaos']}`)} · ${headline(facts)}`)
      line('')
    },
    phaseBegan: (phase) => draw(PHASES[phase]),
    phaseEnded(phase, detail, tookMs) {
      line(`  ${style.good('✔')} ${PHASES[phase].padEnd(20)}${detail}  ${style.dim(showDuration(tookMs))}`)
    },
    progressed(progress) {
      if (live) draw(progressText(progress))
      else if (progress.elapsedMs - lastBeatMs >= HEARTBEAT_MS) {
        lastBeatMs = progress.elapsedMs
        line(`[${clockFace(progress.elapsedMs)}] ${progressText(progress)}`)
      }
    },
    warned: (text) => line(`  ${style.warn('⚠')} ${text}`),
    ended(ending) {
      erase()
      out(`${endingLines(ending, context).join('\n')}\n`)
    },
  }
}

function headline({target, nodes, workload, keys, claim, bugs, seed, id}: RunFacts): string {
  const broken = bugs.length === 0 ? '' : ` · bug ${bugs.join(', ')}`
  return `${target} ×${nodes.length} · ${workload} (${keys} keys) · ${claim}${broken} · seed ${seed} · run ${id}`
}

function progressText({elapsedMs, totalMs, operations, ok, fail, info, faults}: Progress): string {
  const ended = ok + fail + info
  const share = ended === 0 ? '' : ` · ${((100 * ok) / ended).toFixed(1)}% ok`
  const present = faults.length === 0 ? '' : ` · ${faults.join(' · ')}`
  const time = `${Math.floor(elapsedMs / 1000)}s/${Math.round(totalMs / 1000)}s`
  return `${time} · ${showCount(operations)} ops${share}${present}`
}

/** `01:15` */
function clockFace(ms: number): string {
  const seconds = Math.floor(ms / 1000)
  return `${String(Math.floor(seconds / 60)).padStart(2, '0')}:${String(seconds % 60).padStart(2, '0')}`
}

/** The summary of a run that was judged, or the reason why it was not. */
function endingLines({result, reportFile, directory}: Ending, {style}: ReporterContext): string[] {
  const {judgement, history, facts, ended} = result
  if (judgement === undefined) {
    const why = ended === undefined ? 'The run ended early.' : ended.message
    const count = counted(history.operations.length, 'operation')
    return [
      '',
      `  ${style.warn(why)}`,
      `  ${count} saved. They can still be judged, and looked at:`,
      '',
      `   Check       ${programLine('check', directory)}`,
      `   Report      ${programLine('report', directory)}`,
    ]
  }
  return [
    '',
    ...summaryLines(
      judgement,
      history,
      {
        ...(facts.stopped === undefined ? {} : {stopped: facts.stopped}),
        ...(reportFile === undefined ? {} : {report: reportFile}),
        reproduce: facts.command,
        recheck: programLine('check', directory),
        ...(simulable(facts) ? {simulate: programLine('replay', directory, '--sim')} : {}),
      },
      style,
    ),
  ]
}

/** Whether the same plan can be tried on simulated machines. */
function simulable({simulated, target}: RunFacts): boolean {
  return simulated === undefined && Object.hasOwn(TARGETS, target) && TARGETS[target]?.protocol !== undefined
}
