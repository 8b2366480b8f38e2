/**
 * Plug-ins: targets, workloads, nemeses and checkers that somebody else wrote, given in the configuration as objects, as paths
 * of modules or as names of packages. What is not shaped as it has to be is refused by name.
 */

import {CHECKERS} from '../../checkers/library.ts'
import {type Config, PLUGIN_KINDS, type Plugin, type PluginKind} from '../../core/config.ts'
import {UsageError} from '../../core/error.ts'
import {listNemeses} from '../../nemesis/index.ts'
import type {CheckerFactory, PluginCatalogue} from '../../runner/catalogue.ts'
import {WORKLOADS} from '../../workloads/index.ts'
import {importFrom} from './modules.ts'

/** What plug-ins bring, and the configuration as far as it names targets. */
export interface LoadedPlugins extends PluginCatalogue {
  readonly targets: NonNullable<Config['targets']>
}

/** The functions that each kind of object must have, and the names that are taken. */
const KINDS: Readonly<
  Record<
    PluginKind,
    {readonly noun: string; readonly functions: readonly string[]; readonly taken: () => readonly string[]}
  >
> = {
  targets: {noun: 'target', functions: ['start'], taken: () => []},
  workloads: {noun: 'workload', functions: ['generator', 'checkers'], taken: () => Object.keys(WORKLOADS)},
  nemeses: {
    noun: 'fault',
    functions: ['missing', 'parse', 'plan', 'start'],
    taken: () => listNemeses().map(({name}) => name),
  },
  checkers: {noun: 'checker', functions: ['check'], taken: () => Object.keys(CHECKERS)},
}

/** Loads everything that a configuration names. `directory` is where its paths begin. Throws UsageError. */
export async function loadPlugins(config: Config, directory: string, file: string): Promise<LoadedPlugins> {
  const parts: {readonly from: string; readonly plugin: Plugin}[] = [{from: file, plugin: config}]
  for (const entry of config.plugins ?? []) {
    if (typeof entry !== 'string') parts.push({from: file, plugin: entry})
    else parts.push({from: entry, plugin: (await defaultOf(entry, directory, 'plugin')) as Plugin})
  }
  const found: Record<PluginKind, Record<string, unknown>> = {targets: {}, workloads: {}, nemeses: {}, checkers: {}}
  for (const {from, plugin} of parts) {
    for (const kind of PLUGIN_KINDS) {
      for (const [name, entry] of Object.entries(plugin[kind] ?? {})) {
        const {noun, taken} = KINDS[kind]
        if (taken().includes(name)) throw new UsageError(`${from}: there is a bundled ${noun} named "${name}".`)
        if (Object.hasOwn(found[kind], name)) throw new UsageError(`${from}: the ${noun} "${name}" is given twice.`)
        found[kind][name] = await entryOf(entry, name, kind, from, directory)
      }
    }
  }
  return found as unknown as LoadedPlugins
}

async function entryOf(
  entry: unknown,
  name: string,
  kind: PluginKind,
  from: string,
  directory: string,
): Promise<unknown> {
  // Modules of targets are loaded when they are run: they may be large, and not be installed everywhere.
  if (kind === 'targets') return entry
  const value = typeof entry === 'string' ? await defaultOf(entry, directory, KINDS[kind].noun) : entry
  if (kind === 'checkers') return checkerFactory(value, name, from)
  return shaped(value, name, kind, from)
}

/** A checker may be given as it is, or as the function that makes it from options. */
function checkerFactory(value: unknown, name: string, from: string): CheckerFactory {
  const make = typeof value === 'function' ? (value as CheckerFactory) : () => value as ReturnType<CheckerFactory>
  return (options) =>
    shaped(options === undefined ? make() : make(options), name, 'checkers', from) as ReturnType<CheckerFactory>
}

/** Throws UsageError for an object without the functions of its kind, or with another name than it is given by. */
function shaped(value: unknown, name: string, kind: PluginKind, from: string): object {
  const {noun, functions} = KINDS[kind]
  const object = (value ?? {}) as Record<string, unknown>
  const missing = functions.filter((field) => typeof object[field] !== 'function')
  if (typeof object['description'] !== 'string') missing.unshift('description')
  if (missing.length > 0) {
    throw new UsageError(`${from}: the ${noun} "${name}" has no ${missing.join(', ')}.`, [
      `A ${noun} has: name, description, ${functions.join(', ')}. See docs/plugins.md.`,
    ])
  }
  if (object['name'] !== name) {
    throw new UsageError(`${from}: the ${noun} "${name}" calls itself "${String(object['name'])}".`)
  }
  return object
}

async function defaultOf(specifier: string, directory: string, noun: string): Promise<unknown> {
  const module = await importFrom(specifier, directory, noun)
  const value = module['default']
  if (value !== undefined) return value
  throw new UsageError(`The ${noun} module ${specifier} has no default export.`)
}
