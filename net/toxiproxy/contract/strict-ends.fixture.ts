/**
 * How connections end on a strict server: as they would without it. Where there is something to compare with, the test
 * runs once straight and once through the proxy, and wants the same.
 */

import {describe, expect, it} from 'vitest'
import {sleep} from '../../../core/clock.ts'
import {clock, type Peer, silent, until} from './peer.fixture.ts'
import type {Rig} from './rig.fixture.ts'

export function describeStrictEnds(rig: Rig): void {
  const {api, upstream, proxy, dial, endOf, connected} = rig

  describe('ends of connections, on a strict server', () => {
    describe.each(['straight', 'through a proxy'])('%s', (way) => {
      const pair = async () => {
        const up = await upstream(silent)
        const peer = await dial(way === 'straight' ? up.address : (await proxy(up.address)).listen)
        await until(
          () => up.peers.length === 1,
          () => 'not connected',
        )
        return {client: peer, server: up.peers[0] as Peer}
      }

      it('an answer follows the end of the question', async () => {
        const {client, server} = await pair()
        client.socket.end('question')
        expect(await server.end()).toBe('fin')
        expect(server.received.toString()).toBe('question')
        expect(client.closed).toBeUndefined()
        server.send('ans')
        await client.bytes(3)
        server.socket.end('wer')
        expect(await client.end()).toBe('fin')
        expect(client.received.toString()).toBe('answer')
      })

      it('the server may be the first to end', async () => {
        const {client, server} = await pair()
        server.socket.end('bye')
        expect(await client.end()).toBe('fin')
        client.socket.end('thanks')
        expect(await server.end()).toBe('fin')
        expect(server.received.toString()).toBe('thanks')
      })

      it.each(['client', 'server'] as const)('a reset by the %s is a reset to the other', async (who) => {
        const both = await pair()
        both[who].socket.resetAndDestroy()
        expect(await both[who === 'client' ? 'server' : 'client'].end()).toBe('ECONNRESET')
      })

      it('a client that goes after its end of the question breaks the answer off', async () => {
        const {client, server} = await pair()
        client.socket.end('question')
        await server.end()
        client.socket.resetAndDestroy()
        // The answer finds nobody, and the server's socket hears of it.
        const broken = new Promise<string>((resolve) =>
          server.socket.once('error', (error: NodeJS.ErrnoException) => resolve(String(error.code))),
        )
        while (!server.socket.destroyed) {
          server.send('answer')
          await sleep(clock, 5)
        }
        expect(await broken).toMatch(/^(ECONNRESET|EPIPE)$/)
      })
    })

    it('a reset comes behind the bytes that were sent before it', async () => {
      const {peer, through, far} = await connected(silent)
      await through.toxic('latency', {latency: 150}, {stream: 'upstream'})
      peer.socket.write('last words', () => peer.socket.resetAndDestroy())
      expect(await far().end()).toBe('ECONNRESET')
      expect(far().received.toString()).toBe('last words')
    })

    it('an upstream that refuses is a reset', async () => {
      const {listen} = await proxy('127.0.0.1:1')
      expect(await endOf(listen)).toBe('ECONNRESET')
    })

    it.each(['fin', 'reset'])('timeout 0: lets no %s through either; removed, both sides are reset', async (how) => {
      const {peer, through, far} = await connected()
      await through.toxic('timeout', {timeout: 0}, {stream: 'upstream'})
      if (how === 'fin') peer.socket.end('lost')
      else peer.socket.resetAndDestroy()
      await sleep(clock, 200)
      expect(far().closed).toBeUndefined()
      await through.remove('timeout_upstream')
      expect(await far().end()).toBe('ECONNRESET')
      expect(far().received.toString()).toBe('x')
    })

    it('reset_peer: resets connections that are older', async () => {
      const {peer, through, far} = await connected()
      await through.toxic('reset_peer', {timeout: 0})
      peer.send('x')
      expect(await peer.end()).toBe('ECONNRESET')
      expect(await far().end()).toBe('ECONNRESET')
    })

    it('reset_peer: connections it spares end as they like', async () => {
      const up = await upstream()
      const through = await proxy(up.address)
      await through.toxic('reset_peer', {timeout: 0}, {toxicity: 0})
      const peer = await dial(through.listen)
      await peer.roundTripMs()
      peer.socket.end()
      expect(await (up.peers[0] as Peer).end()).toBe('fin')
    })

    it('slow_close: delays one direction’s end, not the answer', async () => {
      const {peer, through, far} = await connected(silent)
      await through.toxic('slow_close', {delay: 60_000}, {stream: 'upstream'})
      peer.socket.end('question')
      await far().bytes(8)
      far().send('answer')
      await peer.bytes(6)
      expect(far().closed).toBeUndefined()
      await through.remove('slow_close_upstream')
      expect(await far().end()).toBe('fin')
    })
  })

  describe('toxics given with a proxy, on a strict server', () => {
    const toxics = [{type: 'limit_data', attributes: {bytes: 3}}]

    it.each(['/proxies', '/populate'])('POST %s: are there from the first connection', async (path) => {
      const up = await upstream()
      const body = {name: 'a', listen: '127.0.0.1:0', upstream: up.address, toxics}
      const reply = await api('POST', path, path === '/proxies' ? body : [body])
      expect(reply.status, reply.text).toBe(201)
      const {listen, toxics: shown} = JSON.parse((await api('GET', '/proxies/a')).text)
      expect(shown).toMatchObject([{name: 'limit_data_downstream', attributes: {bytes: 3}}])
      const peer = await dial(listen)
      peer.send('abcdef')
      expect(await peer.end()).toBe('fin')
      expect(peer.received.toString()).toBe('abc')
    })

    it.each([
      ['bad request body: json: cannot unmarshal string into Go struct field Proxy.toxics', 400, 'x'],
      ['invalid toxic type', 400, [{type: 'nope'}]],
      ['toxic already exists', 409, [...toxics, ...toxics]],
    ])('%s: no proxy is made', async (message, status, given) => {
      const body = {name: 'a', listen: '127.0.0.1:0', upstream: 'x:1', toxics: given}
      for (const [path, sent] of [
        ['/proxies', body],
        ['/populate', [body]],
      ] as const) {
        const reply = await api('POST', path, sent)
        expect(reply.status).toBe(status)
        expect(JSON.parse(reply.text).error.slice(0, message.length)).toBe(message)
      }
      expect((await api('GET', '/proxies')).text).toBe('{}')
    })
  })
}
