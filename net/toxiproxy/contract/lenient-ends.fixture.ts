/** The contract of how connections end on the real server, and on ours unless it is told to be strict: there is no half-close, and every end is a FIN. */
import {describe, expect, it} from 'vitest'
import {type Peer, silent} from './peer.fixture.ts'
import type {Rig} from './rig.fixture.ts'

export function describeLenientEnds(rig: Rig): void {
  const {api, upstream, proxy, dial, connected} = rig

  describe('ends of connections, as the real server has them', () => {
    it('closes altogether when either side ends', async () => {
      const {peer, far} = await connected(silent)
      peer.socket.end('q')
      expect(await far().end()).toBe('fin')
      expect(far().received.toString()).toBe('q')
      expect(await peer.end()).toBe('fin')
    })

    it('turns a reset into an end', async () => {
      const {peer, far} = await connected(silent)
      far().socket.resetAndDestroy()
      expect(await peer.end()).toBe('fin')
    })

    it('timeout 0: passes an end on', async () => {
      const {peer, through, far} = await connected()
      await through.toxic('timeout', {timeout: 0}, {stream: 'upstream'})
      peer.socket.end('lost')
      expect(await far().end()).toBe('fin')
      expect(far().received.toString()).toBe('x')
    })

    it('reset_peer: merely closes connections that are older', async () => {
      const {peer, through, far} = await connected()
      await through.toxic('reset_peer', {timeout: 0})
      peer.send('x')
      expect(await peer.end()).toBe('fin')
      expect(await far().end()).toBe('fin')
    })

    it('reset_peer: connections it spares still close by reset', async () => {
      const up = await upstream()
      const through = await proxy(up.address)
      await through.toxic('reset_peer', {timeout: 0}, {toxicity: 0})
      const peer = await dial(through.listen)
      await peer.roundTripMs()
      peer.socket.end()
      expect(await (up.peers[0] as Peer).end()).toBe('ECONNRESET')
    })
  })

  describe('toxics given with a proxy, as the real server has it', () => {
    it.each(['/proxies', '/populate'])('POST %s: are ignored, whatever they are', async (path) => {
      for (const [i, toxics] of [
        [{type: 'latency', attributes: {latency: 1}}],
        [{type: 'nope'}],
        'x',
        null,
      ].entries()) {
        const body = {name: `p${i}`, listen: '127.0.0.1:0', upstream: 'x:1', toxics}
        const reply = await api('POST', path, path === '/proxies' ? body : [body])
        expect(reply.status, reply.text).toBe(201)
        expect(JSON.parse((await api('GET', `/proxies/p${i}`)).text).toxics).toEqual([])
      }
    })
  })
}
