/** The contract of the toxics that close connections or delay their close: slow_close, timeout, reset_peer, limit_data. */

import {describe, expect, it} from 'vitest'
import {sleep} from '../../../core/clock.ts'
import {clock, nowMs, type Peer} from './peer.fixture.ts'
import type {Rig} from './rig.fixture.ts'

export function describeClosing(rig: Rig): void {
  const {api, upstream, proxy, dial, connected, broken} = rig

  describe('toxics that close', () => {
    it('slow_close: delays the end only; removing it ends now', async () => {
      const up = await upstream((socket) => socket.end('bye'))
      const through = await proxy(up.address)
      await through.toxic('slow_close', {delay: 300})
      const startMs = nowMs()
      const peer = await dial(through.listen)
      await peer.bytes(3)
      await peer.end()
      expect(peer.closedMs - peer.lastByteMs).toBeGreaterThanOrEqual(200)
      expect(peer.closedMs - startMs).toBeGreaterThanOrEqual(299)
      await through.update('slow_close_downstream', {attributes: {delay: 60_000}})
      const other = await dial(through.listen)
      await other.bytes(3)
      await sleep(clock, 50)
      expect(other.closed).toBeUndefined()
      await through.remove('slow_close_downstream')
      expect(await other.end()).toBe('fin')
    })

    it('timeout 0: swallows, stays open, and closes when removed or reset', async () => {
      for (const undo of ['remove', 'reset']) {
        const {peer, through, far} = await connected()
        await through.toxic('timeout', {timeout: 0}, {stream: 'upstream'})
        peer.send('lost')
        await sleep(clock, 200)
        expect([peer.closed, far().received.toString()]).toEqual([undefined, 'x'])
        far().send('y')
        await peer.bytes(1)
        if (undo === 'remove') await through.remove('timeout_upstream')
        else await api('POST', '/reset')
        expect(await peer.end()).toBe(broken)
        expect(await far().end()).toBe(broken)
        expect(far().received.toString()).toBe('x')
      }
    })

    it('timeout: closes connections it spared too, when removed', async () => {
      const {peer, through} = await connected()
      await through.toxic('timeout', {timeout: 0}, {toxicity: 0})
      await peer.roundTripMs()
      await through.remove('timeout_downstream')
      expect(await peer.end()).toBe(broken)
    })

    it('timeout: closes after silence, which every chunk ends', async () => {
      const {peer, through} = await connected()
      await through.toxic('timeout', {timeout: 400})
      const startMs = nowMs()
      while (nowMs() - startMs < 800) {
        peer.send('x')
        await sleep(clock, 20)
        expect(peer.closed).toBeUndefined()
      }
      const lastMs = nowMs()
      expect(await peer.end()).toBe(broken)
      expect(peer.closedMs - lastMs).toBeGreaterThanOrEqual(350)
      expect(peer.received.length).toBe(0)
    })

    it('reset_peer: resets at the first data, not before', async () => {
      const up = await upstream()
      const through = await proxy(up.address)
      await through.toxic('reset_peer', {timeout: 100})
      const peer = await dial(through.listen)
      await sleep(clock, 200)
      expect(peer.closed).toBeUndefined()
      const startMs = nowMs()
      peer.send('x')
      expect(await peer.end()).toBe('ECONNRESET')
      expect(peer.closedMs - startMs).toBeGreaterThanOrEqual(99)
      expect(peer.received.length).toBe(0)
      expect(await (up.peers[0] as Peer).end()).toBe('ECONNRESET')
    })

    it('reset_peer: is waited for when removed', async () => {
      const {peer, through} = await connected()
      await through.toxic('reset_peer', {timeout: 600})
      const startMs = nowMs()
      peer.send('x')
      await sleep(clock, 100)
      await through.remove('reset_peer_downstream')
      expect(nowMs() - startMs).toBeGreaterThanOrEqual(590)
      await peer.end()
    })

    it('limit_data: passes exactly so many bytes, counted from when it came', async () => {
      const {peer, through} = await connected()
      await through.toxic('limit_data', {bytes: 100})
      peer.send(Buffer.alloc(90))
      await peer.bytes(90)
      await through.update('limit_data_downstream', {attributes: {bytes: 120}})
      peer.send(Buffer.alloc(90))
      expect(await peer.end()).toBe('fin')
      expect(peer.received.length).toBe(120)
      const other = await dial(through.listen)
      other.send(Buffer.alloc(250))
      expect(await other.end()).toBe('fin')
      expect(other.received.length).toBe(120)
    })

    it('limit_data 0: closes at the first data', async () => {
      const {peer, through} = await connected()
      await through.toxic('limit_data', {bytes: 0})
      await sleep(clock, 50)
      expect(peer.closed).toBeUndefined()
      peer.send('x')
      expect(await peer.end()).toBe('fin')
      expect(peer.received.length).toBe(0)
    })
  })
}
