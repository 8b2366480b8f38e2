/**
 * Finds and reads `chaos.config.ts` (or `.js`, `.mjs`, `.json`) and says in plain words what is wrong with it.
 */
import {existsSync, readFileSync} from 'node:fs'
import {dirname, resolve} from 'node:path'
import type {CommandTarget, Config} from '../../core/config.ts'
import {messageOf, UsageError} from '../../core/error.ts'
import type {Target} from '../../core/target.ts'
import {NO_PLUGINS} from '../../runner/catalogue.ts'
import {importModule} from './modules.ts'
import {type LoadedPlugins, loadPlugins} from './plugins.ts'

/** What a configuration is called that nobody names. */
export const CONFIG_NAMES = ['chaos.config.ts', 'chaos.config.js', 'chaos.config.mjs', 'chaos.config.json']

export interface LoadedConfig {
  readonly config: Config
  /** Where it was found; undefined when there is none. */
  readonly file: string | undefined
  /** Everything that it and its plug-ins bring. */
  readonly plugins: LoadedPlugins
}

/** Reads the file given, or the first of the usual names in this directory. No file is an empty configuration. */
export async function loadConfig(given: string | undefined, directory: string): Promise<LoadedConfig> {
  const found = given ?? CONFIG_NAMES.find((name) => existsSync(resolve(directory, name)))
  if (found === undefined) return {config: {}, file: undefined, plugins: {...NO_PLUGINS, targets: {}}}
  const file = resolve(directory, found)
  if (!existsSync(file)) throw new UsageError(`No such configuration file: ${given}`)
  const config = await read(file, found)
  await check(config, found)
  const plugins = await loadPlugins(config as Config, dirname(file), found)
  return {config: config as Config, file: found, plugins}
}

async function read(file: string, name: string): Promise<unknown> {
  try {
    if (file.endsWith('.json')) return JSON.parse(readFileSync(file, 'utf8'))
    const module = await importModule(file)
    return 'default' in module ? module['default'] : module
  } catch (error) {
    throw new UsageError(`${name} cannot be read: ${messageOf(error)}`, [], error)
  }
}

async function check(config: unknown, name: string): Promise<void> {
  const [{configSchema}, {problemsOf}] = await Promise.all([
    import('./config-schema.ts'),
    import('./config-problems.ts'),
  ])
  const result = configSchema.safeParse(config)
  if (result.success) return
  throw new UsageError(`${name} is not a valid configuration.`, problemsOf(result.error.issues, config, configSchema))
}

export function isCommandTarget(value: CommandTarget | Target): value is CommandTarget {
  return 'command' in value
}
