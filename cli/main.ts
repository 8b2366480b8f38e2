/**
 * The way in: `bin/chaos.js` calls `main` with what was typed. Every command ends here, with its exit code, whatever
 * happened to it.
 */
import {fileURLToPath} from 'node:url'
import {Config, run} from '@oclif/core'
import {EXIT, messageOf} from '../core/error.ts'
import {packageRoot} from '../core/package.ts'
import {unknownName} from '../core/registry.ts'
import {COMMANDS} from './commands/index.ts'
import {explainFailure, printFailure} from './output/failure.ts'

/** Words that are no commands of ours but that oclif knows how to answer. */
const ANSWERED_BY_OCLIF = new Set(['help', '--help', '--version', '-h', '-v'])

/** Runs one command line; resolves to its exit code. */
export async function main(argv: readonly string[]): Promise<number> {
  // oclif has a listener of its own, which lets everything but a closed pipe crash.
  process.stdout.removeAllListeners('error')
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') {
      process.stderr.write(` ›  Cannot write to standard output: ${messageOf(error)}.\n`)
      process.exit(EXIT.environment)
    }
    // A reader that went away (`chaos check FILE | head -1`) is no failure of ours, and no reason to end with a 0 either: the
    // command goes on in silence, and its exit code says what it found.
    process.stdout.write = () => true
  })
  const words = argv.length === 0 ? ['--help'] : rewrite(argv)
  try {
    const name = words[0] as string
    if (!name.startsWith('-') && !ANSWERED_BY_OCLIF.has(name) && !Object.hasOwn(COMMANDS, name)) {
      throw unknownName('command', name, Object.keys(COMMANDS))
    }
    const config = await Config.load({root: fileURLToPath(packageRoot)})
    await run(words as string[], config)
    return typeof process.exitCode === 'number' ? process.exitCode : 0
  } catch (error) {
    const failure = explainFailure(error, argv)
    printFailure(failure, (text) => process.stderr.write(text))
    return failure.exitCode
  }
}

/** `chaos proxy` takes the flags of `toxiproxy-server`, which begin with one dash: `-port 8474`, `-port=8474`. */
function rewrite(argv: readonly string[]): string[] {
  if (argv[0] !== 'proxy') return [...argv]
  return argv.map((word) => (/^-[a-z][a-z-]+(=.*)?$/.test(word) ? `-${word}` : word))
}
