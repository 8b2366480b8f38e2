/** Finds programs as a shell would. */
import {accessSync, constants, statSync} from 'node:fs'
import {delimiter, join} from 'node:path'

/** The full path of an executable on PATH, if there is one. */
export function findOnPath(name: string, path = process.env['PATH'] ?? ''): string | undefined {
  for (const folder of path.split(delimiter)) {
    const file = join(folder, name)
    try {
      accessSync(file, constants.X_OK)
      if (statSync(file).isFile()) return file
    } catch {
      // Not here.
    }
  }
  return undefined
}
