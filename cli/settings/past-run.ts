/** A run that is named on the command line, read to be done again. */
import {existsSync, realpathSync} from 'node:fs'
import {dirname, join, relative} from 'node:path'
import {UsageError} from '../../core/error.ts'
import {unknownName} from '../../core/registry.ts'
import {parseVerdict} from '../../runner/judging/verdict-file.ts'
import {type PastRun, pastRun} from '../../runner/lab/again.ts'
import {anomaliesOf, unsafeAnomaliesOf} from '../../runner/lab/attempt.ts'
import {runNames} from '../../runner/runs.ts'
import {readText} from '../../runner/store.ts'
import {findTarget} from './catalogue.ts'
import {loadConfig} from './config.ts'
import {placeNames, runPlaces} from './places.ts'

export interface NamedRun extends PastRun {
  readonly directory: string
  /** Whether it has a verdict. */
  readonly judged: boolean
  /** Types of the anomalies that its verdict names, those of safety first; empty where it found none or has no verdict. */
  readonly anomalies: readonly string[]
  /** Those of safety properties alone. */
  readonly unsafe: readonly string[]
}

/** Throws UsageError where there is no such run, or it cannot be read. New runs go beside it unless `output` says where. */
export async function namedRun(
  name: string,
  {
    runs,
    output,
    config,
  }: {readonly runs?: string | undefined; readonly output?: string | undefined; readonly config?: string | undefined},
): Promise<NamedRun> {
  const [directory = name] = await placeNames([name], runs, config)
  if (!existsSync(join(directory, 'run.json'))) {
    const {message, hints} = unknownName('run', name, runNames(await runPlaces(runs, config)))
    throw new UsageError(`${message} There is no ${join(directory, 'run.json')}.`, hints)
  }
  const loaded = await loadConfig(config, process.cwd())
  const past = await pastRun(directory, output ?? dirname(directory), (target) =>
    findTarget(target, loaded, process.cwd()),
  )
  const verdictFile = join(directory, 'verdict.json')
  const judgement = existsSync(verdictFile) ? parseVerdict(readText(verdictFile), verdictFile) : undefined
  const anomalies = judgement === undefined ? [] : anomaliesOf(judgement)
  const unsafe = judgement === undefined ? [] : unsafeAnomaliesOf(judgement)
  // `latest` moves on; what is printed must still be right tomorrow.
  const judged = judgement !== undefined
  return {...past, directory: relative(process.cwd(), realpathSync(directory)), judged, anomalies, unsafe}
}
