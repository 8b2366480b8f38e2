/**
 * What a judged history looks like in the terminal: properties, figures, the verdict in one sentence, and for a failure its
 * story and the commands that lead further. The same for a run and for a saved history.
 */
import type {History} from '../../core/history.ts'
import {counted, showDuration} from '../../core/quantities.ts'
import type {Anomaly, Judgement, Validity, Verdict} from '../../core/verdict.ts'
import {type Stopped, stoppedWords} from '../../runner/stopped.ts'
import {consistencyLines} from './consistency.ts'
import {programWords} from './program.ts'
import type {Style} from './style.ts'
import {drawWitness} from './witness.ts'

/** Lines of an argument that are shown; of a longer one the beginning and the end. */
const REASONS = 16

/** How far the run went, and where to go from here; absent lines are left out. */
export interface Pointers {
  readonly stopped?: Stopped
  readonly report?: string
  readonly reproduce?: string
  readonly recheck?: string
  /** What makes a test that always fails of a real run that failed. */
  readonly simulate?: string
}

/** The whole summary, as lines. */
export function summaryLines(judgement: Judgement, history: History, pointers: Pointers, style: Style): string[] {
  return [
    ...propertyLines(judgement, style),
    '',
    ...verdictLines(judgement, history, style, pointers.stopped),
    ...pointerLines(judgement, pointers),
  ]
}

/** One line a property; thresholds and measurements below the promises. */
function propertyLines({verdicts, validity}: Judgement, style: Style): string[] {
  const width = Math.max(...verdicts.map((verdict) => verdict.property.length), 0) + 2
  const line = (verdict: Verdict) =>
    `  ${style.mark(verdict.validity)} ${verdict.property.padEnd(width)}${style.dim(detailOf(verdict, validity))}`
  const promises = verdicts.filter((verdict) => verdict.kind === 'safety')
  const rest = verdicts.filter((verdict) => verdict.kind !== 'safety')
  return [
    ...(promises.length === 0 ? [] : [`  ${style.bold('PROPERTIES')}`, ...promises.map(line)]),
    ...(rest.length === 0 ? [] : [`  ${style.bold('EXERCISE AND LIVENESS')}`, ...rest.map(line)]),
  ]
}

/** Where the run as a whole is unknown, the reasons stand below, and not here as well. */
function detailOf(verdict: Verdict, whole: Validity): string {
  if (verdict.validity === 'valid') return `${verdict.summary}${latencies(verdict)}`
  if (verdict.validity === 'unknown') return whole === 'unknown' ? verdict.summary : (verdict.reason ?? verdict.summary)
  const types = new Map<string, number | string>()
  for (const {type} of verdict.anomalies) types.set(type, Number(types.get(type) ?? 0) + 1)
  // A verdict lists the first few of a type, and counts the rest.
  for (const type of types.keys()) types.set(type, verdict.measures?.[`${type} (count)`] ?? types.get(type)!)
  return `${verdict.summary}: ${[...types].map(([type, count]) => (count === 1 ? type : `${count} × ${type}`)).join(', ')}`
}

/** `, p50 3 ms · p99 88 ms · max 2.0 s`, where the verdict has measured them. */
function latencies({measures}: Verdict): string {
  const named = (['p50', 'p99', 'max'] as const).flatMap((name) => {
    const ms = measures?.[`${name}Ms`]
    return typeof ms === 'number' ? [`${name} ${showDuration(ms)}`] : []
  })
  return named.length === 0 ? '' : `, ${named.join(' · ')}`
}

function verdictLines(judgement: Judgement, history: History, style: Style, stopped?: Stopped): string[] {
  const {validity, verdicts, sentence} = judgement
  const early = stopped === undefined ? [] : [`        ${style.dim(`The run was ${stoppedWords(stopped)}.`)}`]
  const banner = [`  ${style.banner(validity)}  ${style.bold(sentence)}`, ...early]
  if (validity === 'valid') return [...banner, `        ${style.dim('This is evidence, not proof.')}`]
  const failed = verdicts.find(({validity: one, kind}) => one === 'invalid' && kind === 'safety')
  const worst = failed ?? verdicts.find(({validity: one}) => one === 'invalid')
  const anomaly = worst?.anomalies[0]
  if (anomaly === undefined) return [...banner, ...unknownLines(judgement, style)]
  const models = consistencyLines(worst as Verdict).map((line, i) => `   ${i === 0 ? 'Models  ' : '        '}${line}`)
  return [...banner, '', ...anomalyLines(anomaly, history, style), ...models]
}

/** The story of one anomaly. */
export function anomalyLines(anomaly: Anomaly, history: History, style: Style): string[] {
  const drawing = drawWitness(anomaly, history, style).map((line) => `   ${line}`)
  const reasons = anomaly.why ?? []
  const shown = reasons.length > REASONS ? [...reasons.slice(0, REASONS - 2), '…', reasons.at(-1)] : reasons
  const why = shown.map((line, i) => `   ${i === 0 ? 'Why     ' : '        '}${line}`)
  const size = anomaly.counterexample?.operations.length
  const of = counted(history.operationCount, 'operation')
  return [
    ...drawing,
    ...(drawing.length > 0 && why.length > 0 ? [''] : []),
    ...why,
    ...whereLines(anomaly, history),
    ...(size === undefined ? [] : [`   Size    minimal counterexample: ${size} of ${of}`]),
  ]
}

/** Which node answered the operation that cannot be explained, and what was being done to it. */
function whereLines(anomaly: Anomaly, history: History): string[] {
  const index = anomaly.counterexample?.impossible
  const operation = index === undefined ? undefined : history.operationWith(index)
  if (operation?.node === undefined) return []
  const during = history.faults.filter(
    (fault) => fault.startNs < operation.endNs && fault.endNs > operation.startNs && fault.victims.length > 0,
  )
  const faults = during.map((fault) => `${fault.fault} ${fault.description}`).join('; ')
  return [
    `   Where   #${operation.invoke.index} was asked of ${operation.node}${faults === '' ? '' : `, during ${faults}`}.`,
  ]
}

/** Why other properties are unknown; what the headline says is not said again. */
function unknownLines({verdicts, sentence}: Judgement, style: Style): string[] {
  return verdicts
    .filter(({validity, reason}) => validity === 'unknown' && reason !== sentence)
    .map(({property, reason}) => `        ${style.dim(`${property}: ${reason ?? 'unknown'}`)}`)
}

function pointerLines({validity, verdicts}: Judgement, {report, reproduce, recheck, simulate}: Pointers): string[] {
  const type = verdicts.flatMap(({anomalies}) => anomalies)[0]?.type
  const lines = [
    ...(report === undefined ? [] : [`   Report      ${report}`]),
    ...(validity === 'valid' || reproduce === undefined ? [] : [`   Reproduce   ${reproduce}`]),
    ...(validity === 'valid' || recheck === undefined ? [] : [`   Re-check    ${recheck}`]),
    ...(validity !== 'invalid' || simulate === undefined ? [] : [`   Simulate    ${simulate}`]),
    ...(type === undefined ? [] : [`   Learn       ${programWords()} explain ${type}`]),
  ]
  return lines.length === 0 ? [] : ['', ...lines]
}
