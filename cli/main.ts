/**
 * The way in: `bin/chaos.js` calls `main` with what was typed. Every command ends here, with its exit code, whatever
 * happened to it.
 */
import {readFileSync} from 'node:fs'
import {fileURLToPath} from 'node:url'
import type {Interfaces} from '@oclif/core'
import {EXIT, messageOf} from '../core/error.ts'
import {packageRoot} from '../core/package.ts'
import {unknownName} from '../core/registry.ts'
import {packageVersion} from '../runner/version.ts'
import {commandOf, ENTRIES, importCommands} from './commands/index.ts'
import {columnsOf} from './output/columns.ts'
import {explainFailure, explainStray, type Failure, printFailure} from './output/failure.ts'
import {leave, watchLeaving, watchStream} from './output/leaving.ts'

/** The command that oclif's plug-in for completions brings. */
const COMPLETIONS = 'autocomplete'
const HELP = new Set(['help', '--help', '-h'])
const VERSION = new Set(['--version', '-v', 'version'])

/** Runs one command line; resolves to its exit code. */
export async function main(argv: readonly string[]): Promise<number> {
  watchStream(process.stdout, (error) => {
    process.stderr.write(` ›  Cannot write to standard output: ${messageOf(error)}.\n`)
    leave(EXIT.environment)
  })
  watchStream(process.stderr, () => {})
  const say = (failure: Failure) => {
    printFailure(failure, (text) => process.stderr.write(text))
    return failure.exitCode
  }
  const watch = watchLeaving((thrown) => say(explainStray(thrown, argv)))
  try {
    return await perform(argv)
  } catch (error) {
    return say(explainFailure(error, argv, Object.keys(ENTRIES)))
  } finally {
    watch.done()
  }
}

async function perform(argv: readonly string[]): Promise<number> {
  const [name = '--help', ...rest] = argv
  if (HELP.has(name)) {
    // `chaos help run` is `chaos run --help`.
    const subject = rest.find((word) => !word.startsWith('-'))
    if (subject !== undefined) return perform([...rest, '--help'])
    const {rootHelp} = await import('./output/root-help.ts')
    process.stdout.write(rootHelp(packageVersion(), columnsOf(process.stdout)))
    return EXIT.pass
  }
  if (VERSION.has(name)) {
    process.stdout.write(`chaos/${packageVersion()} ${process.platform}-${process.arch} node-${process.version}\n`)
    return EXIT.pass
  }
  // Piped, oclif takes 80 columns whatever is asked for.
  if (!process.stdout.isTTY) process.env['OCLIF_COLUMNS'] ||= `${columnsOf(process.stdout)}`
  const command = commandOf(argv)
  if (command === undefined) throw unknownName('command', name, Object.keys(ENTRIES))
  // Completions are made of every command; whatever else needs only its own.
  const wanted = name === COMPLETIONS ? Object.keys(ENTRIES) : [command]
  const [{Config, run}] = await Promise.all([import('@oclif/core'), importCommands(wanted)])
  const root = fileURLToPath(packageRoot)
  const config = await Config.load(name === COMPLETIONS ? {root, pjson: withPlugin(root)} : {root})
  await run(rewrite(argv), config)
  return typeof process.exitCode === 'number' ? process.exitCode : EXIT.pass
}

/** `chaos proxy` takes the flags of `toxiproxy-server`, which begin with one dash: `-port 8474`, `-port=8474`. */
function rewrite(argv: readonly string[]): string[] {
  if (argv[0] !== 'proxy') return [...argv]
  return argv.map((word) => (/^-[a-z][a-z-]+(=.*)?$/.test(word) ? `-${word}` : word))
}

/** Our package.json with the plug-in for completions, which no other command has to wait for. */
function withPlugin(root: string): Interfaces.PJSON {
  const pjson = JSON.parse(readFileSync(`${root}/package.json`, 'utf8')) as Interfaces.PJSON
  return {...pjson, oclif: {...pjson.oclif, plugins: ['@oclif/plugin-autocomplete']}}
}
