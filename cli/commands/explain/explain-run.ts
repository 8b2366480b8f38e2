/** `chaos explain RUN` and `chaos explain RUN#op`: what was found, or everything known about one operation. */
import {existsSync} from 'node:fs'
import {UsageError} from '../../../core/error.ts'
import type {History} from '../../../core/history.ts'
import type {Operation} from '../../../core/op.ts'
import {unknownName} from '../../../core/registry.ts'
import {showValue} from '../../../core/value.ts'
import {createBudget} from '../../../runner/judging/budget.ts'
import {judgeLoaded} from '../../../runner/judging/judge-loaded.ts'
import {load, loadVerdict, noSuchRun} from '../../../runner/judging/load.ts'
import {RUN_LINKS, runNames} from '../../../runner/runs.ts'
import {programWords} from '../../output/program.ts'
import {anomalyLines} from '../../output/summary.ts'
import {toJson} from '../../reporters/json.ts'
import type {ReporterContext} from '../../reporters/reporter.ts'
import {placeNames, runPlaces} from '../../settings/places.ts'
import {explanations} from './pages.ts'

/** `places` is where runs are looked for. Throws UsageError for what is neither an anomaly nor a run. */
export async function explainRun(
  subject: string,
  json: boolean,
  {out, style}: ReporterContext,
  places?: string,
): Promise<void> {
  const [typed = '', op] = subject.split('#')
  const [name = typed] = await placeNames([typed], places)
  if (!existsSync(name)) {
    const given = await runPlaces(places)
    if ((RUN_LINKS as readonly string[]).includes(typed)) throw noSuchRun(typed, given)
    const runs = runNames(given)
    const pages = explanations().map((page) => page.name)
    throw unknownName('anomaly or run', subject, [...new Set([...pages, ...RUN_LINKS, ...runs])])
  }
  const loaded = await load(name)
  if (op !== undefined) {
    out(`${operationLines(loaded.history, op).join('\n')}\n`)
    return
  }
  const known = loaded.directory === undefined ? undefined : loadVerdict(loaded.directory)
  const judgement = known ?? (await judgeLoaded(loaded, {thresholds: []}, createBudget(60_000, 2e9))).judgement
  if (json) {
    out(`${toJson(judgement, 2)}\n`)
    return
  }
  out(`${style.banner(judgement.validity)}  ${style.bold(judgement.sentence)}\n`)
  for (const verdict of judgement.verdicts.filter(({validity}) => validity !== 'valid')) {
    out(`\n${style.mark(verdict.validity)} ${style.bold(verdict.property)}: ${verdict.reason ?? verdict.summary}\n`)
    for (const anomaly of verdict.anomalies) {
      out(`\n  ${style.bold(anomaly.sentence)}\n${anomalyLines(anomaly, loaded.history, style).join('\n')}\n`)
      out(`   Learn   ${programWords()} explain ${anomaly.type}\n`)
    }
  }
}

/** One operation with its surroundings: what ran at the same time, and which faults were in force. */
function operationLines(history: History, text: string): string[] {
  const index = Number(text)
  const operation = history.operations.find(
    ({invoke, completion}) => invoke.index === index || completion?.index === index,
  )
  if (operation === undefined) throw new UsageError(`There is no client operation #${text} in this history.`)
  const {startNs, endNs} = operation
  const during = history.faults.filter((fault) => fault.startNs < endNs && fault.endNs > startNs)
  const beside = history.operations.filter(
    (other) => other !== operation && other.key === operation.key && other.startNs < endNs && other.endNs > startNs,
  )
  return [
    one(operation),
    ...during.map((fault) => `during ${fault.fault} ${fault.description} (${fault.proof})`),
    `concurrent operations on the same key: ${beside.length}`,
    ...beside.slice(0, 20).map((other) => `  ${one(other)}`),
  ]
}

function one({invoke, completion, process, f, key, input, output, outcome, startNs, endNs, node}: Operation): string {
  const answer = outcome === 'ok' ? ` → ${showValue(output)}` : ''
  const end = Number.isFinite(endNs) ? `${(endNs / 1e9).toFixed(6)}s` : 'open'
  const why = completion?.error === undefined ? '' : ` (${showValue(completion.error)})`
  const where = node === undefined ? '' : ` on ${node}`
  const asked = [f, key ?? '', input === null ? '' : showValue(input)].filter((word) => word !== '').join(' ')
  return `#${invoke.index} process ${process}${where}: ${asked}${answer}, ${outcome}${why}, ${(startNs / 1e9).toFixed(6)}s to ${end}`
}
