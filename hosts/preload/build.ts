/**
 * Shared objects that stand between a program and the C library, and a program that stands between one and the kernel. They are
 * built when they are first needed, with the compiler that is here; programs that do not use the C library (Go) never call them.
 */
import {existsSync, renameSync} from 'node:fs'
import {fileURLToPath} from 'node:url'
import {packageRoot} from '../../core/package.ts'
import type {Command, Place} from '../../core/place.ts'
import {findProgram} from '../local/needs.ts'

/** How long building one may take, ms. */
const BUILD_LIMIT_MS = 30_000

const ADVICE = 'apt-get install gcc libc6-dev'

/** `true` where one can be built; a text: why not. */
export function canPreload(): true | string {
  if (process.platform !== 'linux') return 'the C library can be preloaded on Linux only'
  return findProgram('cc') === undefined ? `no C compiler is here to build what is preloaded (${ADVICE})` : true
}

/** Builds `hosts/preload/<name>.c` unless it is there; a text: why it cannot. */
export function buildPreload(place: Place, name: string, library: string): Promise<string | undefined> {
  return build(place, name, library, ['-shared', '-fPIC'], ['-ldl'])
}

/** The same for a program. */
export function buildProgram(place: Place, name: string, program: string): Promise<string | undefined> {
  return build(place, name, program, [], [])
}

async function build(place: Place, name: string, path: string, before: string[], after: string[]) {
  if (existsSync(path)) return undefined
  const source = fileURLToPath(new URL(`hosts/preload/${name}.c`, packageRoot))
  const half = `${path}.half`
  const args = [...before, '-O2', '-o', half, source, ...after]
  const {exitCode, stderr} = await place.execute({command: 'cc', args}, BUILD_LIMIT_MS)
  if (exitCode !== 0) return `no C compiler builds ${name}.c (${stderr.trim().split('\n')[0]}); ${ADVICE}`
  renameSync(half, path)
  return undefined
}

/** The command with this library before those that it preloads already, and these variables. */
export function preloading(command: Command, library: string, env: Readonly<Record<string, string>>): Command {
  const others = command.env?.['LD_PRELOAD']
  const all = others === undefined ? library : `${library}:${others}`
  return {...command, env: {...command.env, ...env, LD_PRELOAD: all}}
}
