/** What was typed about how a saved history is to be judged, as it is used. */
import {FORMATS, type FormatName} from '../../core/format/index.ts'
import {parseDuration, parseMemory} from '../../core/quantities.ts'
import {lookUp} from '../../core/registry.ts'
import type {JudgingOptions} from '../../runner/judging/judge-loaded.ts'
import type {judgingFlags} from './judging-flags.ts'

type Typed = {
  readonly [name in Exclude<keyof typeof judgingFlags, Repeatable>]?: string | undefined
} & {readonly [name in Repeatable]?: readonly string[] | undefined}

type Repeatable = 'option' | 'threshold'

export interface JudgingSettings {
  readonly judging: JudgingOptions
  readonly format?: FormatName
  readonly timeoutMs: number
  readonly memoryBytes: number
}

/** What was typed, as it is used. Throws UsageError for a format, a duration or a size that makes no sense. */
export function judgingSettings(flags: Typed): JudgingSettings {
  const {checker, model, workload, claim, format, 'consistency-models': models} = flags
  if (format !== undefined) lookUp('format', FORMATS, format)
  return {
    judging: {
      thresholds: flags.threshold ?? [],
      options: flags.option ?? [],
      ...(model === undefined ? {} : {model}),
      ...(checker === undefined ? {} : {checker}),
      ...(models === undefined ? {} : {consistencyModels: models.split(',').map((name) => name.trim())}),
      ...(workload === undefined ? {} : {workload}),
      ...(claim === undefined ? {} : {claim}),
    },
    ...(format === undefined ? {} : {format: format as FormatName}),
    timeoutMs: parseDuration('--check-timeout', flags['check-timeout'] ?? '60s'),
    memoryBytes: parseMemory('--check-memory', flags['check-memory'] ?? '2GB'),
  }
}

/** The same, to end at the first broken key. */
export function withFailFast(settings: JudgingSettings, failFast: boolean): JudgingSettings {
  return failFast ? {...settings, judging: {...settings.judging, failFast}} : settings
}

/** The same as words of a command line: `['--checker', 'list-append']`. Empty where nothing was said. */
export function wordsOf(
  {checker, model, consistencyModels, workload, claim, thresholds, options = [], failFast}: JudgingOptions,
  format?: FormatName,
): string[] {
  const single = {checker, model, 'consistency-models': consistencyModels?.join(','), workload, claim, format}
  return [
    ...Object.entries(single).flatMap(([name, value]) => (value === undefined ? [] : [`--${name}`, value])),
    ...(failFast === true ? ['--fail-fast'] : []),
    ...options.flatMap((option) => ['--option', option]),
    ...thresholds.flatMap((demand) => ['--threshold', demand]),
  ]
}
