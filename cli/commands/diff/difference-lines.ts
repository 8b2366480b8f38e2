/** The difference of two runs for the terminal. */
import {showDuration} from '../../../core/quantities.ts'
import type {Validity} from '../../../core/verdict.ts'
import type {Style} from '../../output/style.ts'
import {settingLines} from '../compare/comparison.ts'
import type {Difference, Parting} from './difference.ts'

export function differenceLines(difference: Difference, style: Style): string[] {
  const {comparison, plan, history, operations, latencyMs} = difference
  const {runs, verdicts, sentences, settings, properties} = comparison
  const changed = properties.filter(({verdicts: [left, right]}) => left !== right)
  const mark = (validity: Validity | null) => (validity === null ? '–' : style.mark(validity))
  return [
    ...[0, 1].map((i) => `${style.mark(verdicts[i] as Validity)} ${style.bold(runs[i] as string)}  ${sentences[i]}`),
    ...settingLines(settings, style),
    '',
    style.bold('PLAN'),
    ...(plan === undefined
      ? ['  one of them has none']
      : [...parted('faults', plan.faults), ...parted('operations', plan.operations)]),
    style.bold('HISTORY'),
    ...(history === null
      ? ['  the same, op for op']
      : operations === null
        ? [...parted('ops', history), '  clients asked and were told the same; only times and faults differ']
        : parted('what clients asked and were told', operations)),
    style.bold('VERDICT'),
    ...(changed.length === 0 ? [`  all ${properties.length} properties as before`] : []),
    ...changed.map(({property, verdicts: [left, right]}) => `  ${mark(left)} → ${mark(right)} ${property}`),
    style.bold('LATENCY'),
    ...Object.entries(latencyMs).map(
      ([name, [left, right]]) =>
        `  ${(name === 'p100' ? 'max' : name).padEnd(6)}${millis(left).padStart(10)} → ${millis(right).padStart(10)}`,
    ),
  ]
}

function parted(what: string, parting: Parting | null): string[] {
  if (parting === null) return [`  ${what}: the same`]
  const {equal, entries} = parting
  const [left, right] = entries.map((entry) => entry ?? 'nothing more')
  return [`  ${what}: ${equal} the same, then`, `    − ${left}`, `    + ${right}`]
}

function millis(value: number | null): string {
  return value === null ? '–' : showDuration(value)
}
