/** Two judged runs side by side: what was asked differently, which properties changed, and by how much figures moved. */
import {existsSync} from 'node:fs'
import {basename, join} from 'node:path'
import {UsageError} from '../../../core/error.ts'
import {figureName, figureValue} from '../../../core/figures.ts'
import type {Validity} from '../../../core/verdict.ts'
import type {RunFacts} from '../../../runner/facts.ts'
import {loadFacts, loadVerdict, locate} from '../../../runner/judging/load.ts'
import {programLine} from '../../output/program.ts'
import type {Style} from '../../output/style.ts'

type Pair<T> = readonly [before: T, after: T]

export interface Comparison {
  readonly schema: 'chaos.comparison/1'
  readonly runs: Pair<string>
  readonly verdicts: Pair<Validity>
  readonly sentences: Pair<string>
  /** Settings whose values differ, by name; null where a run has none. */
  readonly settings: Readonly<Record<string, Pair<string | null>>>
  /** Every property of either run. */
  readonly properties: readonly {readonly property: string; readonly verdicts: Pair<Validity | null>}[]
  /** Every figure that both runs have, by checker and name. */
  readonly figures: readonly {readonly name: string; readonly values: Pair<number>; readonly change: number | null}[]
}

/** Throws UsageError for what is no judged run. */
export function compareRuns(before: string, after: string): Comparison {
  const runs = [before, after].map(read) as unknown as Pair<ReturnType<typeof read>>
  const [first, second] = runs
  const both = <T>(get: (run: (typeof runs)[0]) => T): Pair<T> => [get(first), get(second)]
  const settingsOf = ({facts}: typeof first) => new Map(facts.options.map(({name, value}) => [name, value]))
  const settings = both(settingsOf)
  const names = [...new Set(settings.flatMap((map) => [...map.keys()]))]
  const different = names.filter((name) => settings[0].get(name) !== settings[1].get(name) && name !== 'output')
  const verdicts = both(({judgement}) => new Map(judgement.verdicts.map((one) => [one.property, one.validity])))
  const figures = both(figuresOf)
  return {
    schema: 'chaos.comparison/1',
    runs: both(({name}) => name),
    verdicts: both(({judgement}) => judgement.validity),
    sentences: both(({judgement}) => judgement.sentence),
    settings: Object.fromEntries(
      different.map((name) => [name, [settings[0].get(name) ?? null, settings[1].get(name) ?? null] as const]),
    ),
    properties: [...new Set(verdicts.flatMap((map) => [...map.keys()]))].map((property) => ({
      property,
      verdicts: [verdicts[0].get(property) ?? null, verdicts[1].get(property) ?? null],
    })),
    figures: [...figures[0]]
      .filter(([name]) => figures[1].has(name))
      .map(([name, value]) => {
        const other = figures[1].get(name) as number
        return {name, values: [value, other], change: value === 0 ? null : other / value - 1}
      }),
  }
}

function read(name: string) {
  const {directory} = locate(name)
  if (directory === undefined) throw new UsageError(`${name} is no run of ours: only runs are compared.`)
  if (!existsSync(join(directory, 'verdict.json'))) {
    throw new UsageError(`${name} was not judged.`, [`Judge it first: ${programLine('check', directory)}`])
  }
  const facts: RunFacts = loadFacts(directory)
  return {name: facts.id ?? basename(directory), facts, judgement: loadVerdict(directory)!}
}

function figuresOf({judgement}: ReturnType<typeof read>): Map<string, number> {
  return new Map(
    judgement.verdicts.flatMap(({checker, measures = {}}) =>
      Object.entries(measures).flatMap(([name, value]) =>
        typeof value === 'number' ? [[`${checker} ${name}`, value] as const] : [],
      ),
    ),
  )
}

/** For the terminal. */
export function comparisonLines(
  {runs, verdicts, sentences, settings, properties, figures}: Comparison,
  style: Style,
): string[] {
  const changed = properties.filter(({verdicts: [left, right]}) => left !== right)
  const mark = (validity: Validity | null) => (validity === null ? '–' : style.mark(validity))
  const numbers = figures.map(({name, values: [left, right], change}) => {
    const [checker, measure] = split(name)
    return [
      `${checker}: ${figureName(measure)}`,
      figureValue(measure, left),
      `${figureValue(measure, right)}${share(change)}`,
    ] as const
  })
  return [
    ...[0, 1].map((i) => `${style.mark(verdicts[i] as Validity)} ${style.bold(runs[i] as string)}  ${sentences[i]}`),
    ...settingLines(settings, style),
    '',
    style.bold('PROPERTIES'),
    ...(changed.length === 0 ? [`  all ${properties.length} as before`] : []),
    ...changed.map(({property, verdicts: [left, right]}) => `  ${mark(left)} → ${mark(right)} ${property}`),
    ...(numbers.length === 0 ? [] : ['', style.bold('FIGURES'), ...table(numbers)]),
  ]
}

/** The settings that differ, below their heading; nothing where none does. */
export function settingLines(settings: Comparison['settings'], style: Style): string[] {
  const rows = Object.entries(settings).map(([name, [left, right]]) => [name, left ?? '–', right ?? '–'] as const)
  return rows.length === 0 ? [] : ['', style.bold('SETTINGS THAT DIFFER'), ...table(rows)]
}

function table(rows: readonly (readonly [string, string, string])[]): string[] {
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => (row[column] as string).length)) + 2)
  return rows.map(
    ([name, left, right]) => `  ${name.padEnd(widths[0] as number)}${left.padEnd(widths[1] as number)}${right}`,
  )
}

/** `stats p99Ms`: the checker, and the name of its measure. */
function split(name: string): readonly [string, string] {
  const at = name.indexOf(' ')
  return [name.slice(0, at), name.slice(at + 1)]
}

function share(change: number | null): string {
  if (change === null || Math.abs(change) < 0.005) return ''
  return `  (${change > 0 ? '+' : '−'}${Math.abs(change * 100).toFixed(0)} %)`
}
