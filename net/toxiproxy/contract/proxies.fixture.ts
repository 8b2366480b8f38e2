/** The contract of the HTTP API for proxies: create, show, change, populate, reset, and what every answer looks like. */
import {describe, expect, it} from 'vitest'
import {silent} from './peer.fixture.ts'
import type {Rig} from './rig.fixture.ts'

export function describeProxies(rig: Rig): void {
  const {api, proxy, upstream, shown} = rig

  describe('proxies over HTTP', () => {
    it('says its version', async () => {
      const reply = await api('GET', '/version')
      expect(reply.status).toBe(200)
      expect(reply.headers['content-type']).toBe('application/json;charset=utf-8')
      expect(reply.text).toMatch(/^\{"version": "[^"]+"\}\n$/)
      expect(reply.headers['x-toxiproxy-request-id']).toMatch(/^[0-9a-v]{20}$/)
    })

    it.each([
      ['GET', '/', 404],
      ['GET', '/nope', 404],
      ['GET', '/version/', 404],
      ['GET', '/proxies/', 404],
      ['GET', '/proxies/a%2Fb', 404],
      ['PUT', '/nope', 404],
      ['PUT', '/proxies', 405],
      ['HEAD', '/version', 405],
      ['OPTIONS', '/proxies', 405],
      ['GET', '/reset', 405],
      ['GET', '/populate', 405],
      ['DELETE', '/proxies/x/toxics', 405],
    ])('%s %s is %i', async (verb, path, status) => {
      const reply = await api(verb, path)
      expect(reply.status).toBe(status)
      expect(reply.text).toBe(status === 404 ? '404 page not found\n' : '')
      expect(reply.headers['x-toxiproxy-request-id']).toBeUndefined()
    })

    it('keeps browsers out', async () => {
      const reply = await api('GET', '/version', undefined, {'User-Agent': 'Mozilla/5.0'})
      expect([reply.status, reply.text]).toEqual([403, 'User agent not allowed\n'])
      expect((await api('GET', '/version', undefined, {'User-Agent': 'curl Mozilla/5.0'})).status).toBe(200)
    })

    it('creates, shows, lists, changes and deletes a proxy', async () => {
      const created = await api('POST', '/proxies', {name: 'a', listen: '127.0.0.1:0', upstream: '127.0.0.1:1'})
      const {listen} = JSON.parse(created.text) as {listen: string}
      expect(listen).toMatch(/^127\.0\.0\.1:[1-9]\d*$/)
      expect(created.status).toBe(201)
      expect(created.headers['content-type']).toBe('application/json')
      expect(created.text).toBe(shown('a', listen, '127.0.0.1:1'))
      expect((await api('GET', '/proxies/a')).text).toBe(created.text)
      await api('POST', '/proxies', {name: 'Z', listen: '127.0.0.1:0', upstream: 'x:1', enabled: false})
      const list = `{"Z":${shown('Z', '127.0.0.1:0', 'x:1', false)},"a":${created.text}}`
      expect((await api('GET', '/proxies')).text).toBe(list)
      for (const verb of ['POST', 'PATCH'])
        expect((await api(verb, '/proxies/a', {upstream: '127.0.0.1:2', name: 'other'})).text).toBe(
          shown('a', listen, '127.0.0.1:2'),
        )
      const deleted = await api('DELETE', '/proxies/a')
      expect([deleted.status, deleted.text]).toEqual([204, ''])
      expect((await api('GET', '/proxies/a')).status).toBe(404)
    })

    it('reads fields in any case, the first JSON value only, and null as absent', async () => {
      const body = '{"NAME":"a","Listen":"127.0.0.1:0","UPSTREAM":"x:1","enabled":null,"more":1} trailing'
      expect((await api('POST', '/proxies', body)).status).toBe(201)
      const toxic = await api('POST', '/proxies/a/toxics', {
        TYPE: 'latency',
        Attributes: {LATENCY: 5},
        toxicity: null,
      })
      expect(JSON.parse(toxic.text)).toMatchObject({attributes: {latency: 5, jitter: 0}, toxicity: 1})
    })

    it('does not resolve the address of a proxy that never ran, and keeps the one it got', async () => {
      await api('POST', '/proxies', {name: 'a', listen: 'localhost:0', upstream: 'x:1', enabled: false})
      expect(JSON.parse((await api('GET', '/proxies/a')).text)).toMatchObject({listen: 'localhost:0', enabled: false})
      const {listen} = JSON.parse((await api('POST', '/proxies/a', {enabled: true})).text) as {listen: string}
      expect(listen).toMatch(/^127\.0\.0\.1:[1-9]/)
      const off = JSON.parse((await api('POST', '/proxies/a', {enabled: false})).text)
      expect(off).toMatchObject({listen, enabled: false})
    })

    it('stays stopped at the new address when that cannot be bound', async () => {
      const taken = await upstream(silent)
      await api('POST', '/proxies', {name: 'a', listen: '127.0.0.1:0', upstream: 'x:1'})
      const failed = await api('POST', '/proxies/a', {listen: taken.address})
      expect(failed.status).toBe(500)
      expect(failed.text).toBe(`{"error":"listen tcp ${taken.address}: bind: address already in use","status":500}\n`)
      expect((await api('GET', '/proxies/a')).text).toBe(shown('a', taken.address, 'x:1', false))
    })

    it('populates: keeps what is the same, replaces what is elsewhere', async () => {
      const one = await api('POST', '/populate', [
        {name: 'a', listen: '127.0.0.1:0', upstream: 'x:1'},
        {name: 'b', listen: '127.0.0.1:0', upstream: 'x:1', enabled: false},
      ])
      expect([one.status, one.headers['content-type']]).toEqual([201, 'application/json'])
      const [a, b] = (JSON.parse(one.text) as {proxies: {listen: string}[]}).proxies as [
        {listen: string},
        {listen: string},
      ]
      expect(one.text).toBe(`{"proxies":[${shown('a', a.listen, 'x:1')},${shown('b', '127.0.0.1:0', 'x:1', false)}]}`)
      expect(b).toMatchObject({listen: '127.0.0.1:0'})
      await api('POST', '/proxies/a/toxics', {type: 'latency'})
      const same = await api('POST', '/populate', [{name: 'a', listen: a.listen, upstream: 'x:1', enabled: false}])
      expect(JSON.parse(same.text).proxies[0]).toMatchObject({enabled: true, toxics: [{type: 'latency'}]})
      const moved = await api('POST', '/populate', [{name: 'a', listen: a.listen, upstream: 'x:2'}])
      expect(moved.text).toBe(`{"proxies":[${shown('a', a.listen, 'x:2')}]}`)
    })

    it('populates nothing when a proxy makes no sense, and what came before one that does not start', async () => {
      const bad = await api('POST', '/populate', [{name: 'a', upstream: 'x:1', listen: '127.0.0.1:0'}, {name: 'b'}])
      expect([bad.status, bad.headers['content-type']]).toEqual([400, 'application/json'])
      expect(bad.text).toBe('{"error":"missing required field: upstream at proxy 2","status":400,"proxies":null}')
      expect((await api('GET', '/proxies')).text).toBe('{}')
      const half = await api('POST', '/populate', [
        {name: 'a', upstream: 'x:1', listen: '127.0.0.1:0'},
        {name: 'b', upstream: 'x:1', listen: 'nonsense'},
      ])
      expect(half.status).toBe(500)
      const answer = JSON.parse(half.text) as {error: string; proxies: {name: string}[]}
      expect(answer.error).toBe('listen tcp: address nonsense: missing port in address')
      expect(answer.proxies.map((entry) => entry.name)).toEqual(['a'])
      expect((await api('POST', '/populate', '[]')).text).toBe('{"proxies":null}')
      expect((await api('POST', '/populate', '{')).text).toBe(
        '{"error":"bad request body: unexpected EOF","status":400,"proxies":null}',
      )
    })

    it('resets: everything enabled, no toxics', async () => {
      const {path} = await proxy('x:1', {enabled: false})
      await api('POST', `${path}/toxics`, {type: 'latency'})
      const reply = await api('POST', '/reset', 'ignored')
      expect([reply.status, reply.text]).toEqual([204, ''])
      expect(JSON.parse((await api('GET', path)).text)).toMatchObject({enabled: true, toxics: []})
    })
  })
}
