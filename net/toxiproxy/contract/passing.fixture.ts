/** The contract of bytes that no toxic holds up: all of them, in order; and of proxies that come and go under them. */

import {describe, expect, it} from 'vitest'
import {sleep} from '../../../core/clock.ts'
import {clock, pattern} from './peer.fixture.ts'
import type {Rig} from './rig.fixture.ts'

export function describePassing(rig: Rig): void {
  const {api, upstream, proxy, dial, endOf, connected, broken} = rig

  describe('bytes that pass', () => {
    it('passes megabytes both ways unchanged', async () => {
      const {peer} = await connected()
      const data = pattern(8 * 1024 * 1024)
      peer.send(data)
      await peer.bytes(data.length)
      expect(peer.received.equals(data)).toBe(true)
    })

    it('loses and reorders nothing while toxics come and go', async () => {
      const {peer, through} = await connected()
      const data = pattern(4 * 1024 * 1024)
      let sent = 0
      const sending = (async () => {
        while (sent < data.length) {
          peer.send(data.subarray(sent, (sent += 16 * 1024)))
          await sleep(clock, 1)
        }
      })()
      for (let round = 0; sent < data.length; round++) {
        const stream = round % 2 === 0 ? 'upstream' : 'downstream'
        await through.toxic('latency', {latency: 3, jitter: 3}, {name: 'a', stream})
        await through.toxic('slicer', {average_size: 5000, size_variation: 500}, {name: 'b', stream})
        await through.toxic('bandwidth', {rate: 50_000}, {name: 'c', stream})
        await through.update('b', {attributes: {average_size: 2000}})
        await through.remove('b')
        await through.update('a', {attributes: {latency: 1}})
        await through.remove('a')
        await through.remove('c')
      }
      await sending
      await peer.bytes(data.length)
      expect(peer.received.equals(data)).toBe(true)
    })

    it('holds a fast writer back when the reader is slow', async () => {
      const {peer} = await connected((socket) => socket.pause())
      const block = Buffer.alloc(1 << 20)
      for (let i = 0; i < 64; i++) peer.send(block)
      await sleep(clock, 500)
      expect(peer.socket.writableLength).toBeGreaterThan(20 << 20)
    })

    it('accepts and closes when the upstream refuses, or is no address', async () => {
      for (const to of ['127.0.0.1:1', 'nonsense']) {
        const {listen} = await proxy(to)
        expect(await endOf(listen)).toBe(broken)
      }
    })

    it('refuses and closes when disabled or deleted, and works again when enabled', async () => {
      const {peer, through} = await connected()
      await api('POST', through.path, {enabled: false})
      expect(await peer.end()).toBe(broken)
      await expect(dial(through.listen)).rejects.toMatchObject({code: 'ECONNREFUSED'})
      await api('POST', through.path, {enabled: true})
      const again = await dial(through.listen)
      await again.roundTripMs()
      await api('DELETE', through.path)
      expect(await again.end()).toBe(broken)
      await expect(dial(through.listen)).rejects.toMatchObject({code: 'ECONNREFUSED'})
    })

    it('follows its upstream elsewhere: connections close, toxics stay', async () => {
      const {peer, through} = await connected()
      const other = await upstream((socket) => socket.end('other'))
      await through.toxic('latency', {latency: 50})
      await api('POST', through.path, {enabled: true})
      await peer.roundTripMs()
      await api('POST', through.path, {upstream: other.address})
      expect(await peer.end()).toBe(broken)
      const again = await dial(through.listen)
      await again.end()
      expect(again.received.toString()).toBe('other')
      expect(JSON.parse((await api('GET', through.path)).text).toxics).toHaveLength(1)
    })
  })
}
