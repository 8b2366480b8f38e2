/** Where the commands look for runs by name: where they are told to, where the configuration has them, or up the tree. */
import {existsSync} from 'node:fs'
import {dirname, join, relative, resolve} from 'node:path'
import {findRun, runsDirectories} from '../../runner/runs.ts'
import {CONFIG_NAMES, loadConfig} from './config.ts'

/**
 * The directories to look in: the one given, `CHAOS_OUTPUT`, that of the configuration, and those found up the tree. There the
 * first configuration counts as well: it is where somebody who stands in a folder below ran his command.
 */
export async function runPlaces(given: string | undefined, config?: string): Promise<string[]> {
  const told = given ?? (process.env['CHAOS_OUTPUT'] || undefined)
  if (told !== undefined) return [told]
  const home = config === undefined ? homeOf(process.cwd()) : process.cwd()
  const {run} = (await loadConfig(config, home)).config
  const above = runsDirectories(undefined, process.cwd())
  if (typeof run?.['output'] !== 'string') return above
  return [relative(process.cwd(), resolve(home, run['output'])) || '.', ...above]
}

/** The nearest directory, this one or one above, that has a configuration; this one where none has. */
function homeOf(directory: string): string {
  for (let at = directory; ; at = dirname(at)) {
    if (CONFIG_NAMES.some((name) => existsSync(join(at, name)))) return at
    if (at === dirname(at)) return directory
  }
}

/** Each name that is a run and no file here, as the path of the run. Others stay: whoever reads them says what is wrong. */
export async function placeNames(
  names: readonly string[],
  given: string | undefined,
  config?: string,
): Promise<string[]> {
  const loose = (name: string) => name !== '-' && !existsSync(name)
  if (!names.some(loose)) return [...names]
  const places = await runPlaces(given, config)
  return names.map((name) => (loose(name) ? (findRun(name, places) ?? name) : name))
}
