/** Where the commands look for runs by name: where they are told to, where the configuration has them, or up the tree. */
import {existsSync} from 'node:fs'
import {findRun, runsDirectories} from '../../runner/runs.ts'
import {loadConfig} from './config.ts'

/** The directories to look in: the one given, `CHAOS_OUTPUT`, that of the configuration, and those found up the tree. */
export async function runPlaces(given: string | undefined, config?: string): Promise<string[]> {
  const told = given ?? (process.env['CHAOS_OUTPUT'] || undefined)
  if (told !== undefined) return [told]
  const {run} = (await loadConfig(config, process.cwd())).config
  const above = runsDirectories(undefined, process.cwd())
  return typeof run?.['output'] === 'string' ? [run['output'], ...above] : above
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
