/** The project's own source files and what they import, for tests that keep the house in order. */
import {existsSync, readdirSync, readFileSync} from 'node:fs'
import {dirname, join, normalize} from 'node:path'
import {fileURLToPath} from 'node:url'

export const ROOT: string = fileURLToPath(new URL('..', import.meta.url))

export const FOLDERS = [
  'core',
  'checkers',
  'workloads',
  'nemesis',
  'net',
  'hosts',
  'sim',
  'hosts',
  'targets',
  'runner',
  'report',
  'cli',
] as const
export type Folder = (typeof FOLDERS)[number]

export interface Source {
  /** Path from the root: `core/op.ts`. */
  readonly path: string
  readonly folder: Folder | 'tests' | 'bench'
  readonly lines: readonly string[]
}

export interface Import {
  readonly line: number
  /** Path from the root for our own files, the specifier otherwise: `node:fs`, `execa`. */
  readonly target: string
  readonly own: boolean
}

/** Every source file of the product; tests and the browser half of the report are left out. */
export function sources(): Source[] {
  return FOLDERS.flatMap((folder) =>
    namesIn(folder)
      .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts') && !name.startsWith('app/'))
      .map((name) => sourceAt(folder, name)),
  )
}

/** Every file that somebody wrote: the product with its tests and the page of the report, `tests` and `bench`. */
export function writtenFiles(): Source[] {
  return [...FOLDERS, 'tests' as const, 'bench' as const].flatMap((folder) =>
    namesIn(folder)
      .filter((name) => WRITTEN.test(name) && !name.startsWith('fixtures/'))
      .map((name) => sourceAt(folder, name)),
  )
}

const WRITTEN = /\.(tsx?|m?js|css)$/

function namesIn(folder: string): string[] {
  const path = join(ROOT, folder)
  return existsSync(path) ? readdirSync(path, {recursive: true, encoding: 'utf8'}) : []
}

function sourceAt(folder: Source['folder'], name: string): Source {
  const path = join(folder, name)
  return {path, folder, lines: readFileSync(join(ROOT, path), 'utf8').trimEnd().split('\n')}
}

const IMPORT = /(?:\bfrom|\bimport)\s*\(?\s*'([^']+)'/

/** What a file imports, statically and dynamically. */
export function importsOf(source: Source): Import[] {
  return source.lines.flatMap((text, i) => {
    const specifier = IMPORT.exec(text)?.[1]
    if (specifier === undefined || /^\s*(\*|\/\/)/.test(text)) return []
    const own = specifier.startsWith('.')
    const target = own ? normalize(join(dirname(source.path), specifier)) : specifier
    return [{line: i + 1, target, own}]
  })
}
