/** The contract of the toxics that slow bytes down: latency, bandwidth, slicer; and of toxicity. */

import {describe, expect, it} from 'vitest'
import {sleep} from '../../../core/clock.ts'
import {clock, nowMs, pattern, until} from './peer.fixture.ts'
import type {Rig} from './rig.fixture.ts'

export function describeShaping(rig: Rig): void {
  const {upstream, proxy, dial, connected} = rig

  describe('toxics that slow down', () => {
    it('latency: delays each way by itself, on live connections too, and adds up', async () => {
      const {peer, through} = await connected()
      await through.toxic('latency', {latency: 60})
      expect(await peer.roundTripMs()).toBeGreaterThanOrEqual(59)
      await through.toxic('latency', {latency: 60}, {stream: 'upstream'})
      expect(await peer.roundTripMs()).toBeGreaterThanOrEqual(118)
      await through.toxic('latency', {latency: 60}, {name: 'more'})
      expect(await peer.roundTripMs()).toBeGreaterThanOrEqual(177)
      for (const name of ['latency_downstream', 'latency_upstream', 'more']) await through.remove(name)
      expect(await peer.roundTripMs()).toBeLessThan(59)
    })

    it('latency: shifts a stream of chunks, in order, instead of stretching it', async () => {
      const {peer, through} = await connected()
      await through.toxic('latency', {latency: 200, jitter: 40})
      const startMs = nowMs()
      for (let i = 0; i < 20; i++) {
        peer.send(String.fromCharCode(97 + i))
        await sleep(clock, 5)
      }
      await peer.bytes(20)
      expect(peer.received.toString()).toBe('abcdefghijklmnopqrst')
      expect(peer.lastByteMs - startMs).toBeLessThan(2000)
    })

    it('latency: holds the end back behind data, and only then', async () => {
      const up = await upstream((socket) => socket.end('hi'))
      const through = await proxy(up.address)
      await through.toxic('latency', {latency: 150})
      const startMs = nowMs()
      const peer = await dial(through.listen)
      await peer.end()
      expect(peer.received.toString()).toBe('hi')
      expect(peer.closedMs - startMs).toBeGreaterThanOrEqual(149)
      await through.update('latency_downstream', {attributes: {latency: 30_000}})
      const bare = await proxy((await upstream((socket) => socket.end())).address)
      await bare.toxic('latency', {latency: 30_000})
      expect(await (await dial(bare.listen)).end()).toBe('fin')
    })

    it('latency: lets what it holds go when it is changed or removed', async () => {
      const {peer, through} = await connected()
      await through.toxic('latency', {latency: 60_000})
      peer.send('a')
      await sleep(clock, 50)
      await through.update('latency_downstream', {attributes: {latency: 50_000}})
      await peer.bytes(1)
      peer.send('bc')
      await sleep(clock, 50)
      await through.remove('latency_downstream')
      await peer.bytes(3)
      expect(peer.received.toString()).toBe('abc')
    })

    it('bandwidth: limits the rate, 0 stops, a change goes on', async () => {
      const {peer, through} = await connected()
      await through.toxic('bandwidth', {rate: 100})
      const startMs = nowMs()
      peer.send(Buffer.alloc(50_000))
      await peer.bytes(50_000)
      expect(peer.lastByteMs - startMs).toBeGreaterThanOrEqual(450)
      await through.update('bandwidth_downstream', {attributes: {rate: 0}})
      peer.received = Buffer.alloc(0)
      peer.send('abc')
      await sleep(clock, 300)
      expect(peer.received.length).toBe(0)
      await through.update('bandwidth_downstream', {attributes: {rate: 1000}})
      await peer.bytes(3)
    })

    it('slicer: cuts chunks up, rests between them, and loses nothing', async () => {
      const {peer, through} = await connected()
      await through.toxic('slicer', {average_size: 64, size_variation: 16, delay: 5000})
      const data = pattern(1024)
      peer.chunks.length = 0
      const startMs = nowMs()
      peer.send(data)
      await peer.bytes(1024)
      expect(peer.received.equals(data)).toBe(true)
      expect(peer.chunks.length).toBeGreaterThanOrEqual(8)
      expect(peer.lastByteMs - startMs).toBeGreaterThanOrEqual(40)
    })

    it('toxicity: hits that share of the connections, each wholly or not at all', async () => {
      const up = await upstream()
      const through = await proxy(up.address)
      await through.toxic('limit_data', {bytes: 3}, {toxicity: 0.5})
      let hit = 0
      for (let i = 0; i < 60; i++) {
        const peer = await dial(through.listen)
        peer.send('abcdef')
        await until(
          () => peer.received.length === 6 || peer.closed !== undefined,
          () => 'nothing',
        )
        if (peer.received.length === 3) hit++
        else expect(peer.received.length).toBe(6)
        peer.socket.destroy()
      }
      expect(hit).toBeGreaterThan(10)
      expect(hit).toBeLessThan(50)
    })

    it('toxicity: is drawn anew when the toxic is touched', async () => {
      const {peer, through} = await connected()
      await through.toxic('latency', {latency: 40}, {toxicity: 0.5})
      const slow: boolean[] = []
      for (let i = 0; i < 24; i++) {
        slow.push((await peer.roundTripMs()) >= 39)
        await through.update('latency_downstream', {})
      }
      expect(new Set(slow).size).toBe(2)
    })
  })
}
