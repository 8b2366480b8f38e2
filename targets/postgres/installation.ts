/** Where PostgreSQL is on this machine, and which one it is. Debian keeps its servers where no PATH leads. */
import {existsSync, readdirSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {EnvironmentError} from '../../core/error.ts'
import type {StartContext} from '../../core/target.ts'
import {findProgram, missing} from '../../hosts/local/needs.ts'

const DEBIAN = '/usr/lib/postgresql'
/** The versions that were tried. */
const TRIED = '15'
/** The oldest in which a standby's primary can be changed without a restart. */
const OLDEST = 13

const NEEDED = ['postgres', 'initdb', 'pg_basebackup']

/** The directory of all programs that are needed; undefined where there is none. Of several on Debian, the newest. */
export function programs(): string | undefined {
  const onPath = findProgram('postgres')
  if (onPath !== undefined && hasAll(dirname(onPath))) return dirname(onPath)
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN).filter((name) => /^\d+$/.test(name)) : []
  return versions
    .sort((left, right) => Number(right) - Number(left))
    .map((version) => join(DEBIAN, version, 'bin'))
    .find(hasAll)
}

function hasAll(directory: string): boolean {
  return NEEDED.every((program) => existsSync(join(directory, program)))
}

export function absent(): string | undefined {
  const server = programs() === undefined ? [{file: `${DEBIAN}/*/bin/postgres`, debian: 'postgresql'}] : []
  return missing([], [{library: 'pg', version: '^8.23.1'}], server)
}

export async function version({place}: StartContext): Promise<string> {
  const command = join(programs() ?? '', 'postgres')
  const {exitCode, stdout, stderr} = await place.execute({command, args: ['--version']}, 10_000)
  const found = /\) (\d+)(\S*)/.exec(stdout)
  if (exitCode !== 0 || found === null) throw new EnvironmentError('postgres does not say its version.', [stderr])
  const [, major = '', minor = ''] = found
  if (Number(major) < OLDEST) {
    throw new EnvironmentError(`PostgreSQL ${major}${minor} is too old: ${OLDEST} is the oldest.`, [`Tried: ${TRIED}`])
  }
  return `postgres ${major}${minor}${major === TRIED ? '' : ` (tried: ${TRIED})`}`
}
