import {once} from 'node:events'
import {createServer} from 'node:http'
import {type AddressInfo, createServer as createTcpServer} from 'node:net'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {createToxiproxyClient, type ToxiproxyClient} from './client.ts'
import {type RunningToxiproxy, startToxiproxy} from './server/server.ts'

let server: RunningToxiproxy
let client: ToxiproxyClient
beforeAll(async () => {
  server = await startToxiproxy({port: 0})
  client = createToxiproxyClient(`${server.url}/`)
})
afterAll(async () => {
  client.close()
  await server.close()
})

describe('the Toxiproxy client', () => {
  it('does everything the API does', async () => {
    expect(await client.version()).toContain('chaos')
    const input = {name: 'a', listen: '127.0.0.1:0', upstream: '127.0.0.1:1'}
    const {listen} = await client.createProxy(input)
    expect(listen).toMatch(/^127\.0\.0\.1:[1-9]/)
    const toxic = await client.addToxic('a', {type: 'latency', attributes: {latency: 5}})
    expect(toxic).toEqual({
      attributes: {latency: 5, jitter: 0},
      name: 'latency_downstream',
      type: 'latency',
      stream: 'downstream',
      toxicity: 1,
    })
    const change = {attributes: {jitter: 2}, toxicity: 0.5}
    expect(await client.updateToxic('a', 'latency_downstream', change)).toMatchObject({
      attributes: {latency: 5, jitter: 2},
    })
    expect((await client.getProxy('a')).toxics).toHaveLength(1)
    await client.removeToxic('a', 'latency_downstream')
    expect(await client.updateProxy('a', {enabled: false})).toMatchObject({enabled: false, listen})
    await client.reset()
    expect(await client.getProxy('a')).toMatchObject({enabled: true, toxics: []})
    const populated = await client.populate([
      {...input, name: 'b'},
      {...input, name: 'c', enabled: false},
    ])
    expect(populated.map(({name, enabled}) => [name, enabled])).toEqual([
      ['b', true],
      ['c', false],
    ])
    expect(await client.populate([])).toEqual([])
    expect((await client.listProxies()).map(({name}) => name)).toEqual(['a', 'b', 'c'])
    for (const name of ['a', 'b', 'c']) await client.deleteProxy(name)
    expect(await client.listProxies()).toEqual([])
  })

  it('passes the server’s own words on', async () => {
    await expect(client.getProxy('nope')).rejects.toMatchObject({
      name: 'ToxiproxyError',
      status: 404,
      message: `the Toxiproxy server at ${server.url} refused GET /proxies/nope: 404 proxy not found`,
    })
    await expect(client.addToxic('nope', {type: 'latency'})).rejects.toThrow('404 proxy not found')
  })

  it('does not send attributes that are out of range', async () => {
    await client.createProxy({name: 's', listen: '127.0.0.1:0', upstream: 'x:1'})
    await expect(client.addToxic('s', {type: 'latency', attributes: {latency: 1.5}})).rejects.toThrow(
      `a latency toxic cannot be sent to ${server.url}: latency must be a whole number, got 1.5`,
    )
    await client.addToxic('s', {type: 'latency', attributes: {latency: 1}})
    const change = {attributes: {jitter: 0.5}}
    await expect(client.updateToxic('s', 'latency_downstream', change)).rejects.toThrow('jitter must be a whole number')
    expect((await client.getProxy('s')).toxics).toMatchObject([{attributes: {latency: 1, jitter: 0}}])
    await client.deleteProxy('s')
  })

  it('says what and where when nobody answers', async () => {
    const closed = createTcpServer().listen(0, '127.0.0.1')
    await once(closed, 'listening')
    const {port} = closed.address() as AddressInfo
    await new Promise((resolve) => closed.close(resolve))
    await expect(createToxiproxyClient(`http://127.0.0.1:${port}`).version()).rejects.toThrow(
      `no Toxiproxy server answers at http://127.0.0.1:${port} (GET /version): connect ECONNREFUSED 127.0.0.1:${port}`,
    )
  })

  it('does not wait for ever, and does not take a web page for an answer', async () => {
    const slow = createServer((request, response) => {
      if (request.url === '/proxies') response.end('<html>')
    }).listen(0, '127.0.0.1')
    await once(slow, 'listening')
    const url = `http://127.0.0.1:${(slow.address() as AddressInfo).port}`
    const impatient = createToxiproxyClient(url, {limitMs: 200})
    await expect(impatient.version()).rejects.toThrow('no answer within 200 ms')
    await expect(impatient.listProxies()).rejects.toThrow('the answer is not JSON: <html>')
    impatient.close()
    slow.closeAllConnections()
    slow.close()
  })
})
