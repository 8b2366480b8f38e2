/**
 * What can be named on a command line: bundled targets and workloads, those of the configuration, and modules given by path
 * or package name.
 */
import {basename} from 'node:path'
import type {CommandTarget} from '../../core/config.ts'
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
    if (typeof entry === 'string') return importTarget(entry, directory, name)
    return isCommandTarget(entry) ? commandTarget(name, entry) : entry
  }
  if (isPath(name) || /^(@[^/]+\/)?chaos-target-/.test(name)) return importTarget(name, directory)
  const names = Object.fromEntries(targetNames(loaded).map((known) => [known, known]))
  const known = {...TARGETS, ...PROGRAMS}
  return lookUp('target', known, lookUp('target', names, name))
}

/** A module's target: one with a `start`, or a command with a client, which goes by the name of its file or package. */
async function importTarget(specifier: string, directory: string, name = nameOf(specifier)): Promise<Target> {
  const module = await importFrom(specifier, directory, 'target')
  const target = (module['default'] ?? module['target']) as Partial<Target & CommandTarget> | undefined
  if (typeof target?.start === 'function' && typeof target.name === 'string') return target as Target
  if (typeof target?.command === 'string') {
    const missing = [
      ...(typeof target.client === 'function' ? [] : ['client, a function that connects to a node']),
      ...(typeof target.claims === 'object' ? [] : ["claims, such as {register: 'linearizable'}"]),
    ]
    if (missing.length === 0) return commandTarget(target.name ?? name, target as CommandTarget)
    throw new UsageError(`${specifier}: a target with a command also has ${missing.join(', and ')}.`, [SHAPES])
  }
  throw new UsageError(`${specifier} exports no target.`, [SHAPES])
}

const SHAPES =
  'Expected: a default export with command, client and claims, or with name, claims, functions and start. See docs/plugins.md.'

/** `./targets/my-kv.ts` and `@org/chaos-target-my-kv` are both `my-kv`. */
function nameOf(specifier: string): string {
  return basename(specifier)
    .replace(/\.[mc]?[jt]s$/, '')
    .replace(/^chaos-target-/, '')
}
