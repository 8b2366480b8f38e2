/**
 * What can be named on a command line: bundled targets and workloads, those of the configuration, and modules given by path
 * or package name.
 */
import {existsSync} from 'node:fs'
import {resolve} from 'node:path'
import {messageOf, UsageError} from '../../core/error.ts'
import {lookUp} from '../../core/registry.ts'
import type {Target} from '../../core/target.ts'
import {commandTarget, TARGETS} from '../../targets/index.ts'
import {isCommandTarget, type LoadedConfig} from './config.ts'
import {importModule} from './modules.ts'

/** Names of all targets: bundled ones first, then those of the configuration. */
export function targetNames({config}: LoadedConfig): string[] {
  return [...Object.keys(TARGETS), ...Object.keys(config.targets ?? {})]
}

/**
 * The target of this name: of the configuration, bundled, or (with a slash, or as an installed package) a module whose
 * default export is a target. Throws UsageError with a suggestion.
 */
export async function findTarget(name: string, loaded: LoadedConfig, directory: string): Promise<Target> {
  const configured = loaded.config.targets ?? {}
  if (Object.hasOwn(configured, name)) {
    const entry = configured[name] as NonNullable<(typeof configured)[string]>
    if (typeof entry === 'string') return loadTarget(entry, directory)
    return isCommandTarget(entry) ? commandTarget(name, entry) : entry
  }
  if (/[/\\]/.test(name) || /\.[mc]?[jt]s$/.test(name)) return loadTarget(name, directory)
  const names = Object.fromEntries(targetNames(loaded).map((known) => [known, known]))
  return lookUp('target', TARGETS, lookUp('target', names, name))
}

async function loadTarget(path: string, directory: string): Promise<Target> {
  const file = resolve(directory, path)
  if (!existsSync(file)) throw new UsageError(`No such target module: ${path}`)
  let module: Record<string, unknown>
  try {
    module = await importModule(file)
  } catch (error) {
    throw new UsageError(`The target module ${path} cannot be read: ${messageOf(error)}`, [], error)
  }
  const target = (module['default'] ?? module['target']) as Target | undefined
  if (typeof target?.start === 'function' && typeof target.name === 'string') return target
  throw new UsageError(`${path} exports no target.`, [
    'Expected: a default export with name, claims, functions and start.',
  ])
}
