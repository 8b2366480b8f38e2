/**
 * By preloading: a small shared object stands between the program and the C library and turns what it connects to into its
 * links. The configuration stays what it would be without us.
 */
import {join} from 'node:path'
import {buildPreload, preloading} from '../../preload/build.ts'
import type {Way} from '../dialling.ts'

export const preload: Way = {
  async open({place, directory}) {
    if (process.platform !== 'linux') return 'connect() can be preloaded on Linux only'
    const library = join(directory, 'connect.so')
    const problem = await buildPreload(place, 'connect', library)
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
        return preloading(command, library, {CHAOS_CONNECT_MAP: map.join(',')})
      },
    }
  },
}
