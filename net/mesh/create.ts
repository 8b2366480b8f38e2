/** Makes a mesh: every proxy of a run in one request. */
import {hostPort, parseHostPort} from '../ports.ts'
import type {Mesh, MeshOptions} from './mesh.ts'
import {type MeshProxy, ProxyMesh} from './proxy-mesh.ts'

/** Throws ToxiproxyError. */
export async function createMesh({client, links, prefix = ''}: MeshOptions): Promise<Mesh> {
  const first = new Set<string>()
  const named = links.map((link) => {
    const pair = `${link.from}-to-${link.to}`
    const name = `${prefix}${pair}${first.has(pair) ? `-${link.service}` : ''}`
    first.add(pair)
    return {...link, name}
  })
  const created = await client.populate(
    named.map(({name, listen, upstream}) => ({
      name,
      listen: listen === undefined ? '127.0.0.1:0' : hostPort(listen),
      upstream: hostPort(upstream),
      enabled: true,
    })),
  )
  const proxies = named.map(({name, from, to, service}, i): MeshProxy => {
    const {listen} = created[i] as {listen: string}
    return {name, from, to, service, listen: parseHostPort(listen), applied: {enabled: true, toxics: new Map()}}
  })
  return new ProxyMesh(client, proxies, prefix)
}
