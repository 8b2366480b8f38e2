/** Carries the files of a run from the machine where it ran to the one that keeps it. */
import {existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync} from 'node:fs'
import {dirname, join, normalize, relative, sep} from 'node:path'
import {gunzipSync, gzipSync} from 'node:zlib'
import {UsageError} from '../../../core/error.ts'

/** Files larger than this, compressed, stay where they are; bytes. A broker is no file server. */
const LARGEST = 8 << 20

/** Path to content, gzip and base64, of everything in a run directory but the nodes' disks. */
export function packRun(directory: string): Record<string, string> {
  const files: Record<string, string> = {}
  for (const entry of readdirSync(directory, {recursive: true, withFileTypes: true})) {
    if (!entry.isFile()) continue
    const file = join(entry.parentPath, entry.name)
    const path = relative(directory, file).split(sep).join('/')
    if (path.startsWith('disks/')) continue
    const packed = gzipSync(readFileSync(file))
    if (packed.length <= LARGEST) files[path] = packed.toString('base64')
  }
  return files
}

/** Writes them into a directory; what is there already stays. Throws UsageError for a path that would lead out of it. */
export function unpackRun(files: Readonly<Record<string, string>>, directory: string): void {
  for (const [path, content] of Object.entries(files)) {
    const file = join(directory, path)
    if (normalize(path).startsWith('..') || relative(directory, file).startsWith('..')) {
      throw new UsageError(`A worker sent a file that does not belong to its run: ${path}`)
    }
    if (existsSync(file)) continue
    mkdirSync(dirname(file), {recursive: true})
    writeFileSync(file, gunzipSync(Buffer.from(content, 'base64')))
  }
}
