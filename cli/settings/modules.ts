/**
 * Imports the modules of users: configurations, targets, plug-ins. Whatever they are written in, `chaos/config` and the other
 * entries of this package are this package, not a copy beside them: nothing has to be installed, and a `NotDone` of theirs is
 * ours.
 */
import {pathToFileURL} from 'node:url'

/** TypeScript and whatever imports this package go through jiti, since Node 20 reads neither without being told how. */
export async function importModule(file: string): Promise<Record<string, unknown>> {
  if (!/\.[mc]?ts$/.test(file)) {
    try {
      return (await import(pathToFileURL(file).href)) as Record<string, unknown>
    } catch (error) {
      if (!asksForUs(error)) throw error
    }
  }
  const {createJiti} = await import('jiti')
  const jiti = createJiti(import.meta.url, {virtualModules: await ownEntries()})
  return (await jiti.import(file)) as Record<string, unknown>
}

/** Whether Node did not find this package from where the module is. */
function asksForUs(error: unknown): boolean {
  const {code, message} = error as NodeJS.ErrnoException
  return code === 'ERR_MODULE_NOT_FOUND' && /Cannot find package 'chaos'/.test(message)
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
