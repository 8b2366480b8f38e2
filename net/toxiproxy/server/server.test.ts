import {once} from 'node:events'
import {mkdtemp, rm, writeFile} from 'node:fs/promises'
import {connect, createServer} from 'node:net'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, describe, expect, it} from 'vitest'
import {sleep, wallClock} from '../../../core/clock.ts'
import {Peer, Upstream} from '../contract/peer.fixture.ts'
import {call} from '../contract/rig.fixture.ts'
import {type RunningToxiproxy, startToxiproxy, type ToxiproxyOptions} from './server.ts'

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

async function start(options: ToxiproxyOptions = {}): Promise<RunningToxiproxy> {
  const server = await startToxiproxy({port: 0, ...options})
  closing.push(() => server.close())
  return server
}

async function proxy(server: RunningToxiproxy, name: string, upstream: string): Promise<number> {
  const reply = await call(server.url, 'POST', '/proxies', {name, listen: '127.0.0.1:0', upstream})
  return Number((JSON.parse(reply.text) as {listen: string}).listen.split(':').pop())
}

/** Which of 40 connections a toxicity of one half hits, as a line of 0 and 1. */
async function pattern(seed: string, name: string, order: string[] = ['toxic'], lanes = 1): Promise<string> {
  const server = await start({seed, lanes})
  const upstream = await Upstream.start((socket) => socket.on('data', (data) => socket.write(data)))
  closing.push(() => upstream.close())
  const port = await proxy(server, name, upstream.address)
  for (const toxic of order) {
    const body = {name: toxic, type: 'limit_data', toxicity: toxic === 'toxic' ? 0.5 : 0, attributes: {bytes: 0}}
    await call(server.url, 'POST', `/proxies/${name}/toxics`, body)
  }
  let line = ''
  for (let i = 0; i < 40; i++) {
    const peer = new Peer(connect(port, '127.0.0.1'))
    await once(peer.socket, 'connect')
    peer.send('x')
    line += await Promise.race([peer.bytes(1).then(() => '0'), peer.end().then(() => '1')]).catch(() => '?')
    peer.socket.destroy()
  }
  return line
}

describe('the embedded Toxiproxy server', () => {
  it('draws the same connections for the same seed', async () => {
    const first = await pattern('1', 'p')
    expect(first).toMatch(/^[01]{40}$/)
    expect(await pattern('1', 'p')).toBe(first)
    expect(await pattern('2', 'p')).not.toBe(first)
    expect(await pattern('1', 'q')).not.toBe(first)
  })

  it('gives a proxy that takes any port one that no outgoing connection is given while it is disabled', async () => {
    const server = await start()
    const ports = await Promise.all(['a', 'b', 'c'].map((name) => proxy(server, name, 'x:1')))
    expect(new Set(ports).size).toBe(3)
    for (const port of ports) expect(port).toBeLessThan(32_000)
    await call(server.url, 'POST', '/proxies/a', {enabled: false})
    const again = await call(server.url, 'POST', '/proxies/a', {enabled: true})
    expect(JSON.parse(again.text)).toMatchObject({listen: `127.0.0.1:${ports[0]}`, enabled: true})
  })

  it('draws the same whichever process carries a connection', async () => {
    expect(await pattern('1', 'p', ['toxic'], 2)).toBe(await pattern('1', 'p'))
  })

  it('carries connections in several processes, and changes them in all', async () => {
    const server = await start({lanes: 2})
    const upstream = await Upstream.start((socket) => socket.on('data', (data) => socket.write(data)))
    closing.push(() => upstream.close())
    const port = await proxy(server, 'p', upstream.address)
    const peers = new Set<Peer>()
    const dial = async () => {
      const peer = new Peer(connect(port, '127.0.0.1'))
      closing.push(() => peer.socket.destroy())
      await peer.roundTripMs()
      peers.add(peer)
    }
    // The other process takes part once it is up; on a busy machine that may be a second.
    for (let i = 0; i < 8; i++) {
      await dial()
      await sleep(wallClock(), 150)
    }
    await call(server.url, 'POST', '/proxies/p/toxics', {type: 'latency', attributes: {latency: 80}})
    for (const peer of peers) expect(await peer.roundTripMs()).toBeGreaterThanOrEqual(79)
    await call(server.url, 'POST', '/proxies/p/toxics/latency_downstream', {attributes: {latency: 160}})
    for (const peer of peers) expect(await peer.roundTripMs()).toBeGreaterThanOrEqual(159)
    await call(server.url, 'DELETE', '/proxies/p/toxics/latency_downstream')
    await dial()
    for (const peer of peers) expect(await peer.roundTripMs()).toBeLessThan(79)
    await call(server.url, 'POST', '/proxies/p', {enabled: false})
    for (const peer of peers) expect(await peer.end()).toBe('fin')
  })

  it('draws for each toxic by itself', async () => {
    expect(await pattern('1', 'p', ['other', 'toxic'])).toBe(await pattern('1', 'p'))
  })

  it.each([
    ['a fraction', '{"delay":1.5}', 'number 1.5'],
    ['a text', '{"delay":"x"}', 'string'],
    ['more than a number holds exactly', '{"delay":9007199254740993}', 'number 9007199254740993'],
  ])('refuses %s for an attribute, and keeps what it had', async (_, attributes, kind) => {
    const server = await start()
    await proxy(server, 'p', 'x:1')
    const send = (path: string, body: string) => call(server.url, 'POST', `/proxies/p/toxics${path}`, body)
    const refused = {status: 400, text: expect.stringContaining(`bad request body: json: cannot unmarshal ${kind}`)}
    expect(await send('', `{"type":"slow_close","attributes":${attributes}}`)).toMatchObject(refused)
    await send('', '{"type":"slow_close","name":"t","attributes":{"delay":7}}')
    expect(await send('/t', `{"attributes":${attributes}}`)).toMatchObject(refused)
    const kept = JSON.parse((await call(server.url, 'GET', '/proxies/p/toxics/t')).text) as {attributes: object}
    expect(kept.attributes).toEqual({delay: 7})
  })

  it('bears waits longer than a timer, and large limits', async () => {
    const server = await start()
    const upstream = await Upstream.start((socket) => socket.on('data', (data) => socket.write(data)))
    closing.push(() => upstream.close())
    const port = await proxy(server, 'p', upstream.address)
    for (const [type, attributes] of [
      ['limit_data', {bytes: 2 ** 40}],
      ['bandwidth', {rate: 2 ** 30}],
    ] as const) {
      const reply = await call(server.url, 'POST', '/proxies/p/toxics', {type, attributes})
      expect(reply.status, reply.text).toBe(200)
    }
    const peer = new Peer(connect(port, '127.0.0.1'))
    peer.send('abcdefgh')
    await peer.bytes(8)
    expect(peer.received.toString()).toBe('abcdefgh')
    await call(server.url, 'POST', '/proxies/p/toxics', {type: 'latency', name: 'l', attributes: {latency: 2 ** 31}})
    peer.send('x')
    await sleep(wallClock(), 50)
    expect(peer.received.length).toBe(8)
    await call(server.url, 'DELETE', '/proxies/p/toxics/l')
    await peer.bytes(9)
    peer.socket.destroy()
  })

  it('serves its own machine only, unless asked', async () => {
    const server = await start()
    for (const listen of ['0.0.0.0:0', '[::]:0', '192.0.2.1:0']) {
      const reply = await call(server.url, 'POST', '/proxies', {name: 'p', listen, upstream: 'x:1'})
      expect(reply.status).toBe(400)
      expect(reply.text).toContain(`listen address ${listen} is not a loopback address`)
    }
    const populated = await call(server.url, 'POST', '/populate', [{name: 'p', listen: '0.0.0.0:0', upstream: 'x:1'}])
    expect(populated.status).toBe(400)
    const bare = await call(server.url, 'POST', '/proxies', {name: 'p', upstream: 'x:1'})
    expect(JSON.parse(bare.text)).toMatchObject({listen: expect.stringMatching(/^127\.0\.0\.1:[1-9]/)})
    const everywhere = await call(server.url, 'POST', '/proxies/p', {listen: ':0'})
    expect(JSON.parse(everywhere.text)).toMatchObject({listen: expect.stringMatching(/^127\.0\.0\.1:[1-9]/)})
    await expect(startToxiproxy({host: '0.0.0.0', port: 0})).rejects.toThrow('0.0.0.0 is reachable from other machines')

    const remote = await start({host: '0.0.0.0', allowRemote: true})
    const open = await call(`http://127.0.0.1:${remote.port}`, 'POST', '/proxies', {
      name: 'p',
      listen: '0.0.0.0:0',
      upstream: 'x:1',
    })
    expect(open.status).toBe(201)
  })

  it('says which address is taken', async () => {
    const server = await start()
    const again = startToxiproxy({host: '127.0.0.1', port: server.port})
    await expect(again).rejects.toMatchObject({
      name: 'EnvironmentError',
      message: `cannot start the Toxiproxy server on 127.0.0.1:${server.port}: the address is already in use`,
    })
  })

  it('starts with the proxies of a configuration file', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'chaos-toxiproxy-'))
    closing.push(() => rm(folder, {recursive: true}))
    const config = join(folder, 'proxies.json')
    await writeFile(
      config,
      '[{"name":"a","listen":"127.0.0.1:0","upstream":"x:1"},{"name":"b","upstream":"x:1","enabled":false}]',
    )
    const server = await start({config})
    expect(Object.keys(JSON.parse((await call(server.url, 'GET', '/proxies')).text))).toEqual(['a', 'b'])
    await writeFile(config, '[{"name":"a"}]')
    await expect(startToxiproxy({port: 0, config})).rejects.toThrow(
      `${config}: missing required field: upstream at proxy 1`,
    )
    await expect(startToxiproxy({port: 0, config: join(folder, 'nope')})).rejects.toThrow(
      'cannot read the proxy configuration',
    )
    const taken = createServer().listen(0, '127.0.0.1')
    closing.push(() => taken.close())
    await once(taken, 'listening')
    const {port} = taken.address() as {port: number}
    await writeFile(config, JSON.stringify([{name: 'a', listen: `127.0.0.1:${port}`, upstream: 'x:1'}]))
    await expect(startToxiproxy({port: 0, config})).rejects.toMatchObject({name: 'EnvironmentError'})
  })

  it('has metrics only when asked', async () => {
    const without = await start()
    expect((await call(without.url, 'GET', '/metrics')).status).toBe(404)
    const runtime = await start({runtimeMetrics: true})
    expect((await call(runtime.url, 'GET', '/metrics')).text).toContain('\nprocess_resident_memory_bytes ')
  })

  it('leaves nothing open behind', async () => {
    const server = await startToxiproxy({port: 0})
    const upstream = await Upstream.start(() => {})
    const port = await proxy(server, 'p', upstream.address)
    await call(server.url, 'POST', '/proxies/p/toxics', {
      type: 'reset_peer',
      attributes: {timeout: 60_000},
      stream: 'upstream',
    })
    const peer = new Peer(connect(port, '127.0.0.1'))
    peer.send('x')
    await call(server.url, 'GET', '/proxies')
    await server.close()
    await peer.end()
    upstream.close()
    await expect(call(server.url, 'GET', '/version')).rejects.toMatchObject({code: 'ECONNREFUSED'})
  })
})
