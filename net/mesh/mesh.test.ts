import {once} from 'node:events'
import {type AddressInfo, connect, createServer, type Server} from 'node:net'
import {afterAll, beforeAll, beforeEach, describe, expect, it} from 'vitest'
import {sleep, wallClock} from '../../core/clock.ts'
import type {HostPort} from '../ports.ts'
import {createToxiproxyClient, type ToxiproxyClient} from '../toxiproxy/client.ts'
import {type RunningToxiproxy, startToxiproxy} from '../toxiproxy/server/server.ts'
import {createMesh} from './create.ts'
import type {Link, Mesh} from './mesh.ts'

const nodes = ['n1', 'n2', 'n3']
const clock = wallClock()
let server: RunningToxiproxy
let client: ToxiproxyClient
let mesh: Mesh
const echoes: Server[] = []

/** A node that answers with its name. */
async function node(name: string): Promise<HostPort> {
  const echo = createServer((socket) => socket.on('error', () => {}).on('data', () => socket.write(name)))
  echo.listen(0, '127.0.0.1')
  await once(echo, 'listening')
  echoes.push(echo)
  return {host: '127.0.0.1', port: (echo.address() as AddressInfo).port}
}

/** What a request from one end to the other comes to: the answer, `nothing`, `closed` or an error code. */
async function ask(from: string, to: string): Promise<string> {
  const socket = connect(mesh.address(from, to))
  try {
    return await new Promise<string>((resolve) => {
      socket.on('data', (data) => resolve(String(data)))
      socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'error'))
      socket.on('end', () => resolve('closed'))
      socket.write('?')
      void sleep(clock, 250).then(() => resolve('nothing'))
    })
  } finally {
    socket.destroy()
  }
}

const cut = (from: string, to: string): Link => ({from, to})

beforeAll(async () => {
  server = await startToxiproxy({port: 0})
  client = createToxiproxyClient(server.url)
  const addresses = Object.fromEntries(await Promise.all(nodes.map(async (name) => [name, await node(name)] as const)))
  const linksTo = (to: string) => {
    const upstream = addresses[to] as HostPort
    const peers = nodes.filter((from) => from !== to).map((from) => ({from, to, service: 'peer', upstream}))
    return [{from: 'clients', to, service: 'client', upstream}, ...peers]
  }
  mesh = await createMesh({client, links: nodes.flatMap(linksTo)})
})
beforeEach(() => mesh.heal())
afterAll(async () => {
  await mesh.close()
  expect(await client.listProxies()).toEqual([])
  client.close()
  await server.close()
  for (const echo of echoes) echo.close()
})

describe('a mesh', () => {
  it('has an address for every directed link and every client link', async () => {
    const ports = nodes.flatMap((to) =>
      ['clients', ...nodes].filter((from) => from !== to).map((from) => mesh.address(from, to).port),
    )
    expect(new Set(ports).size).toBe(9)
    expect(await ask('n1', 'n2')).toBe('n2')
    expect(await ask('clients', 'n3')).toBe('n3')
    expect(() => mesh.address('n1', 'n1')).toThrow('no link from n1 to n1')
  })

  it('black-holes one direction: requests vanish, and so do answers on the other side’s connections', async () => {
    await mesh.block([cut('n1', 'n2')], 'black-hole', 'f1')
    expect(await ask('n1', 'n2')).toBe('nothing')
    expect(await ask('n2', 'n1')).toBe('nothing')
    expect(await ask('n1', 'n3')).toBe('n3')
    const {toxics} = await mesh.state('n1', 'n2')
    expect(toxics.map(({proxy, stream, type}) => [proxy, stream, type])).toEqual([
      ['n1-to-n2', 'upstream', 'timeout'],
      ['n2-to-n1', 'downstream', 'timeout'],
    ])
    expect(await mesh.state('n2', 'n1')).toMatchObject({enabled: true, toxics: []})
    await mesh.unblock([cut('n1', 'n2')], 'f1')
    expect(await ask('n1', 'n2')).toBe('n2')
  })

  it('refuses, and black-holes what could still come back', async () => {
    await mesh.block([cut('n1', 'n2')], 'refuse', 'f1')
    expect(await ask('n1', 'n2')).toBe('ECONNREFUSED')
    expect(await ask('n2', 'n1')).toBe('nothing')
    expect(await mesh.state('n1', 'n2')).toMatchObject({enabled: false})
    await mesh.unblock([cut('n1', 'n2')], 'f1')
    expect(await ask('n1', 'n2')).toBe('n2')
    expect(await ask('n2', 'n1')).toBe('n1')
  })

  it('cuts clients off', async () => {
    await mesh.block([cut('clients', 'n1')], 'black-hole')
    await mesh.block([cut('n2', 'clients')], 'black-hole')
    expect(await ask('clients', 'n1')).toBe('nothing')
    expect(await ask('clients', 'n2')).toBe('nothing')
    expect(await ask('clients', 'n3')).toBe('n3')
    expect(await ask('n3', 'n1')).toBe('n1')
  })

  it('lets faults overlap: what one ends, another keeps', async () => {
    const links = [cut('n1', 'n2'), cut('n2', 'n1')]
    await Promise.all([
      mesh.block(links, 'black-hole', 'f1'),
      mesh.block([cut('n1', 'n2')], 'black-hole', 'f2'),
      mesh.block([cut('n1', 'n2')], 'refuse', 'f3'),
      mesh.addToxic(links, {name: 'slow', type: 'latency', attributes: {latency: 60}}, 'f4'),
    ])
    await mesh.unblock(links, 'f1')
    expect(await ask('n1', 'n2')).toBe('ECONNREFUSED')
    await mesh.release('f3')
    expect(await ask('n1', 'n2')).toBe('nothing')
    await mesh.unblock(links, 'f2')
    const startNs = clock.nowNs()
    expect(await ask('n1', 'n2')).toBe('n2')
    expect((clock.nowNs() - startNs) / 1e6).toBeGreaterThanOrEqual(119)
    await mesh.removeToxic(links, 'slow', 'f4')
    expect((await mesh.state('n1', 'n2')).toxics).toEqual([])
  })

  it('replaces a toxic of the same name and cause, and keeps those of others', async () => {
    const link = cut('n1', 'n2')
    await mesh.addToxic([link], {name: 'slow', type: 'latency', attributes: {latency: 10}}, 'f1')
    await mesh.addToxic([link], {name: 'slow', type: 'latency', attributes: {latency: 20}}, 'f1')
    await mesh.addToxic([link], {name: 'slow', type: 'latency', attributes: {latency: 30}}, 'f2')
    const {toxics} = await mesh.state('n1', 'n2')
    expect(toxics.filter(({stream}) => stream === 'upstream').map((toxic) => toxic.attributes['latency'])).toEqual([
      20, 30,
    ])
    await mesh.release('f2')
    expect((await mesh.state('n1', 'n2')).toxics.map((toxic) => toxic.name)).toEqual([
      'f1.slow_upstream',
      'f1.slow_downstream',
    ])
  })

  it('heals what anybody did to the server', async () => {
    await mesh.block([cut('n1', 'n2')], 'refuse', 'f1')
    await client.addToxic('n2-to-n3', {type: 'timeout', name: 'foreign'})
    await client.updateProxy('n3-to-n1', {enabled: false})
    await mesh.heal()
    const proxies = await client.listProxies()
    expect(proxies.every(({enabled, toxics}) => enabled && toxics.length === 0)).toBe(true)
    expect(await ask('n1', 'n2')).toBe('n2')
  })

  it('follows a node that restarted elsewhere, with its faults', async () => {
    await mesh.addToxic([cut('n1', 'n2')], {name: 'slow', type: 'latency', attributes: {latency: 1}}, 'f1')
    const before = mesh.address('n1', 'n2')
    await mesh.upstream('n2', 'peer', await node('n2 again'))
    await mesh.upstream('n2', 'client', await node('n2 for clients'))
    expect(mesh.address('n1', 'n2')).toEqual(before)
    expect(await ask('n1', 'n2')).toBe('n2 again')
    expect(await ask('clients', 'n2')).toBe('n2 for clients')
    expect((await mesh.state('n1', 'n2')).toxics).toHaveLength(2)
  })

  it('recovers its picture of the server after a failure', async () => {
    const link = cut('n1', 'n2')
    await expect(mesh.addToxic([link], {name: 'odd', type: 'nonsense', attributes: {}}, 'f1')).rejects.toThrow(
      'invalid toxic type',
    )
    await mesh.release('f1')
    await mesh.block([link], 'black-hole', 'f2')
    expect(await ask('n1', 'n2')).toBe('nothing')
    await expect(mesh.block([cut('n1', 'n9')], 'refuse')).rejects.toThrow('no link from n1 to n9')
  })
})
