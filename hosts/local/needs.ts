/**
 * What a target needs that does not come with us: programs of the system, client libraries from npm. Without them the target
 * is absent, which is said with the package that brings them; nothing is installed and nothing crashes.
 */
import {existsSync} from 'node:fs'
import {createRequire} from 'node:module'
import {delimiter} from 'node:path'
import {findOnPath} from '../../net/toxiproxy/find-on-path.ts'

/** A program, and the package of Debian and Ubuntu that brings it. */
export interface NeededProgram {
  readonly program: string
  readonly debian: string
}

/** A file that no PATH leads to. */
export interface NeededFile {
  readonly file: string
  readonly debian: string
}

/** A client library, and the versions that were tried, as npm takes them. */
export interface NeededLibrary {
  readonly library: string
  readonly version: string
}

/** Where servers are installed that ordinary users do not have on their PATH. */
const SERVERS = ['/usr/local/sbin', '/usr/sbin', '/sbin']

/** The full path of a program, on PATH or where servers are installed. */
export function findProgram(program: string): string | undefined {
  return findOnPath(program, [process.env['PATH'] ?? '', ...SERVERS].join(delimiter))
}

/** What of it is missing and how to get it, in words; undefined where nothing is. */
export function missing(
  programs: readonly NeededProgram[],
  libraries: readonly NeededLibrary[] = [],
  files: readonly NeededFile[] = [],
): string | undefined {
  const noProgram = [
    ...programs.filter(({program}) => findProgram(program) === undefined),
    ...files.filter(({file}) => !existsSync(file)).map(({file, debian}) => ({program: file, debian})),
  ]
  const noLibrary = libraries.filter(({library}) => !isInstalled(library))
  const packages = [...new Set(noProgram.map(({debian}) => debian))]
  const parts = [
    ...(noProgram.length === 0
      ? []
      : [`${list(noProgram.map(({program}) => program))} not found (apt-get install ${packages.join(' ')})`]),
    ...(noLibrary.length === 0
      ? []
      : [
          `${list(noLibrary.map(({library}) => library))} not installed (npm install ${noLibrary
            .map(({library, version}) => `${library}@${version}`)
            .join(' ')})`,
        ]),
  ]
  return parts.length === 0 ? undefined : parts.join('; ')
}

const list = (names: readonly string[]): string => names.join(' and ')

function isInstalled(library: string): boolean {
  try {
    createRequire(import.meta.url).resolve(library)
    return true
  } catch (error) {
    // A package for `import` only says that it has no such entry: it is there.
    return (error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND'
  }
}
