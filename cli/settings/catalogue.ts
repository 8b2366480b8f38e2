/**
 * What can be named on a command line: bundled targets and workloads, those of the configuration, and modules given by path
 * or package name.
 */
import {UsageError} from '../../core/error.ts'
import {lookUp} from '../../core/registry.ts'
import type {Target} from '../../core/target.ts'
import {commandTarget, PROGRAMS, TARGETS} from '../../targets/index.ts'
import {isCommandTarget, type LoadedConfig} from './config.ts'
import {importFrom, isPath} from './modules.ts'

/** Names of all targets: bundled ones first, then those of the configuration and of plug-ins. */
export function targetNames({plugins}: LoadedConfig): string[] {
  return [...Object.keys(TARGETS), ...Object.keys(PROGRAMS), ...Object.keys(plugins.targets)]
}

/**
 * The target of this name: of the configuration, bundled, or (a path, or a package named `chaos-target-…`) a module whose
 * default export is a target. Throws UsageError with a suggestion.
 */
export async function findTarget(name: string, loaded: LoadedConfig, directory: string): Promise<Target> {
  const configured = loaded.plugins.targets
  if (Object.hasOwn(configured, name)) {
    const entry = configured[name] as NonNullable<(typeof configured)[string]>
    if (typeof entry === 'string') return importTarget(entry, directory)
    return isCommandTarget(entry) ? commandTarget(name, entry) : entry
  }
  if (isPath(name) || /^(@[^/]+\/)?chaos-target-/.test(name)) return importTarget(name, directory)
  const names = Object.fromEntries(targetNames(loaded).map((known) => [known, known]))
  const known = {...TARGETS, ...PROGRAMS}
  return lookUp('target', known, lookUp('target', names, name))
}

async function importTarget(specifier: string, directory: string): Promise<Target> {
  const module = await importFrom(specifier, directory, 'target')
  const target = (module['default'] ?? module['target']) as Target | undefined
  if (typeof target?.start === 'function' && typeof target.name === 'string') return target
  throw new UsageError(`${specifier} exports no target.`, [
    'Expected: a default export with name, claims, functions and start.',
  ])
}
