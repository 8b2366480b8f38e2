/** The version of this package. */
import {readFileSync} from 'node:fs'
import {fileURLToPath} from 'node:url'
import {packageRoot} from '../core/package.ts'

export function packageVersion(): string {
  const file = fileURLToPath(new URL('package.json', packageRoot))
  return (JSON.parse(readFileSync(file, 'utf8')) as {version: string}).version
}
