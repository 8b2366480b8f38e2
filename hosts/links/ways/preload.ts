/**
 * By preloading: a small shared object stands between the program and the C library and turns what it connects to into its
 * links. The configuration stays what it would be without us. It is built when it is first needed, with the compiler that is
 * here; programs that do not use the C library (Go) never call it.
 */
import {existsSync, renameSync} from 'node:fs'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {packageRoot} from '../../../core/package.ts'
import type {Place} from '../../../core/place.ts'
import type {Way} from '../dialling.ts'

/** How long building it may take, ms. */
const BUILD_LIMIT_MS = 30_000
const SOURCE = 'hosts/links/preload/connect.c'

export const preload: Way = {
  async open({place, directory}) {
    if (process.platform !== 'linux') return 'connect() can be preloaded on Linux only'
    const library = join(directory, 'connect.so')
    const problem = await build(place, library)
    if (problem !== undefined) return problem
    return {
      way: 'preload',
      words: 'preloaded connect()',
      address: (_from, _to, _service, own) => own,
      surround(node, command, {links, peers}) {
        const map = peers
          .filter(({to}) => to !== node)
          .map(({to, service, own}) => {
            const link = links.address(node, to, service)
            return `${own.host}:${own.port}=${link.host}:${link.port}`
          })
        return {...command, env: {...command.env, LD_PRELOAD: library, CHAOS_CONNECT_MAP: map.join(',')}}
      },
    }
  },
}

/** Builds the shared object unless it is there; a text: why it cannot. */
async function build(place: Place, library: string): Promise<string | undefined> {
  if (existsSync(library)) return undefined
  const source = fileURLToPath(new URL(SOURCE, packageRoot))
  const half = `${library}.half`
  const args = ['-shared', '-fPIC', '-O2', '-o', half, source, '-ldl']
  const {exitCode, stderr} = await place.execute({command: 'cc', args}, BUILD_LIMIT_MS)
  if (exitCode !== 0)
    return `no C compiler builds the preload (${stderr.trim().split('\n')[0]}); apt-get install gcc libc6-dev`
  renameSync(half, library)
  return undefined
}
