/**
 * Imports the modules of users: configurations, targets, plug-ins. Whatever they are written in, `chaos/config` and the other
 * entries of this package are this package, not a copy beside them: nothing has to be installed, and a `NotDone` of theirs is
 * ours.
 */
import {existsSync, readFileSync} from 'node:fs'
import {resolve} from 'node:path'
import {pathToFileURL} from 'node:url'
import {messageOf, UsageError} from '../../core/error.ts'

/** TypeScript and whatever imports this package go through jiti, since Node 20 reads neither without being told how. */
export async function importModule(file: string): Promise<Record<string, unknown>> {
  if (!/\.[mc]?ts$/.test(file) && !importsUs(file)) {
    try {
      return (await import(pathToFileURL(file).href)) as Record<string, unknown>
    } catch (error) {
      // What it imports may import this package in turn.
      if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error
    }
  }
  return (await jitiIn(file)).import(file) as Promise<Record<string, unknown>>
}

async function jitiIn(parent: string) {
  const {createJiti} = await import('jiti')
  return createJiti(parent, {virtualModules: await ownEntries()})
}

/** Imports a module by its path from a directory, or a package that is installed there. Throws UsageError. */
export async function importFrom(specifier: string, directory: string, noun: string): Promise<Record<string, unknown>> {
  try {
    if (!isPath(specifier)) return await (await jitiIn(resolve(directory, 'chaos.config.ts'))).import(specifier)
    const file = resolve(directory, specifier)
    if (!existsSync(file)) throw new UsageError(`No such ${noun} module: ${specifier}`)
    return await importModule(file)
  } catch (error) {
    if (error instanceof UsageError) throw error
    throw new UsageError(`The ${noun} module ${specifier} cannot be read: ${messageOf(error)}`, [], error)
  }
}

/** Whether it is a path rather than a package: with a slash that is no scope's, or with the ending of a module. */
export function isPath(specifier: string): boolean {
  return /^\.{0,2}[/\\]/.test(specifier) || /\.[mc]?[jt]s$/.test(specifier) || /^[^@][^/\\]*[/\\]/.test(specifier)
}

/** Whether a module imports this package itself. */
function importsUs(file: string): boolean {
  return /\b(from|import)\s*\(?\s*['"]chaos(\/[\w-]+)?['"]/.test(readFileSync(file, 'utf8'))
}

/** The entries of this package that modules of users import. */
async function ownEntries(): Promise<Record<string, unknown>> {
  const [core, config, history, format, checkers] = await Promise.all([
    import('../../core/index.ts'),
    import('../../core/config.ts'),
    import('../../core/history.ts'),
    import('../../core/format/index.ts'),
    import('../../checkers/library.ts'),
  ])
  return {
    chaos: core,
    'chaos/plugin': core,
    'chaos/config': config,
    'chaos/history': history,
    'chaos/format': format,
    'chaos/checkers': checkers,
  }
}
