/** Runs a test of Maelstrom's: the same run as any other, its command line written as it was typed. */
import {join} from 'node:path'
import {UsageError} from '../../../core/error.ts'
import {lookUp} from '../../../core/registry.ts'
import {programLine} from '../../output/program.ts'
import {loadConfig} from '../../settings/config.ts'
import {resolveFlags} from '../../settings/resolve-flags.ts'
import {freshSeed} from '../../settings/seed.ts'
import {type OutputFlags, performRun} from '../run/perform.ts'
import {maelstromResults} from './results.ts'
import {type MaelstromFlags, settingsFor} from './settings.ts'

export interface TestRequest {
  readonly action: string
  /** Words that belong nowhere. */
  readonly stray: readonly string[]
  /** What is for the program. */
  readonly words: readonly string[]
  readonly flags: MaelstromFlags & OutputFlags & {readonly config?: string | undefined}
  /** Everything that was typed behind `chaos maelstrom`. */
  readonly typed: readonly string[]
}

/** Resolves to the exit code: that of the first test that did not pass, or 0. */
export async function testNodes({action, stray, words, flags, typed}: TestRequest): Promise<number> {
  lookUp('action of maelstrom', {test: true, node: true}, action)
  if (stray.length > 0) {
    throw new UsageError(`Unexpected: ${stray.join(' ')}`, ['What is for the program itself stands behind --.'])
  }
  const count = Number(flags['test-count'] ?? 1)
  if (!(Number.isInteger(count) && count > 0)) {
    throw new UsageError(`--test-count: expected a whole number from 1. Got "${flags['test-count']}".`)
  }
  const loaded = await loadConfig(flags.config, process.cwd())
  const first = (flags['seed'] as string | undefined) ?? freshSeed()
  for (let i = 0; i < count; i++) {
    const seed = i === 0 ? first : `${first}-${i + 1}`
    const options = await resolveFlags(settingsFor(flags, words, seed), {}, loaded)
    const exitCode = await performRun({...options, command: commandLine(typed, seed)}, flags, (result) => {
      const {history, facts, judgement, directory} = result
      const lines = maelstromResults(history, facts.workload, judgement?.validity ?? 'unknown')
      directory.write(join(directory.path, 'results.edn'), `{${lines.join('\n ')}}\n`)
      if (!flags.json && flags.reporter === undefined) {
        process.stdout.write(
          `\n  In Maelstrom's words (results.edn):\n\n   ${lines.join('\n').replaceAll('\n', '\n   ')}\n`,
        )
      }
    })
    if (exitCode !== 0) return exitCode
  }
  return 0
}

/** What was typed, with the seed. */
function commandLine(typed: readonly string[], seed: string): string {
  const behind = typed.indexOf('--')
  const own = typed.slice(0, behind < 0 ? typed.length : behind)
  const kept = own.filter(
    (word, i) => !['--seed', '--test-count'].includes(own[i - 1] ?? '') && !/^--(seed|test-count)(=|$)/.test(word),
  )
  const rest = behind < 0 ? [] : typed.slice(behind)
  return programLine('maelstrom', ...kept, '--seed', seed, ...rest)
}
